import type { Cluster, RuleViolation } from '../cluster';
import type { Settings } from './settings';

type Edge = NonNullable<ReturnType<typeof edgeOf>>;

/** Runs a check on the edge of the cluster, if it has one. */
export function onEdge(check: (edge: Edge, cluster: Cluster) => RuleViolation[]) {
  return (cluster: Cluster) => {
    const edge = edgeOf(cluster);
    return edge === undefined ? [] : check(edge, cluster);
  };
}

/** Runs a check on what a HardenedNginxIngress settled; only that construct registers such rules. */
export function onSettings(
  check: (settings: Settings, cluster: Cluster, edge: Edge) => RuleViolation[],
) {
  return onEdge((edge, cluster) => check(edge.own as Settings, cluster, edge));
}

/** What to do about an edge of `seed2019`, which takes none of the options that would be named. */
export function ofSeed(
  { controller }: Edge,
  remedy = 'take NginxController.retiredIngressNginx(…) without the preset, whose defaults hold this off',
): { readonly remedy?: string } {
  const { choices } = (controller ?? {}) as { choices?: { readonly isSeed?: boolean } };
  return choices?.isSeed === true ? { remedy } : {};
}

function edgeOf(cluster: Cluster) {
  return cluster._summary('ingress');
}
