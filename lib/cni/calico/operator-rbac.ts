import type { PolicyRule } from 'kubernetes-types/rbac/v1';

// What tigera-operator may do, as data. The set of grants is that of upstream's manifest for the
// pinned release: the operator gives these rights on to the pods it creates, and a missing one shows
// as a Degraded status hours later. Lists are words with spaces between them.

const READ = 'get list watch';
const MANAGE = `create delete ${READ} update`;

/** Plurals of the stored Calico kinds, without their group. */
const CALICO_KINDS = [
  'bgpconfigurations bgpfilters bgppeers blockaffinities caliconodestatuses clusterinformations',
  'felixconfigurations globalnetworkpolicies globalnetworksets hostendpoints ipamblocks ipamhandles',
  'ippools ipreservations kubecontrollersconfigurations networkpolicies networksets',
  'stagedglobalnetworkpolicies stagedkubernetesnetworkpolicies stagednetworkpolicies tiers',
].join(' ');

const OPERATOR_KINDS =
  'apiservers gatewayapis goldmanes imagesets installations istios managementclusterconnections tigerastatuses whiskers';

const GATEWAY_KINDS = [
  'backendlbpolicies backendtlspolicies gatewayclasses gateways grpcroutes httproutes listenersets',
  'referencegrants tcproutes tlsroutes udproutes',
].join(' ');

const ENVOY_KINDS = [
  'backends backendtrafficpolicies clienttrafficpolicies envoyextensionpolicies envoypatchpolicies',
  'envoyproxies httproutefilters securitypolicies',
].join(' ');

/** Definitions that `-manage-crds` keeps up to date, by full name. */
const UPDATED_DEFINITIONS = [
  // The two groups spell one kind differently.
  ...inGroup('crd.projectcalico.org', `${CALICO_KINDS} ipamconfigs`),
  ...inGroup('projectcalico.org', `${CALICO_KINDS} ipamconfigurations`),
  ...inGroup('operator.tigera.io', OPERATOR_KINDS),
  ...inGroup('policy.networking.k8s.io', 'clusternetworkpolicies'),
  ...inGroup('gateway.networking.k8s.io', GATEWAY_KINDS),
  ...inGroup('gateway.networking.x-k8s.io', 'xbackendtrafficpolicies xmeshes'),
  ...inGroup('gateway.envoyproxy.io', ENVOY_KINDS),
].join(' ');

/** Secrets, in the operator's own namespace; the RoleBinding keeps it there. */
export const operatorSecretRules: PolicyRule[] = [grant('', 'secrets', 'create delete update')];

