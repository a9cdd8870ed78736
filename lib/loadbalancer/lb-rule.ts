import {
  rule,
  type Cluster,
  type IRule,
  type LoadBalancerKind,
  type LoadBalancerSummary,
  type RuleViolation,
} from '../cluster';

/** A rule about the load balancer of the spec, of all kinds or of the ones that are named. */
export function lbRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, balancer: LoadBalancerSummary) => RuleViolation[],
  ...kinds: LoadBalancerKind[]
): IRule {
  return rule(record, (cluster) => {
    const balancer = cluster._summary('loadBalancer');
    return balancer !== undefined && (kinds.length === 0 || kinds.includes(balancer.kind))
      ? check(cluster, balancer)
      : [];
  });
}
