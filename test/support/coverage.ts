import type { Decision } from '../../lib';

/** What explains a leaf of the output: a tuning row, a fact of the cluster, or the object's structure. */
export interface Explained {
  readonly decisions: readonly Decision[];
  /** `<Kind>.<path>` prefixes whose values are facts of the cluster or names; `*` matches one step. */
  readonly facts: readonly string[];
  /** `<Kind>.<path>` prefixes without which the object would not be one: selectors, mounts, roles. */
  readonly structural: readonly string[];
}

/** The leaves of an object nobody has given a reason for, as `<Kind>.<path>`; array steps are left out. */
export function unexplainedLeaves(object: { kind?: string }, explained: Explained): string[] {
  const keys = [
    ...explained.decisions.map((d) => d.key),
    ...explained.facts,
    ...explained.structural,
  ];
  const leaves = [...new Set(leavesOf(object, object.kind ?? 'Document'))];
  const always = /^[^.]+\.(apiVersion|kind|metadata)(\.|$)/;
  return leaves.filter((leaf) => !always.test(leaf) && !keys.some((key) => covers(key, leaf)));
}

function leavesOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => leavesOf(item, path));
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}.${key}`));
  }
  return [path];
}

function covers(key: string, leaf: string): boolean {
  const pattern = key
    // A row may name which of several objects or list items it is about.
    .replace(/\[[^\]]*\]/g, '')
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^.]+');
  return new RegExp(`^${pattern}(\\.|$)`).test(leaf);
}
