import { calicoImages } from '../../catalog';
import { Cidr, checkInteger, isDnsLabel, parseImage, type Problem } from '../../cluster';
import { BGP_PORT, settleBgp } from './bgp';
import { bgpProblems, idleBgpProblems } from './bgp-problems';
import type { CalicoResources, TunedCalicoProps } from './calico-options';
import { dataplaneOf, hasTunnelDevice, usesVxlan } from './choices';
import { ClusterRoutingMode, LinuxDataplane } from './dataplane-options';
import { chooseEncapsulation } from './encapsulation';
import { felixProblems } from './felix-problems';
import { portProblems, samePortProblems } from './port-problems';
import { CalicoBaseline } from './policy-options';
import { poolProblems } from './pool-problems';
import { isForLoadBalancers, largestMtu, packetWays, poolsOf, settlePools } from './pools';

/** Images that the operator looks up for what is installed here; without a digest it stops. */
const NEEDED_DIGESTS = [
  'calico/apiserver',
  'calico/cni',
  'calico/csi',
  'calico/kube-controllers',
  'calico/node',
  'calico/node-driver-registrar',
  'calico/pod2daemon-flexvol',
  'calico/typha',
];

/** Everything that is wrong with the props by themselves and with the facts they need. */
export function choiceProblems(props: TunedCalicoProps): Problem[] {
  // How packets travel is only known of pools that are networks.
  const known = poolsOf(props).every(({ cidr }) => Cidr.parse(cidr) !== undefined);
  return [
    ...(known ? travelProblems(props) : []),
    ...poolProblems(props),
    ...bgpProblems(props),
    ...wireguardProblems(props),
    ...bpfProblems(props),
    ...autodetectionProblems(props),
    ...portProblems('typha.metricsPort', props.typha?.metricsPort, 9093),
    ...samePortProblems(
      props.felix?.prometheusMetricsPort,
      props.typha?.metricsPort,
      props.bgp?.listenPort ?? BGP_PORT,
    ),
    ...resourceProblems('typha.resources', props.typha?.resources),
    ...resourceProblems('nodeResources', props.nodeResources),
    ...policyProblems(props),
    ...imageProblems(props),
  ];
}

function travelProblems(props: TunedCalicoProps): Problem[] {
  const { cluster, mtu } = props;
  const routing = props.clusterRoutingMode ?? ClusterRoutingMode.BIRD;
  const dataplane = dataplaneOf(props);
  const choice = chooseEncapsulation(cluster, dataplane, props.encapsulation);
  const pools = settlePools(props, choice).filter((pool) => !isForLoadBalancers(pool));
  const ways = packetWays(cluster, pools, dataplane, props.wireguard !== undefined);
  const max = largestMtu(cluster, ways);
  // The smallest underlay leaves less than 1280 under VXLAN; what it leaves is then the floor, too.
  const min = Math.min(1280, max);
  const remedy =
    mtu !== undefined && mtu < min ? 'raise it or leave it out' : 'lower it or raise underlay.mtu';
  return [
    ...checkInteger('mtu', mtu, { min, max }, remedy),
    ...felixProblems(props, hasTunnelDevice({ pools, dataplane }), dataplane),
    ...(usesVxlan({ pools, dataplane }) ? vxlanPortProblems(props) : []),
    ...idleBgpProblems(props, settleBgp(props, pools, routing).enabled),
  ];
}

/** The kernel gives a UDP port to one device. */
function vxlanPortProblems({ wireguard = {} }: TunedCalicoProps): Problem[] {
  return (['listeningPort', 'listeningPortV6'] as const)
    .filter((prop) => wireguard[prop] === 4789)
    .map((prop) => ({
      prop: `wireguard.${prop}`,
      allowed: 'another port than 4789 with VXLAN',
      got: 4789,
      remedy: 'leave it out unless 51820 or 51821 is taken',
    }));
}

function wireguardProblems({ cluster, wireguard }: TunedCalicoProps): Problem[] {
  if (wireguard === undefined) {
    return [];
  }
  const range = { min: 1024, max: 65535 };
  const { listeningPort, listeningPortV6, keepAlive } = wireguard;
  const problems = [
    ...checkInteger(
      'wireguard.listeningPort',
      listeningPort,
      range,
      'use 51820 unless it is taken',
    ),
    ...checkInteger(
      'wireguard.listeningPortV6',
      listeningPortV6,
      range,
      'use 51821 unless it is taken',
    ),
  ];
  const both = [listeningPort ?? 51820, listeningPortV6 ?? 51821];
  if (cluster.isDualStack && both[0] === both[1]) {
    problems.push({
      prop: 'wireguard.listeningPortV6',
      allowed: 'another port than listeningPort',
      got: both[1],
      remedy: 'each family has a device of its own',
    });
  }
  for (const [prop, value, family] of [
    ['listeningPort', listeningPort, 'IPv4'],
    ['listeningPortV6', listeningPortV6, 'IPv6'],
  ] as const) {
    if (value !== undefined && !cluster._families.includes(family)) {
      problems.push({
        prop: `wireguard.${prop}`,
        allowed: `left out in a cluster without ${family}`,
        got: value,
        remedy: 'there is no such device',
      });
    }
  }
  const seconds = keepAlive?.toSeconds({ integral: false });
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds <= 65535)) {
    problems.push({
      prop: 'wireguard.keepAlive',
      allowed: 'whole seconds up to 65535',
      got: `${seconds} s`,
      remedy: '25 seconds keep most firewalls open; leave it out where there is none',
    });
  }
  return problems;
}

