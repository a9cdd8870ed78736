import { agreeWithFact, problemAt, type Cluster, type LoadBalancerKind } from '../cluster';

/** Throws when the facts say something else, or when the edge was made without knowing of addresses. */
export function agreeWithCluster(path: string, cluster: Cluster, kind: LoadBalancerKind): void {
  agreeWithFact(path, 'loadBalancer', cluster._loadBalancerStated, kind);
  const edge = cluster._summary('ingress');
  if (edge !== undefined && cluster._loadBalancerStated === undefined) {
    throw problemAt(path, {
      prop: 'cluster',
      allowed: 'without an edge, which would be reached by NodePorts',
      got: edge.path,
      remedy: `create this construct before the edge, or give the cluster the fact loadBalancer ${kind}`,
    });
  }
}
