import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from 'kubernetes-types/rbac/v1';
import { IDENTITY } from './names';
import type { TraefikSettings } from './settings';
import { tuned } from '../../cluster';
import { podSecurityRows } from '../pod-security-tuning';

const RBAC = 'rbac.authorization.k8s.io';
// Its caches list and watch; nothing is fetched by name.
const CACHE = ['list', 'watch'];
const { name, namespace } = IDENTITY;

/** Which rights the replicas have, and which pods may be beside them. */
export function accessRows(s: TraefikSettings) {
  return {
    clusterRole: tuned(
      'ClusterRole.rules',
      s.compatible
        ? 'read Ingresses and what they name, ConfigMaps among it'
        : 'read Ingresses and what they name, and nodes',
      'more verbs, pods and namespaces',
      s.compatible
        ? 'every cache of this provider has to fill before it serves: without ConfigMaps of all namespaces it never does'
        : 'every cache of this provider has to fill before it serves: without nodes, whose addresses only some Services need, it never does',
      s.compatible
        ? 'traefik/traefik pkg/provider/kubernetes/ingress-nginx/client.go at v3.7.9'
        : 'traefik/traefik pkg/provider/kubernetes/ingress/client.go at v3.7.9',
    ),
    ...podSecurityRows(s.edge),
  };
}

/** The account; its token is mounted by the pod that asks for it and by no other. */
export function renderServiceAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  };
}

/** What it reads everywhere: Ingresses and whatever one can name. */
export function renderClusterRole(s: TraefikSettings): ClusterRole {
  const own = s.compatible ? 'configmaps' : 'nodes';
  const rules: PolicyRule[] = [
    { apiGroups: [''], resources: [own, 'secrets', 'services'], verbs: CACHE },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: CACHE },
    { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: CACHE },
  ];
  if (s.edge.reportsStatus) {
    rules.push({
      apiGroups: ['networking.k8s.io'],
      resources: ['ingresses/status'],
      verbs: ['update'],
    });
  }
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

/** Binds the role to the account in every namespace. */
export function renderClusterRoleBinding(): ClusterRoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}

/** The class that Ingresses name. */
export function renderIngressClass(s: TraefikSettings): IngressClass {
  const annotations = s.edge.isDefaultClass
    ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }
    : {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: s.edge.className, ...annotations },
    spec: { controller: s.compatible ? 'k8s.io/ingress-nginx' : 'traefik.io/ingress-controller' },
  };
}
