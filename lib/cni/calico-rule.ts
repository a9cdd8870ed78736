import { rule } from '../cluster';
import type { CalicoSummary, Cluster, CniSummary, IRule, RuleViolation } from '../cluster';

/** A summary of the network plugin that is Calico's. */
export type CalicoFacts = CniSummary & { readonly calico: CalicoSummary };

/** A rule about Calico as it said it is. */
export function calicoRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, cni: CalicoFacts) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const cni = cluster._summary('cni');
    return isCalico(cni) ? check(cluster, cni) : [];
  });
}

function isCalico(cni: CniSummary | undefined): cni is CalicoFacts {
  return cni?.calico !== undefined;
}
