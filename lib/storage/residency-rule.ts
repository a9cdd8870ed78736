import {
  rule,
  type Cluster,
  type IRule,
  type Residency,
  type ResidencySummary,
  type RuleViolation,
} from '../cluster';

/** A rule about the policy and what became of it. */
export function residencyRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, policy: Residency, summary: ResidencySummary) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const summary = cluster._summary('residency');
    return summary === undefined ? [] : check(cluster, cluster.residency!, summary);
  });
}

/** `NO, SE`, or the name of a set that is too long to read. */
export function allowedWords({ countries, label }: Residency): string {
  return countries.length > 8 ? label : countries.join(', ');
}
