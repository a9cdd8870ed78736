import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from 'kubernetes-types/rbac/v1';
import type { Settings } from '../settings';
import { IDENTITY, LEASE } from './names';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const { name, namespace } = IDENTITY;
const SUBJECTS = [{ kind: 'ServiceAccount', name, namespace }];

/** The account; its token is mounted by the pod that asks for it and by no other. */
export function renderServiceAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  };
}

/** What the controller reads everywhere: Ingresses and whatever one can name. */
export function renderClusterRole(settings: Settings): ClusterRole {
  const rules: PolicyRule[] = [
    { apiGroups: [''], resources: ['pods', 'secrets', 'services'], verbs: READ },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
    {
      apiGroups: ['networking.k8s.io'],
      resources: ['ingressclasses'],
      resourceNames: [settings.className],
      verbs: ['get'],
    },
  ];
  if (settings.reportsStatus) {
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
    subjects: SUBJECTS,
  };
}

/** What the controller does in its own namespace only. */
export function renderRole(settings: Settings): Role {
  const rules: PolicyRule[] = [
    { apiGroups: [''], resources: ['configmaps'], verbs: READ },
    // It labels its own pods with the versions inside them.
    { apiGroups: [''], resources: ['pods'], verbs: ['update'] },
  ];
  if (settings.reportsStatus) {
    rules.push(
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [LEASE],
        verbs: ['get', 'update'],
      },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
    );
  }
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name, namespace },
    rules,
  };
}

/** Binds the role to the account in its own namespace. */
export function renderRoleBinding(): RoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: SUBJECTS,
  };
}
