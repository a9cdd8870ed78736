import type { Explained } from './bgp-resources';
import type { CalicoChoices } from './choices';
import { served } from './installation';
import { CalicoBaseline } from './policy-options';
import { Cidr, CLUSTER_LABEL, hostCidr, tuned, type Cluster, type Manifest } from '../../cluster';

const TIER = 'groundwork';
const TIERS = 'https://docs.tigera.io/calico/latest/reference/resources/tier';
const DENY_GUIDE =
  'https://docs.tigera.io/calico/latest/network-policy/get-started/kubernetes-default-deny';
/** Where a NodeLocal DNSCache that this library does not render answers by upstream's convention. */
const NODE_LOCAL_DNS = '169.254.20.10';
/** What must work before anybody can write a policy; upstream's guide, and the leases of nodes. */
const SYSTEM_NAMESPACES = [
  'calico-system',
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'tigera-operator',
];

/** Policies that hold from the start, in the group that validates them. */
export function policyResources(cluster: Cluster, choices: CalicoChoices): Explained[] {
  switch (choices.baseline) {
    case CalicoBaseline.METADATA_GUARD:
      return metadataGuard(cluster, choices);
    case CalicoBaseline.DEFAULT_DENY:
      return [...metadataGuard(cluster, choices), defaultDeny(cluster, choices)];
    case CalicoBaseline.NONE:
      return [];
  }
}

/** The networks of the metadata service: the spec's, or what the large providers have. */
export function metadataNetworks(cluster: Cluster, { options }: CalicoChoices): readonly string[] {
  const usual = { IPv4: '169.254.169.254/32', IPv6: 'fd00:ec2::254/128' };
  return options.policy?.metadataNetworks ?? cluster._families.map((family) => usual[family]);
}

function metadataGuard(cluster: Cluster, choices: CalicoChoices): Explained[] {
  const tier = { order: 200, defaultAction: 'Pass' };
  const networks = metadataNetworks(cluster, choices);
  const families = [...new Set(networks.map((network) => Cidr.parse(network)!.family))];
  const spec = {
    tier: TIER,
    order: 100,
    // Pods alone: machines themselves may need the service to boot.
    namespaceSelector: 'all()',
    types: ['Egress'],
    // One rule a family: a rule that holds both is refused.
    egress: families.map((family) => ({
      action: 'Deny',
      destination: { nets: networks.filter((n) => Cidr.parse(n)!.family === family) },
    })),
  };
  return [
    {
      object: served('Tier', TIER, tier),
      rows: [
        tuned(
          'Tier.spec',
          tier,
          'a tier denies what none of its policies allowed',
          "asked after Calico's own tier (100) and before everybody else's; what nothing denied goes on to the next",
          TIERS,
        ),
      ],
    },
    {
      object: served('GlobalNetworkPolicy', 'groundwork-metadata-guard', spec),
      rows: [
        tuned(
          'GlobalNetworkPolicy[groundwork-metadata-guard].spec',
          spec,
          'none',
          "a machine's user-data can hold keys, and every pod could read it there",
          'https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy',
        ),
      ],
    },
  ];
}

function defaultDeny(cluster: Cluster, { options }: CalicoChoices): Explained {
  const exempt = [...SYSTEM_NAMESPACES, ...(options.policy?.exemptNamespaces ?? [])].sort();
  const list = [...new Set(exempt)].map((name) => `'${name}'`).join(', ');
  const ask = (protocol: string, destination: object) => ({
    action: 'Allow',
    protocol,
    destination: { ...destination, ports: [53] },
  });
  const dns = {
    selector: "k8s-app == 'kube-dns'",
    namespaceSelector: "kubernetes.io/metadata.name == 'kube-system'",
  };
  // Where the cache holds the Service's address itself, questions to it never reach a pod.
  const cache = cluster._summary('dns');
  const addresses = [
    ...(cache?.localIps ?? [NODE_LOCAL_DNS]),
    cache?.serviceIp ?? cluster.clusterDnsIp,
  ];
  // One rule a family: a rule that holds both is refused.
  const caches = [false, true]
    .map((v6) => addresses.filter((ip) => ip.includes(':') === v6).map(hostCidr))
    .filter((nets) => nets.length > 0)
    .map((nets) => ({ nets }));
  const spec = {
    tier: 'default',
    // After policies of Kubernetes (1000): it only says what becomes of what nobody allowed.
    order: 2000,
    // Host endpoints have no namespace; without the first part "not in" is true of them, too.
    namespaceSelector: `has(kubernetes.io/metadata.name) && kubernetes.io/metadata.name not in {${list}} && !has(${CLUSTER_LABEL})`,
    types: ['Ingress', 'Egress'],
    egress: ['UDP', 'TCP'].flatMap((protocol) => [
      ask(protocol, dns),
      ...caches.map((each) => ask(protocol, each)),
    ]),
  };
  return {
    object: served('GlobalNetworkPolicy', 'groundwork-default-deny', spec),
    rows: [
      tuned(
        'GlobalNetworkPolicy[groundwork-default-deny].spec',
        spec,
        'none',
        `chosen in the spec: only DNS is allowed by itself; namespaces of Kubernetes, of Calico and of what this library renders are left alone`,
        DENY_GUIDE,
      ),
    ],
  };
}

