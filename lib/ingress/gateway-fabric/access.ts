import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from 'kubernetes-types/rbac/v1';
import { CERTIFICATES, CONTROL_PLANE, FABRIC_API, GATEWAY_API, SECRETS } from './names';
import type { FabricSettings } from './settings';

const RBAC = 'rbac.authorization.k8s.io';
const { name, namespace } = CONTROL_PLANE;
const GET_LIST_WATCH = ['get', 'list', 'watch'];
const LIST_WATCH = ['list', 'watch'];
const WRITE = ['create', 'update', 'delete'];

const ROUTES = ['grpcroutes', 'httproutes', 'tlsroutes'];
const WITH_STATUS = ['backendtlspolicies', 'gateways', 'listenersets', ...ROUTES];
const POLICIES = [
  'authenticationfilters',
  'clientsettingspolicies',
  'observabilitypolicies',
  'proxysettingspolicies',
  'ratelimitpolicies',
  'snippetsfilters',
  'snippetspolicies',
  'upstreamsettingspolicies',
  'wafpolicies',
];

const rule = (group: string, resources: string[], verbs: string[]): PolicyRule => ({
  apiGroups: [group],
  resources: [...resources].sort(),
  verbs,
});
const status = (resources: string[]) => resources.map((resource) => `${resource}/status`);

/** What belongs to no namespace. */
const CLUSTER_WIDE = [
  rule('', ['namespaces'], GET_LIST_WATCH),
  // The pods of the data plane say who they are by a token.
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('apiextensions.k8s.io', ['customresourcedefinitions'], LIST_WATCH),
  rule(GATEWAY_API, ['gatewayclasses'], LIST_WATCH),
  rule(GATEWAY_API, ['gatewayclasses/status'], ['update']),
];

/** What is seen in a namespace, and the status that is written there. */
const SEEN = [
  rule('', ['configmaps', 'pods', 'secrets', 'serviceaccounts', 'services'], GET_LIST_WATCH),
  rule('', ['events'], ['create', 'patch']),
  rule('events.k8s.io', ['events'], ['create', 'patch']),
  rule('apps', ['daemonsets', 'deployments'], GET_LIST_WATCH),
  rule('autoscaling', ['horizontalpodautoscalers'], GET_LIST_WATCH),
  rule('discovery.k8s.io', ['endpointslices'], LIST_WATCH),
  rule(GATEWAY_API, ['referencegrants', ...WITH_STATUS], LIST_WATCH),
  rule(GATEWAY_API, ['gateways/finalizers', ...status(WITH_STATUS)], ['update']),
  rule(FABRIC_API, ['nginxgateways'], GET_LIST_WATCH),
  rule(FABRIC_API, ['nginxproxies', ...POLICIES], LIST_WATCH),
  rule(FABRIC_API, status(['nginxgateways', ...POLICIES]), ['update']),
];

/** What is made for a Gateway in its namespace. */
const MADE = [
  rule('', ['configmaps', 'secrets', 'serviceaccounts', 'services'], WRITE),
  rule('apps', ['daemonsets', 'deployments'], WRITE),
  rule('autoscaling', ['horizontalpodautoscalers'], WRITE),
];

/** What is needed at home alone. */
const OWN = [
  rule('apps', ['replicasets'], ['get', 'list']),
  rule('coordination.k8s.io', ['leases'], ['create', 'get', 'update']),
];

/** The accounts of the control plane and of the Job that makes certificates; pods ask for the token. */
export function renderServiceAccounts(): ServiceAccount[] {
  return [name, CERTIFICATES].map((account) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: account, namespace },
    automountServiceAccountToken: false,
  }));
}

/** The rights of the control plane: reading where it watches, writing where Gateways stand. */
export function renderControlPlaneRoles(
  settings: FabricSettings,
): Array<ClusterRole | ClusterRoleBinding | Role | RoleBinding> {
  const { watchNamespaces, gatewayNamespaces } = settings;
  const elsewhere = [...new Set([...(watchNamespaces ?? []), ...gatewayNamespaces])]
    .filter((other) => other !== namespace)
    .sort();
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [...CLUSTER_WIDE, ...(watchNamespaces === undefined ? SEEN : [])],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    ...roleIn(namespace, name, [...(watchNamespaces === undefined ? [] : SEEN), ...MADE, ...OWN]),
    ...elsewhere.flatMap((other) =>
      roleIn(other, name, [
        ...(watchNamespaces === undefined ? [] : SEEN),
        ...(gatewayNamespaces.includes(other) ? MADE : []),
      ]),
    ),
  ];
}

/** The rights of the Job: to look whether its two Secrets are there, and to make them; it changes none. */
export function renderCertificateRole(): Array<Role | RoleBinding> {
  return roleIn(namespace, CERTIFICATES, [
    { ...rule('', ['secrets'], ['get']), resourceNames: Object.values(SECRETS).sort() },
    // A name cannot narrow what does not exist yet.
    rule('', ['secrets'], ['create']),
  ]);
}

function roleIn(where: string, account: string, rules: PolicyRule[]): Array<Role | RoleBinding> {
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name: account, namespace: where },
      rules,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: account, namespace: where },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  ];
}
