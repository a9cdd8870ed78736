import type { ConfigMap, Namespace, ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding } from 'kubernetes-types/rbac/v1';

// Upstream's own names: on a cluster that has flannel already, the objects are taken over instead of
// running twice.
export const NAMESPACE = 'kube-flannel';
export const NAME = 'flannel';
export const CONFIG_MAP = 'kube-flannel-cfg';
/** Label by which upstream's guides find every object. */
export const LABELS = { 'k8s-app': 'flannel' };
export const NODE_LABELS = { tier: 'node', app: 'flannel' };

/** The namespace; flanneld needs the machine's network and its folders. */
export function namespace(): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: { ...LABELS, 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  };
}

export function serviceAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
  };
}

/** Its own pod says on which node it runs; the nodes' annotations are the leases. */
export function clusterRole(): ClusterRole {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: NAME, labels: LABELS },
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
    ],
  };
}

export function clusterRoleBinding(): ClusterRoleBinding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: NAME, labels: LABELS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  };
}

export function configMap(texts: { cniConf: string; netConf: string }): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG_MAP, namespace: NAMESPACE, labels: { ...LABELS, ...NODE_LABELS } },
    data: { 'cni-conf.json': texts.cniConf, 'net-conf.json': texts.netConf },
  };
}
