import type { Change } from './effect';
import type { Output } from './output';
import type { Decision } from '../../cluster';

/** A decision whose value is new or another one. */
export interface ChangedDecision {
  readonly path: string;
  readonly key: string;
  readonly before?: string;
  readonly after: string;
  readonly why: string;
}

/** Decisions that changed; a value that only follows from a fact of the spec has none. */
export function changedDecisions(before: Output, after: Output): ChangedDecision[] {
  return [...after.decisions].flatMap(([id, { path, key, value, why }]) => {
    const old: Decision | undefined = before.decisions.get(id);
    return old?.value === value
      ? []
      : [{ path, key, ...(old === undefined ? {} : { before: old.value }), after: value, why }];
  });
}

/** The change with the reason for its new value, where one of the decisions is about it. */
export function withDecision(change: Change, decisions: readonly ChangedDecision[]): Change {
  const decision = decisions.find((one) => isAbout(one.key, change));
  return decision === undefined ? change : { ...change, decided: decision.why };
}

/** `KubeProxyConfiguration.mode` is about the field `mode`, wherever that document is written. */
function isAbout(key: string, { subject, fields }: Change): boolean {
  const [, kind, rest] = /^(\w+)(?:\[[^\]]*\])?[. ](.+)$/.exec(key) ?? [];
  const wanted = dotted(rest ?? key);
  return fields.some(({ path }) => {
    const field = dotted(path).replace(/\.value$/, '');
    return field === wanted
      ? subject.startsWith('/') || subject.split(' ')[0] === kind
      : field.endsWith(`.${wanted}`);
  });
}

/** Names of list items as parts like all others. */
function dotted(path: string): string {
  return path.replace(/\[([^\]]*)\]/g, '.$1');
}
