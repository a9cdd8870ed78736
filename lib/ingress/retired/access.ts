import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from 'kubernetes-types/rbac/v1';
import type { Manifest } from '../../cluster';
import type { Settings } from '../settings';
import { electsLeader, publishesService } from './argument-tuning';
import type { RetiredChoices } from './choices';
import { ACCOUNT, IDENTITY, LEASE } from './names';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const { namespace } = IDENTITY;
const SUBJECTS = [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }];

/** The account and its rights: as much as the features in use call for. */
export function renderAccess(settings: Settings, choices: RetiredChoices): Manifest[] {
  const { watchNamespace } = choices;
  const classes: PolicyRule = {
    apiGroups: ['networking.k8s.io'],
    resources: ['ingressclasses'],
    // It watches them all to find its own, and a watch cannot be narrowed to a name.
    verbs: READ,
  };
  const reading = readingRules(settings);
  return [
    renderAccount(),
    clusterRole(watchNamespace === undefined ? [...reading, classes] : [classes]),
    clusterRoleBinding(),
    ...(watchNamespace === undefined
      ? []
      : [
          role(WATCHED, watchNamespace, [...reading, namespaceRule(watchNamespace)]),
          roleBinding(WATCHED, watchNamespace),
        ]),
    role(ACCOUNT, namespace, ownRules(settings, choices)),
    roleBinding(ACCOUNT, namespace),
  ];
}

/** Name of the role in the one namespace that is watched; that may be the controller's own. */
const WATCHED = 'ingress-nginx-watched';

/** The account; its token is mounted by the pod that asks for it and by no other. */
function renderAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: ACCOUNT, namespace },
    automountServiceAccountToken: false,
  };
}

/** What the controller reads wherever it serves Ingresses. */
function readingRules(settings: Settings): PolicyRule[] {
  const rules: PolicyRule[] = [
    { apiGroups: [''], resources: ['configmaps', 'secrets', 'services'], verbs: READ },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
  ];
  if (settings.reportsStatus) {
    rules.push({
      apiGroups: ['networking.k8s.io'],
      resources: ['ingresses/status'],
      verbs: ['update'],
    });
  }
  return rules;
}

function named(resource: string, name: string): PolicyRule {
  return { apiGroups: [''], resources: [resource], resourceNames: [name], verbs: ['get'] };
}

/** It makes sure at the start that the namespace exists. */
function namespaceRule(watched: string): PolicyRule {
  return named('namespaces', watched);
}

/** What the controller does in its own namespace only; what it reads everywhere is not given twice. */
function ownRules(settings: Settings, choices: RetiredChoices): PolicyRule[] {
  const rules: PolicyRule[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  if (choices.watchNamespace !== undefined) {
    rules.push(named('configmaps', choices.configMapName));
    if (publishesService(settings)) {
      rules.push(named('services', IDENTITY.name));
    }
  }
  if (electsLeader(settings)) {
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
  return rules;
}

function clusterRole(rules: PolicyRule[]): ClusterRole {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: ACCOUNT }, rules };
}

function clusterRoleBinding(): ClusterRoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: ACCOUNT },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ACCOUNT },
    subjects: SUBJECTS,
  };
}

function role(name: string, where: string, rules: PolicyRule[]): Role {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name, namespace: where },
    rules,
  };
}

function roleBinding(name: string, where: string): RoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: where },
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: SUBJECTS,
  };
}
