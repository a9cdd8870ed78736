import type { Cluster, RuleViolation } from '../cluster';

/** Runs a check on the edge of the cluster, if it has one. */
export function onEdge(
  check: (edge: NonNullable<ReturnType<typeof edgeOf>>, cluster: Cluster) => RuleViolation[],
) {
  return (cluster: Cluster) => {
    const edge = edgeOf(cluster);
    return edge === undefined ? [] : check(edge, cluster);
  };
}

function edgeOf(cluster: Cluster) {
  return cluster._summary('ingress');
}
