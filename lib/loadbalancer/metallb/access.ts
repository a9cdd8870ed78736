import type { Namespace, ServiceAccount } from 'kubernetes-types/core/v1';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from 'kubernetes-types/rbac/v1';
import {
  APP,
  CONTROLLER,
  GROUP,
  MEMBERLIST_SECRET,
  METRICS_READER,
  NAMESPACE,
  SPEAKER,
  WEBHOOK_CONFIGURATION,
  WEBHOOK_SECRET,
} from './names';
import type { MetalLbSettings } from './settings';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const KEEP = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const DEFINITIONS = [
  'bfdprofiles',
  'bgpadvertisements',
  'bgppeers',
  'communities',
  'configurationstates',
  'ipaddresspools',
  'l2advertisements',
].map((plural) => `${plural}.${GROUP}`);

/** The namespace: speakers stand on the host's network and send frames of their own. */
export function namespace(): Namespace {
  const level = 'privileged';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: {
        'pod-security.kubernetes.io/audit': level,
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/warn': level,
      },
    },
  };
}

/** Who controller and speakers are, and what each may do with the features in use. */
export function access(
  settings: MetalLbSettings,
): Array<ServiceAccount | Role | RoleBinding | ClusterRole | ClusterRoleBinding> {
  return [
    ...[CONTROLLER, SPEAKER].map((name) => ({
      apiVersion: 'v1' as const,
      kind: 'ServiceAccount' as const,
      metadata: { name, namespace: NAMESPACE, labels: APP },
    })),
    ...inNamespace(CONTROLLER, controllerRules(settings)),
    ...inNamespace(SPEAKER, speakerRules()),
    ...everywhere(CONTROLLER, [
      ...rule('', ['services', 'namespaces'], READ),
      ...rule('', ['services/status'], ['update']),
      ...announcing(settings),
      ...(settings.webhook ? webhookRules() : []),
    ]),
    ...everywhere(SPEAKER, [
      ...rule('', ['services', 'nodes', 'namespaces'], READ),
      ...rule('discovery.k8s.io', ['endpointslices'], READ),
      ...rule(GROUP, ['servicel2statuses', 'servicel2statuses/status'], KEEP),
      ...announcing(settings),
    ]),
    ...(settings.metrics ? [metricsReader()] : []),
  ];
}

function controllerRules({ layer2, webhook }: MetalLbSettings): PolicyRule[] {
  return [
    ...rule('', ['pods'], ['get']),
    ...rule(GROUP, ['ipaddresspools', 'communities'], READ),
    ...rule(GROUP, ['ipaddresspools/status'], ['update']),
    // Speakers find out about each other with a key that the controller makes and its Deployment owns.
    ...(layer2 === undefined
      ? []
      : [
          ...rule('', ['secrets'], ['create']),
          ...rule('', ['secrets'], ['list'], [MEMBERLIST_SECRET]),
          ...rule('apps', ['deployments'], ['get'], [CONTROLLER]),
        ]),
    ...(webhook
      ? [
          // What changes its certificate watches every Secret of this namespace.
          ...rule('', ['secrets'], ['list', 'watch']),
          ...rule('', ['secrets'], ['get', 'patch', 'update'], [WEBHOOK_SECRET]),
          ...rule(
            GROUP,
            ['bfdprofiles', 'bgpadvertisements', 'bgppeers', 'l2advertisements'],
            READ,
          ),
        ]
      : []),
  ];
}

function speakerRules(): PolicyRule[] {
  return [
    ...rule('', ['pods'], ['get', 'list']),
    // It watches them whether a session has a password or not.
    ...rule('', ['secrets', 'configmaps'], READ),
    ...rule(
      GROUP,
      [
        'bfdprofiles',
        'bgpadvertisements',
        'bgppeers',
        'communities',
        'ipaddresspools',
        'l2advertisements',
      ],
      READ,
    ),
    ...rule(GROUP, ['servicebgpstatuses', 'servicebgpstatuses/status'], KEEP),
  ];
}

/** What both do everywhere: events, the state of their configuration, and asking who scrapes. */
function announcing({ metrics }: MetalLbSettings): PolicyRule[] {
  return [
    ...rule('', ['events'], ['create', 'patch']),
    ...rule(GROUP, ['configurationstates'], KEEP),
    ...rule(GROUP, ['configurationstates/status'], ['get', 'patch', 'update']),
    ...(metrics
      ? [
          ...rule('authentication.k8s.io', ['tokenreviews'], ['create']),
          ...rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
        ]
      : []),
  ];
}

function webhookRules(): PolicyRule[] {
  const webhooks = 'validatingwebhookconfigurations';
  const change = ['get', 'patch', 'update'];
  return [
    ...rule('', ['nodes'], ['list']),
    ...rule('admissionregistration.k8s.io', [webhooks], ['list', 'watch']),
    ...rule('admissionregistration.k8s.io', [webhooks], change, [WEBHOOK_CONFIGURATION]),
    ...rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['list', 'watch']),
    ...rule('apiextensions.k8s.io', ['customresourcedefinitions'], change, DEFINITIONS),
  ];
}

function rule(
  group: string,
  resources: string[],
  verbs: string[],
  resourceNames?: string[],
): PolicyRule[] {
  return [
    {
      apiGroups: [group],
      resources,
      verbs,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    },
  ];
}

function inNamespace(name: string, rules: PolicyRule[]): [Role, RoleBinding] {
  const metadata = { name, namespace: NAMESPACE, labels: APP };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    },
  ];
}

function everywhere(account: string, rules: PolicyRule[]): [ClusterRole, ClusterRoleBinding] {
  const name = `${NAMESPACE}:${account}`;
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, labels: APP }, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: APP },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
    },
  ];
}

/** Bound to the account of a scraper by whoever runs it. */
function metricsReader(): ClusterRole {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: METRICS_READER, labels: APP },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  };
}