function bpfProblems(props: TunedCalicoProps): Problem[] {
  if (props.bpf === undefined) {
    return [];
  }
  const dataplane = dataplaneOf(props);
  return dataplane === LinuxDataplane.BPF
    ? checkInteger(
        'bpf.mapSizeConntrack',
        props.bpf.mapSizeConntrack,
        { min: 1024, max: 16_777_216 },
        "leave it out for Felix's own 512000",
      )
    : [
        {
          prop: 'bpf',
          allowed: `left out with dataplane ${dataplane}`,
          got: 'a value',
          remedy: 'set linuxDataplane to LinuxDataplane.BPF, or remove it',
        },
      ];
}

function autodetectionProblems(props: TunedCalicoProps): Problem[] {
  const { cluster } = props;
  return (
    [
      ['nodeAddressAutodetection', props.nodeAddressAutodetection, 'IPv4'],
      ['nodeAddressAutodetectionV6', props.nodeAddressAutodetectionV6, 'IPv6'],
    ] as const
  ).flatMap(([prop, method, family]): Problem[] => {
    if (method === undefined) {
      return [];
    }
    if (!cluster._families.includes(family)) {
      return [
        {
          prop,
          allowed: `left out in a cluster without ${family}`,
          got: method.method,
          remedy: 'machines have no such address to find',
        },
      ];
    }
    return method._foreign(family).map((got) => ({
      prop,
      allowed: `with ${family} addresses and networks only`,
      got,
      remedy: 'no address of that family would ever be found',
    }));
  });
}

function resourceProblems(prop: string, resources: CalicoResources = {}): Problem[] {
  const memory = resources.memoryRequest?.toMebibytes({});
  const problems = checkInteger(
    `${prop}.cpuRequestMillicores`,
    resources.cpuRequestMillicores,
    { min: 1, max: 64_000 },
    '250 is what upstream sets in its own manifest',
  );
  if (memory !== undefined && memory < 32) {
    problems.push({
      prop: `${prop}.memoryRequest`,
      allowed: 'at least 32 MiB',
      got: `${memory} MiB`,
      remedy: 'the process does not start with less',
    });
  }
  return problems;
}

function policyProblems({ cluster, policy = {} }: TunedCalicoProps): Problem[] {
  const { baseline = CalicoBaseline.METADATA_GUARD, exemptNamespaces, metadataNetworks } = policy;
  const problems: Problem[] = (exemptNamespaces ?? [])
    .filter((name) => !isDnsLabel(name))
    .map((got) => ({
      prop: 'policy.exemptNamespaces',
      allowed: 'names of namespaces, RFC 1123 labels',
      got,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    }));
  if (exemptNamespaces !== undefined && baseline !== CalicoBaseline.DEFAULT_DENY) {
    problems.push({
      prop: 'policy.exemptNamespaces',
      allowed: 'left out unless baseline is default-deny',
      got: exemptNamespaces,
      remedy: 'set baseline to CalicoBaseline.DEFAULT_DENY, or remove it',
    });
  }
  if (metadataNetworks !== undefined && baseline === CalicoBaseline.NONE) {
    problems.push({
      prop: 'policy.metadataNetworks',
      allowed: 'left out with baseline none',
      got: metadataNetworks,
      remedy: 'without a policy nothing is denied',
    });
  }
  if (metadataNetworks?.length === 0) {
    problems.push({
      prop: 'policy.metadataNetworks',
      allowed: 'at least one network',
      got: undefined,
      remedy: 'leave it out for the usual addresses, or choose CalicoBaseline.NONE',
    });
  }
  for (const got of metadataNetworks ?? []) {
    const cidr = Cidr.parse(got);
    if (cidr === undefined || !cluster._families.includes(cidr.family)) {
      problems.push({
        prop: 'policy.metadataNetworks',
        allowed: `canonical ${cluster._families.join(' or ')} CIDRs`,
        got,
        remedy: 'write /32 or /128 behind a single address',
      });
    }
  }
  return problems;
}

function imageProblems({ operatorImage, imageDigests }: TunedCalicoProps): Problem[] {
  const problems: Problem[] = [];
  if (operatorImage !== undefined && parseImage(operatorImage)?.tag === undefined) {
    problems.push({
      prop: 'operatorImage',
      allowed: 'a full reference with a tag',
      got: operatorImage,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    });
  }
  if (imageDigests === undefined) {
    return problems;
  }
  const known = calicoImages.map(({ repository }) => repository);
  for (const [image, digest] of Object.entries(imageDigests)) {
    if (!known.includes(image)) {
      problems.push({
        prop: 'imageDigests',
        allowed: `images of ${known.join(', ')}`,
        got: image,
        remedy: 'write the repository without registry and tag',
      });
    }
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      problems.push({
        prop: `imageDigests of ${image}`,
        allowed: 'sha256: and 64 hexadecimal digits',
        got: digest,
        remedy: 'copy it from your registry, for the index of all architectures',
      });
    }
  }
  for (const image of NEEDED_DIGESTS.filter((name) => !(name in imageDigests))) {
    problems.push({
      prop: `imageDigests of ${image}`,
      allowed: 'given with the others',
      got: undefined,
      remedy: 'the operator stops at an image without a digest once there is one for any',
    });
  }
  return problems;
}
