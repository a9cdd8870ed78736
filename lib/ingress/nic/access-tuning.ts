import { tuned } from '../../cluster';

const RBAC =
  'nginx/kubernetes-ingress deployments/rbac/rbac.yaml and the client calls of cmd/ and internal/k8s at v5.5.4';

/** Which rights the replicas have, and which pods may be beside them. */
export function accessRows() {
  return {
    clusterRole: tuned(
      'ClusterRole.rules',
      'read Ingresses and what they name, write events',
      'read and write beyond that',
      'without custom resources, usage reports and shared zones of the commercial edition the controller calls nothing else',
      RBAC,
    ),
    role: tuned(
      'Role.rules',
      'its own ConfigMap, its own labels, its own Lease',
      'cluster-wide',
      'only ever used in its own namespace',
      RBAC,
    ),
  };
}
