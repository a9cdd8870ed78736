import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  KubeProxyMode,
  LoadBalancerKind,
  Machine,
  Underlay,
  Zone,
  type ClusterProps,
} from '../../lib';
import { SecretRef } from '../../lib/cluster';
import {
  BgpFilterAction,
  BgpFilterMatchOperator,
  BgpNextHopMode,
  BgpSourceAddress,
  BpfConnectTimeLoadBalancing,
  BpfExternalServiceMode,
  CalicoBaseline,
  CalicoIpamType,
  ClusterRoutingMode,
  FelixChainInsertMode,
  FelixLogSeverity,
  FelixNatOutgoingExclusions,
  FelixServiceLoopPrevention,
  IpPoolAssignmentMode,
  IpPoolUse,
  LinuxDataplane,
  NodeAddressAutodetection,
  type TunedCalicoOptions,
} from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { render, spread, type Rendered } from './calico';

/** Facts of a cluster that has IPv6 only. */
export function onlyV6(changes: Partial<ClusterProps> = {}): Partial<ClusterProps> {
  return {
    podCidr: 'fd00:244::/56',
    serviceCidr: 'fd00:96::/112',
    endpoint: ApiEndpoint.external({ address: 'fd00:20::10' }),
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
    machines: [1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, { zone: 'oslo-1', address: `fd00:20::1${n}`, nic: 'eno1' }),
    ),
    ...changes,
  };
}

/** No kube-proxy, which makes the dataplane BPF. */
export const WITHOUT_PROXY = { kubeProxyMode: KubeProxyMode.NONE };

/** Digests for every image that has to have one. */
export const DIGESTS = Object.fromEntries(
  [
    'apiserver',
    'cni',
    'csi',
    'kube-controllers',
    'node',
    'node-driver-registrar',
    'pod2daemon-flexvol',
    'typha',
  ].map((name, n) => [`calico/${name}`, `sha256:${String(n).repeat(64)}`]),
);

/** Every option of BGP that goes together. */
export const ALL_OF_BGP: TunedCalicoOptions = {
  bgp: {
    enabled: true,
    asNumber: 64999,
    nodeToNodeMesh: true,
    nodeMeshPassword: SecretRef.of('mesh', 'password'),
    listenPort: 1790,
    topOfRackPeers: [
      {
        zone: 'oslo-1',
        peerIp: '10.20.0.1',
        asNumber: 65001,
        localAsNumber: 65010,
        password: SecretRef.of('routers', 'oslo-1'),
        keepaliveTime: Duration.seconds(20),
        ttlSecurity: 1,
        sourceAddress: BgpSourceAddress.NONE,
        nextHopMode: BgpNextHopMode.SELF,
        numAllowedLocalAsNumbers: 1,
        filters: ['no-default'],
      },
    ],
    filters: [
      {
        name: 'no-default',
        importV4: [
          {
            action: BgpFilterAction.REJECT,
            cidr: '0.0.0.0/0',
            matchOperator: BgpFilterMatchOperator.EQUAL,
          },
          { action: BgpFilterAction.ACCEPT, fromRemotePeers: true, interfaceName: 'eno*' },
        ],
        exportV4: [{ action: BgpFilterAction.ACCEPT }],
      },
    ],
    advertiseServiceCidr: true,
    serviceExternalIps: ['203.0.113.0/28'],
    serviceLoadBalancerIps: ['198.51.100.0/24'],
    communities: { blue: '64512:100', big: '64512:1:2' },
    prefixAdvertisements: [
      { cidr: '10.244.0.0/16', communities: ['blue', '64512:7'] },
      { cidr: '198.51.100.0/24', communities: ['big'] },
    ],
  },
};

/** Pools of every kind. */
export const ALL_OF_POOLS: TunedCalicoOptions = {
  encapsulation: Encapsulation.VXLAN,
  ipPools: [
    { cidr: '10.244.0.0/17' },
    {
      name: 'edge',
      cidr: '10.244.128.0/20',
      encapsulation: Encapsulation.VXLAN_CROSS_SUBNET,
      blockSize: 28,
      natOutgoing: false,
      nodeSelector: "edge == 'true'",
      allowedUses: [IpPoolUse.WORKLOAD],
      assignmentMode: IpPoolAssignmentMode.MANUAL,
      disableBgpExport: true,
    },
    { name: 'services', cidr: '198.51.100.0/24', allowedUses: [IpPoolUse.LOAD_BALANCER] },
  ],
  ipam: { strictAffinity: true, maxBlocksPerHost: 4 },
};

const FELIX: TunedCalicoOptions = {
  encapsulation: Encapsulation.VXLAN,
  felix: {
    logSeverityScreen: FelixLogSeverity.WARNING,
    prometheusMetricsPort: 9091,
    checksumOffload: false,
    iptablesRefreshInterval: Duration.seconds(90),
    ipsetsRefreshInterval: Duration.millis(1500),
    routeRefreshInterval: Duration.seconds(0),
    xdpRefreshInterval: Duration.minutes(5),
    reportingInterval: Duration.seconds(0),
    failsafeInboundHostPorts: [{ protocol: 'tcp', port: 22, net: '10.20.0.0/24' }],
    failsafeOutboundHostPorts: [],
    chainInsertMode: FelixChainInsertMode.APPEND,
    serviceLoopPrevention: FelixServiceLoopPrevention.REJECT,
    natOutgoingExclusions: FelixNatOutgoingExclusions.IP_POOLS_AND_HOST_IPS,
    mtuIfacePattern: '^eno.*$',
    usageReportingEnabled: false,
    overrides: {
      goGCThreshold: 60,
      kubeNodePortRanges: ['30000:32767'],
      natPortRange: '32768:65535',
      netlinkTimeout: '20s',
      bpfConntrackTimeouts: {},
      removeExternalRoutes: false,
      iptablesBackend: 'NFT',
    },
  },
};

