import type { FlannelChoices } from './choices';
import { CniKind, rule, type Cluster, type IRule, type RuleViolation } from '../../cluster';

/** A rule about flannel as it was settled. */
export function flannelRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, flannel: FlannelChoices) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const cni = cluster._summary('cni');
    return cni?.kind === CniKind.FLANNEL ? check(cluster, cni.own as FlannelChoices) : [];
  });
}

/** One violation where something holds. */
export function when(holds: boolean, message: string, remedy?: string): RuleViolation[] {
  return holds ? [{ message, ...(remedy === undefined ? {} : { remedy }) }] : [];
}
