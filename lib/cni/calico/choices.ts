import { calico, images } from '../../catalog';
import {
  Cidr,
  checkInteger,
  Encapsulation,
  KubeProxyMode,
  parseImage,
  type Cluster,
  type Problem,
} from '../../cluster';
import type { FelixOptions, TunedCalicoProps } from './calico-options';

/** Ports of calico-node and Typha on the machines: Typha's own, and the two health endpoints. */
const CALICO_PORTS = [5473, 9098, 9099];

/** What packets of pods go through on a machine, in the words of `Installation`. */
export type LinuxDataplane = 'Iptables' | 'Nftables';

/** The options with every default settled. */
export interface CalicoChoices {
  /** The release, for people. */
  readonly label: string;
  /** Tag of the operator's image. */
  readonly operatorTag: string;
  /** The operator's image. */
  readonly image: string;
  readonly encapsulation: Encapsulation;
  readonly mtu: number;
  readonly blockSize: number;
  readonly natOutgoing: boolean;
  readonly bgp: boolean;
  readonly dataplane: LinuxDataplane;
  readonly checksumOffload: boolean;
  readonly felix: FelixOptions;
}

/** Settles every option; call `choiceProblems` first. */
export function settleChoices(props: TunedCalicoProps): CalicoChoices {
  const { cluster } = props;
  const image = props.operatorImage ?? cluster._image(images['tigera-operator']);
  const encapsulation = props.encapsulation ?? encapsulationFor(cluster);
  return {
    encapsulation,
    mtu: props.mtu ?? cluster.podMtu(encapsulation),
    blockSize: props.blockSize ?? 26,
    natOutgoing: props.natOutgoing ?? true,
    bgp: needsBgp(encapsulation),
    dataplane: dataplaneFor(cluster.kubeProxyMode),
    felix: props.felix ?? {},
    label: `Calico ${calico.version.value}`,
    image,
    operatorTag: parseImage(image)!.tag!,
    checksumOffload: props.felix?.checksumOffload ?? true,
  };
}

/** The lightest encapsulation that the underlay carries. */
export function encapsulationFor(cluster: Cluster): Encapsulation {
  const { l2Adjacent, filtersSourceAddresses } = cluster.underlay;
  if (!l2Adjacent || filtersSourceAddresses) {
    return Encapsulation.VXLAN;
  }
  return usedZones(cluster) > 1 ? Encapsulation.IPIP_CROSS_SUBNET : Encapsulation.NONE;
}

/** Whether packets of neighbours on one subnet travel without encapsulation. */
export function isBareInSubnet(encapsulation: Encapsulation): boolean {
  return [
    Encapsulation.NONE,
    Encapsulation.IPIP_CROSS_SUBNET,
    Encapsulation.VXLAN_CROSS_SUBNET,
  ].includes(encapsulation);
}

/** Whether a mode tunnels with VXLAN. */
export function isVxlan(encapsulation: Encapsulation): boolean {
  return [Encapsulation.VXLAN, Encapsulation.VXLAN_CROSS_SUBNET].includes(encapsulation);
}

/** Whether a mode tunnels with IP in IP. */
export function isIpip(encapsulation: Encapsulation): boolean {
  return [Encapsulation.IPIP, Encapsulation.IPIP_CROSS_SUBNET].includes(encapsulation);
}

/** Whether a mode encapsulates between subnets only. */
export function isCrossSubnet(encapsulation: Encapsulation): boolean {
  return encapsulation !== Encapsulation.NONE && isBareInSubnet(encapsulation);
}

/** The operator refuses None and IPIP without BGP; VXLAN's routes come from Felix. */
export function needsBgp(encapsulation: Encapsulation): boolean {
  return !isVxlan(encapsulation);
}

/** The dataplane that goes with a service proxy; iptables goes with an unknown one, too. */
export function dataplaneFor(mode: KubeProxyMode | undefined): LinuxDataplane {
  return mode === KubeProxyMode.NFTABLES ? 'Nftables' : 'Iptables';
}

/** How many zones have machines. */
export function usedZones(cluster: Cluster): number {
  return new Set(cluster.machines.map((m) => m.zone)).size;
}

/** Everything that is wrong with the props by themselves and with the facts they need. */
export function choiceProblems(props: TunedCalicoProps): Problem[] {
  const families = familyProblems(props.cluster);
  return families.length > 0
    ? families
    : [
        ...mtuProblems(props),
        ...blockSizeProblems(props),
        ...felixProblems(props),
        ...imageProblems(props),
      ];
}

function familyProblems(cluster: Cluster): Problem[] {
  const networks: Array<[string, string]> = [
    ['cluster.podCidr', cluster.podCidr],
    ...cluster.zones.map((z): [string, string] => [`nodeCidr of zone ${z.name}`, z.nodeCidr]),
  ];
  return networks
    .filter(([, got]) => Cidr.parse(got)?.family !== 'IPv4')
    .map(([prop, got]) => ({
      prop,
      allowed: 'an IPv4 network for TunedCalico',
      got,
      remedy:
        'its pool, MTU and address detection are rendered for IPv4 only; choose an IPv4 network',
    }));
}

function mtuProblems({ cluster, mtu, encapsulation }: TunedCalicoProps): Problem[] {
  const max = cluster.podMtu(encapsulation ?? encapsulationFor(cluster));
  // The smallest underlay leaves less than 1280 under VXLAN; what it leaves is then the floor, too.
  const min = Math.min(1280, max);
  const remedy =
    mtu !== undefined && mtu < min ? 'raise it or leave it out' : 'lower it or raise underlay.mtu';
  return checkInteger('mtu', mtu, { min, max }, remedy);
}

function blockSizeProblems({ cluster, blockSize }: TunedCalicoProps): Problem[] {
  const { prefix } = Cidr.parse(cluster.podCidr)!;
  // A /24 of pod addresses cannot be cut into /20 blocks.
  return checkInteger(
    'blockSize',
    blockSize,
    { min: Math.max(20, prefix), max: 32 },
    `it is a prefix length inside podCidr ${cluster.podCidr}; 26 gives blocks of 64 addresses`,
  );
}

function felixProblems({ cluster, encapsulation, felix }: TunedCalicoProps): Problem[] {
  const port = felix?.prometheusMetricsPort;
  const problems = checkInteger(
    'felix.prometheusMetricsPort',
    port,
    { min: 1024, max: 65535 },
    'use 9091 unless it is taken',
  );
  if (port !== undefined && CALICO_PORTS.includes(port)) {
    problems.push({
      prop: 'felix.prometheusMetricsPort',
      allowed: `none of ${CALICO_PORTS.join(', ')}`,
      got: port,
      remedy: 'Calico listens there itself; use 9091 unless it is taken',
    });
  }
  const settled = encapsulation ?? encapsulationFor(cluster);
  if (felix?.checksumOffload !== undefined && settled === Encapsulation.NONE) {
    problems.push({
      prop: 'felix.checksumOffload',
      allowed: 'left out without a tunnel',
      got: felix.checksumOffload,
      remedy: 'it is about tunnel devices, and encapsulation None has none',
    });
  }
  return problems;
}

function imageProblems({ operatorImage }: TunedCalicoProps): Problem[] {
  if (operatorImage === undefined || parseImage(operatorImage)?.tag !== undefined) {
    return [];
  }
  return [
    {
      prop: 'operatorImage',
      allowed: 'a full reference with a tag',
      got: operatorImage,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    },
  ];
}
