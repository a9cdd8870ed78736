import type { CalicoChoices } from './choices';
import { withAnnounced } from './load-balancer';
import { CniKind, rule, type Cluster, type IRule, type RuleViolation } from '../../cluster';

/** A rule about Calico as it was settled. */
export function calicoRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, calico: CalicoChoices) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const cni = cluster._summary('cni');
    return cni?.kind === CniKind.CALICO
      ? check(cluster, withAnnounced(cluster, cni.own as CalicoChoices))
      : [];
  });
}