/** Endpoints for machines, kept by Calico's own controller. */
export function hostEndpointResources({ hostEndpoints }: CalicoChoices): Explained[] {
  if (!hostEndpoints) {
    return [];
  }
  const hostEndpoint = { autoCreate: 'Enabled', createDefaultHostEndpoint: 'Enabled' };
  const spec = { controllers: { node: { hostEndpoint } } };
  return [
    {
      object: served('KubeControllersConfiguration', 'default', spec),
      rows: [
        tuned(
          'KubeControllersConfiguration.spec.controllers.node.hostEndpoint',
          hostEndpoint,
          'autoCreate Disabled',
          'chosen in the spec: one endpoint for each machine, which allows everything until a policy selects it',
          'projectcalico/calico:kube-controllers/pkg/config/runconfig.go (v3.32.1)',
        ),
      ],
    },
  ];
}

/** Pools for Services of type LoadBalancer: outside of what kubeadm knows, so not in the Installation. */
export function loadBalancerPools({ loadBalancerPools: pools }: CalicoChoices): Explained[] {
  return pools.map((pool) => {
    const spec = {
      cidr: pool.cidr,
      blockSize: pool.blockSize,
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: pool.natOutgoing,
      nodeSelector: pool.nodeSelector,
      allowedUses: [...pool.allowedUses],
      assignmentMode: pool.assignmentMode,
      disableBGPExport: pool.disableBgpExport,
    };
    return {
      object: served('IPPool', pool.name, spec),
      rows: [
        tuned(
          `IPPool[${pool.name}].spec`,
          spec,
          'none',
          'chosen in the spec: addresses of Services of type LoadBalancer',
          'projectcalico/calico:libcalico-go/lib/validator/v3 (v3.32.1)',
        ),
      ],
    };
  });
}

/** How addresses are given out, in the group that is stored: read when the first pod gets one. */
export function ipamSettings(
  options: CalicoChoices['options'],
  store: (spec: object) => Manifest,
): Explained[] {
  const { strictAffinity, autoAllocateBlocks, maxBlocksPerHost } = options.ipam ?? {};
  if ([strictAffinity, autoAllocateBlocks, maxBlocksPerHost].every((v) => v === undefined)) {
    return [];
  }
  const source = 'projectcalico/calico:libcalico-go/lib/ipam/ipam.go (v3.32.1)';
  const row = (field: string, value: unknown, upstream: string, given: unknown) =>
    tuned(
      `IPAMConfig.spec.${field}`,
      value,
      upstream,
      given === undefined
        ? "Calico's own default, written out: the object replaces all three"
        : 'chosen in the spec',
      source,
    );
  const rows = {
    strictAffinity: row('strictAffinity', strictAffinity ?? false, 'false', strictAffinity),
    autoAllocateBlocks: row(
      'autoAllocateBlocks',
      autoAllocateBlocks ?? true,
      'true',
      autoAllocateBlocks,
    ),
    maxBlocksPerHost: row(
      'maxBlocksPerHost',
      maxBlocksPerHost ?? 0,
      '0, which means 20',
      maxBlocksPerHost,
    ),
  };
  const spec = Object.fromEntries(Object.entries(rows).map(([field, { value }]) => [field, value]));
  return [{ object: store(spec), rows: Object.values(rows) }];
}