/** Everything else, cluster-wide. */
export const operatorRules: PolicyRule[] = [
  // Definitions: it makes its own, and takes the policy one over from other distributions.
  grant('apiextensions.k8s.io', 'customresourcedefinitions', `create ${READ}`),
  grant('apiextensions.k8s.io', 'customresourcedefinitions', 'update', UPDATED_DEFINITIONS),
  grant(
    'apiextensions.k8s.io',
    'customresourcedefinitions',
    'delete',
    inGroup('policy.networking.k8s.io', 'clusternetworkpolicies').join(' '),
  ),

  // What the pods of Calico consist of.
  grant(
    '',
    'configmaps endpoints events namespaces pods podtemplates serviceaccounts services',
    MANAGE,
  ),
  grant('', 'resourcequotas secrets', READ),
  grant('', 'resourcequotas', MANAGE, 'calico-critical-pods tigera-critical-pods'),
  grant('apps', 'daemonsets deployments statefulsets', `${MANAGE} patch`),
  grant('apps', 'deployments/finalizers', 'update', 'tigera-operator'),
  grant('scheduling.k8s.io', 'priorityclasses', MANAGE),
  grant('policy', 'poddisruptionbudgets', MANAGE),
  grant('storage.k8s.io', 'csidrivers', MANAGE),
  grant('coordination.k8s.io', 'leases', MANAGE),
  grant('networking.k8s.io', 'networkpolicies', MANAGE),
  grant('discovery.k8s.io', 'endpointslices', READ),

  // It labels nodes in migrations and counts them to scale Typha.
  grant('', 'nodes', `${READ} patch`),

  // bind and escalate make it as mighty as cluster-admin: it hands rights on that it lacks itself.
  grant(
    'rbac.authorization.k8s.io',
    'clusterrolebindings clusterroles rolebindings roles',
    `bind escalate ${MANAGE}`,
  ),
  grant('authentication.k8s.io', 'tokenreviews', 'create'),
  grant('certificates.k8s.io', 'certificatesigningrequests', 'list watch'),
  grant('policy', 'podsecuritypolicies', 'use', 'tigera-operator'),
  grant('policy', 'podsecuritypolicies', MANAGE),

  // Its own kinds.
  grant(
    'operator.tigera.io',
    [
      withParts(
        'apiservers goldmanes installations istios managementclusterconnections tigerastatuses whiskers',
        'finalizers status',
      ),
      withParts('gatewayapis', 'finalizers'),
      'imagesets',
    ].join(' '),
    `${READ} patch update`,
  ),
  grant('operator.tigera.io', 'tigerastatuses', 'create delete'),
  grant('operator.tigera.io', 'apiservers goldmanes installations whiskers', 'delete'),

  // Calico's kinds, in the group that is stored and in the one that is served.
  grant(
    'crd.projectcalico.org projectcalico.org',
    'bgpconfigurations felixconfigurations ippools',
    `create ${READ} patch`,
  ),
  grant(
    'crd.projectcalico.org projectcalico.org',
    'clusterinformations kubecontrollersconfigurations',
    READ,
  ),
  grant('projectcalico.org', 'ipamconfigurations', READ),
  grant('projectcalico.org', 'ippools', MANAGE),
  grant(
    'projectcalico.org',
    'globalnetworkpolicies networkpolicies networksets',
    `${MANAGE} patch`,
  ),
  grant('migration.projectcalico.org', 'datastoremigrations', READ),

  // Policies of its own tier; Calico's API server asks for these invented kinds as well.
  grant(
    'projectcalico.org',
    'tier.globalnetworkpolicies tier.networkpolicies',
    MANAGE,
    'calico-system.*',
  ),
  grant('projectcalico.org', 'tier.globalnetworkpolicies tier.networkpolicies', READ),
  grant('projectcalico.org', 'tiers', 'delete get update', 'calico-system'),
  grant('projectcalico.org', 'tiers', `create ${READ}`),

  // Extension points of the API server.
  grant('apiregistration.k8s.io', 'apiservices', 'create delete list update watch'),
  grant('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', `create delete ${READ}`),
  grant(
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations',
    'update',
    'envoy-gateway-topology-injector.tigera-gateway',
  ),
  grant(
    'admissionregistration.k8s.io',
    [
      'mutatingadmissionpolicies mutatingadmissionpolicybindings',
      'validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
    ].join(' '),
    MANAGE,
  ),

  // Gateways, a mesh and virtual machines: the operator watches for them whether they are used or not.
  grant('gateway.networking.k8s.io', 'gatewayclasses', MANAGE),
  grant('gateway.envoyproxy.io', 'envoyproxies', MANAGE),
  grant('batch', 'jobs', 'create list watch'),
  grant('batch', 'jobs', 'update', 'tigera-gateway-api-gateway-helm-certgen'),
  grant('autoscaling', 'horizontalpodautoscalers', `create ${READ}`),
  grant('autoscaling', 'horizontalpodautoscalers', 'update', 'istiod'),
  grant('kubevirt.io', 'virtualmachineinstancemigrations', READ),
];

/** One rule from lists of words; names narrow it to objects of these names. */
function grant(groups: string, resources: string, verbs: string, names?: string): PolicyRule {
  return {
    // The core group is the empty word.
    apiGroups: groups.split(' '),
    resources: sorted(resources),
    ...(names === undefined ? {} : { resourceNames: sorted(names) }),
    verbs: sorted(verbs),
  };
}

function sorted(words: string): string[] {
  return words.split(' ').sort();
}

function inGroup(group: string, kinds: string): string[] {
  return kinds.split(' ').map((kind) => `${kind}.${group}`);
}

/** Every kind by itself and with each of the parts behind a slash. */
function withParts(kinds: string, parts: string): string {
  return kinds
    .split(' ')
    .flatMap((kind) => [kind, ...parts.split(' ').map((part) => `${kind}/${part}`)])
    .join(' ');
}
