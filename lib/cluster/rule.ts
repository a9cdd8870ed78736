import type { Cluster } from './cluster';
import type { IRule, RuleViolation } from './finding';

/** A rule from its record and its check; the record alone is what docs/checks.md is made of. */
export function rule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster) => RuleViolation[],
): IRule {
  return { ...record, check };
}
