import { rule, type Cluster, type IRule, type RuleViolation } from '../cluster';
import type { DnsChoices } from './choices';

/** A rule about the cache as it was settled. */
export function dnsRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, dns: DnsChoices, path: string) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const summary = cluster._summary('dns');
    return summary === undefined ? [] : check(cluster, summary.own as DnsChoices, summary.path);
  });
}

/** One violation where something holds, with a remedy of its own where the rule's does not fit. */
export function when(holds: boolean, message: string, remedy?: string): RuleViolation[] {
  return holds ? [{ message, ...(remedy === undefined ? {} : { remedy }) }] : [];
}
