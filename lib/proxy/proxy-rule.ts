import {
  rule,
  type Cluster,
  type IRule,
  type KubeProxyMode,
  type KubeProxySummary,
  type RuleViolation,
} from '../cluster';

/** A rule about kube-proxy, in all of its modes or in the ones that are named. */
export function proxyRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, proxy: KubeProxySummary) => RuleViolation[],
  ...modes: KubeProxyMode[]
): IRule {
  return rule(record, (cluster) => {
    const proxy = cluster._summary('kubeProxy');
    return proxy !== undefined && (modes.length === 0 || modes.includes(proxy.mode))
      ? check(cluster, proxy)
      : [];
  });
}

/** One violation where it holds, else none. */
export function when(holds: boolean, message: string, remedy?: string): RuleViolation[] {
  return holds ? [{ message, ...(remedy === undefined ? {} : { remedy }) }] : [];
}
