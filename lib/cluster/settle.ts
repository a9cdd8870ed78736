import type { IConstruct } from 'constructs';
import { MergeRule, type LedgerEntry, type MachineRequirements } from './requirement';

/** What can be asked for. */
export type Kind = keyof MachineRequirements;

/** One request as the ledger keeps it. */
export interface Request {
  readonly kind: Kind;
  readonly key: string;
  readonly value: string;
  readonly merge: MergeRule | 'union';
  readonly by: IConstruct;
  readonly why: string;
  readonly permissions?: string;
  readonly enabled?: boolean;
}

/** What several requests for one key come to. */
export function settle(key: string, requests: Request[]): LedgerEntry {
  const largest = requests.reduce((a, b) => (Number(b.value) > Number(a.value) ? b : a));
  const winner = requests.find((r) => r.merge === MergeRule.EXACTLY) ?? largest;
  return {
    key,
    value: winner.value,
    reasons: [...new Set(requests.map((r) => `${r.why} (${r.by.node.path})`))].sort(),
    permissions: winner.permissions,
    enabled: winner.enabled,
  };
}

/** An exact request clashes with another value, and with a larger minimum. */
export function clashOf(requests: Request[]): string | undefined {
  const exact = requests.find((r) => r.merge === MergeRule.EXACTLY);
  if (exact === undefined) {
    return undefined;
  }
  const other = requests.find((r) =>
    r.merge === MergeRule.AT_LEAST ? !(Number(r.value) <= Number(exact.value)) : differs(r, exact),
  );
  if (other === undefined) {
    return undefined;
  }
  const from = (r: Request) => `from ${r.by.node.path}`;
  if (exact.kind === 'files' || exact.kind === 'units') {
    return `${exact.key} must have ${disagreement(exact, other)}, ${from(exact)} and ${from(other)}`;
  }
  const says = (r: Request) =>
    `${r.merge === MergeRule.AT_LEAST ? 'at least ' : ''}${r.value} ${from(r)}`;
  return `${exact.key} must have one value, got ${says(exact)} and ${says(other)}`;
}

function disagreement(a: Request, b: Request): string {
  if (a.value !== b.value) {
    return 'one content, got two';
  }
  return a.permissions === b.permissions
    ? 'one answer whether it is enabled, got two'
    : `one mode, got ${a.permissions} and ${b.permissions}`;
}

function differs(a: Request, b: Request): boolean {
  return a.value !== b.value || a.permissions !== b.permissions || a.enabled !== b.enabled;
}