const BPF: TunedCalicoOptions = {
  linuxDataplane: LinuxDataplane.BPF,
  bpf: {
    externalServiceMode: BpfExternalServiceMode.DSR,
    connectTimeLoadBalancing: BpfConnectTimeLoadBalancing.DISABLED,
    dataIfacePattern: '^eno1$',
    mapSizeConntrack: 1_000_000,
  },
};

const REFLECTORS: TunedCalicoOptions = {
  bgp: { routeReflectors: { machines: ['cp-1', 'cp-2'], clusterId: '244.0.0.9' } },
};

const RESOURCES = { cpuRequestMillicores: 250, memoryRequest: Size.mebibytes(256) };

/** Every shape of the output, by name. */
export const variants: Array<[string, () => Rendered]> = [
  ['the flagship', () => render()],
  ...Object.values(Encapsulation).map((encapsulation): [string, () => Rendered] => [
    `encapsulation ${encapsulation}`,
    () => render({ encapsulation }),
  ]),
  [
    'a mirror',
    () => render({}, { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['a', 'b'] }),
  ],
  [
    'sizes',
    () =>
      render({
        encapsulation: Encapsulation.VXLAN,
        mtu: 1400,
        blockSize: 24,
        natOutgoing: false,
        operatorImage: 'registry.example.no/tigera/operator:v1.42.4',
      }),
  ],
  ['nftables', () => render({}, { kubeProxyMode: KubeProxyMode.NFTABLES })],
  [
    'nftables with an interval',
    () =>
      render(
        { felix: { nftablesRefreshInterval: Duration.minutes(3) } },
        { kubeProxyMode: KubeProxyMode.NFTABLES },
      ),
  ],
  ['one machine', () => render({}, spread(1, 1))],
  ['dual stack', () => render({}, dualStack())],
  ['dual stack, IPIP', () => render({ encapsulation: Encapsulation.IPIP }, dualStack())],
  ['IPv6 only', () => render({}, onlyV6())],
  ['IPv6 only, BPF', () => render({}, onlyV6(WITHOUT_PROXY))],
  ['dual stack, BPF, encrypted', () => render({ wireguard: {} }, dualStack(WITHOUT_PROXY))],
  ['BPF', () => render(BPF, WITHOUT_PROXY)],
  [
    'encrypted',
    () =>
      render(
        {
          wireguard: {
            listeningPort: 51999,
            listeningPortV6: 51998,
            keepAlive: Duration.seconds(25),
          },
        },
        dualStack(),
      ),
  ],
  ['all of BGP', () => render(ALL_OF_BGP)],
  ['route reflectors', () => render(REFLECTORS)],
  [
    'a router for IPv6',
    () => render({ bgp: { topOfRackPeers: [{ peerIp: 'fd00:20::', asNumber: 65001 }] } }, onlyV6()),
  ],
  ['BGP with its defaults', () => render({ bgp: {} })],
  ['all of pools', () => render(ALL_OF_POOLS, { loadBalancer: LoadBalancerKind.CALICO })],
  ['HostLocal', () => render({ ipam: { type: CalicoIpamType.HOST_LOCAL } })],
  ['Felix routes', () => render({ clusterRoutingMode: ClusterRoutingMode.FELIX })],
  ['all of Felix', () => render(FELIX)],
  ['digests', () => render({ imageDigests: DIGESTS })],
  [
    'Typha and node',
    () => render({ typha: { metricsPort: 9093, resources: RESOURCES }, nodeResources: RESOURCES }),
  ],
  ['host endpoints', () => render({ hostEndpoints: {} })],
  [
    'default deny, dual stack',
    () =>
      render(
        {
          policy: {
            baseline: CalicoBaseline.DEFAULT_DENY,
            exemptNamespaces: ['monitoring'],
            metadataNetworks: ['169.254.0.0/16', 'fd00:ec2::254/128'],
          },
        },
        dualStack(),
      ),
  ],
  [
    'default deny, IPv6 only',
    () => render({ policy: { baseline: CalicoBaseline.DEFAULT_DENY } }, onlyV6()),
  ],
  ['no policy', () => render({ policy: { baseline: CalicoBaseline.NONE } })],
  [
    'found otherwise',
    () =>
      render(
        {
          nodeAddressAutodetection: NodeAddressAutodetection.cidrs('10.20.0.0/24'),
          nodeAddressAutodetectionV6: NodeAddressAutodetection.canReach('fd00:20::1'),
        },
        dualStack(),
      ),
  ],
  [
    'an underlay that breaks offload',
    () =>
      render(
        { encapsulation: Encapsulation.VXLAN },
        { underlay: Underlay.flatL2({ mtu: 1500, breaksVxlanOffload: true }) },
      ),
  ],
];
