import { NodeAddressAutodetection } from './address-autodetection';
import { settleBgp, type SettledBgp } from './bgp';
import type { TunedCalicoOptions, TunedCalicoProps } from './calico-options';
import { ClusterRoutingMode, LinuxDataplane } from './dataplane-options';
import { chooseEncapsulation, isIpip, isVxlan } from './encapsulation';
import { settleFelix } from './felix';
import { CalicoBaseline } from './policy-options';
import { CalicoIpamType } from './pool-options';
import { isForLoadBalancers, largestMtu, packetWays, settlePools, type SettledPool } from './pools';
import { calico, images } from '../../catalog';
import {
  KubeProxyMode,
  parseImage,
  type Cluster,
  type Encapsulation,
  type IpFamily,
} from '../../cluster';

/** The options with every default settled. */
export interface CalicoChoices {
  /** The release, for people. */
  readonly label: string;
  /** The operator's image. */
  readonly image: string;
  /** Tag of the operator's image. */
  readonly operatorTag: string;
  /** Of the first pool; others may differ. */
  readonly encapsulation: Encapsulation;
  /** Pools that the Installation holds. */
  readonly pools: readonly SettledPool[];
  /** Pools for Services of type LoadBalancer, which it does not. */
  readonly loadBalancerPools: readonly SettledPool[];
  readonly ipam: CalicoIpamType;
  readonly mtu: number;
  /** The largest MTU that fits. */
  readonly most: number;
  readonly bgp: SettledBgp;
  readonly routing: ClusterRoutingMode;
  readonly dataplane: LinuxDataplane;
  readonly checksumOffload: boolean;
  readonly encrypted: boolean;
  /** By address family; a family that the cluster does not have is absent. */
  readonly autodetection: Readonly<Record<'v4' | 'v6', NodeAddressAutodetection | undefined>>;
  readonly baseline: CalicoBaseline;
  readonly hostEndpoints: boolean;
  /** Spec of FelixConfiguration, every field with its reason. */
  readonly felix: ReturnType<typeof settleFelix>;
  /** As the user gave them. */
  readonly options: TunedCalicoOptions;
}

/** Settles every option; call `choiceProblems` first. */
export function settleChoices(props: TunedCalicoProps): CalicoChoices {
  const { cluster } = props;
  const dataplane = dataplaneOf(props);
  const choice = chooseEncapsulation(cluster, dataplane, props.encapsulation);
  const all = settlePools(props, choice);
  const pools = all.filter((pool) => !isForLoadBalancers(pool));
  const encrypted = props.wireguard !== undefined;
  const ways = packetWays(cluster, pools, dataplane, encrypted);
  const most = largestMtu(cluster, ways);
  const routing = props.clusterRoutingMode ?? ClusterRoutingMode.BIRD;
  const image = props.operatorImage ?? cluster._image(images['tigera-operator']);
  const checksumOffload =
    props.felix?.checksumOffload ??
    !(usesVxlan({ pools, dataplane }) && cluster.underlay.breaksVxlanOffload);
  const bgp = settleBgp(props, pools, routing);
  const hostEndpoints =
    props.hostEndpoints !== undefined && props.hostEndpoints.autoCreate !== false;
  return {
    label: `Calico ${calico.version.value}`,
    image,
    operatorTag: parseImage(image)!.tag!,
    encapsulation: pools[0]!.encapsulation,
    pools,
    loadBalancerPools: all.filter(isForLoadBalancers),
    ipam: props.ipam?.type ?? CalicoIpamType.CALICO,
    mtu: props.mtu ?? most,
    most,
    bgp,
    routing,
    dataplane,
    checksumOffload,
    encrypted,
    autodetection: autodetectionOf(props),
    baseline: props.policy?.baseline ?? CalicoBaseline.METADATA_GUARD,
    hostEndpoints,
    felix: settleFelix(props, {
      dataplane,
      checksumOffload,
      hostEndpoints,
      bgpPort: bgp.listenPort,
    }),
    options: props,
  };
}

/** The dataplane of the spec, or the one that goes with the service proxy. */
export function dataplaneOf({ cluster, linuxDataplane }: TunedCalicoProps): LinuxDataplane {
  return linuxDataplane ?? dataplaneFor(cluster.kubeProxyMode);
}

/** The dataplane that goes with a service proxy; iptables goes with an unknown one, too. */
export function dataplaneFor(mode: KubeProxyMode | undefined): LinuxDataplane {
  switch (mode) {
    case KubeProxyMode.NFTABLES:
      return LinuxDataplane.NFTABLES;
    case KubeProxyMode.NONE:
      return LinuxDataplane.BPF;
    default:
      return LinuxDataplane.IPTABLES;
  }
}

/** The service proxy without which a dataplane of the spec does not work. */
export function demandedProxyMode({
  linuxDataplane,
}: TunedCalicoOptions): KubeProxyMode | undefined {
  switch (linuxDataplane) {
    case LinuxDataplane.BPF:
      return KubeProxyMode.NONE;
    case LinuxDataplane.NFTABLES:
      return KubeProxyMode.NFTABLES;
    default:
      return undefined;
  }
}

/** What speaks against kube-proxy in nftables mode, since the dataplane would go with it. */
export function nftablesObstacle({ linuxDataplane }: TunedCalicoOptions): string | undefined {
  if (linuxDataplane === LinuxDataplane.IPTABLES) {
    return 'linuxDataplane is Iptables';
  }
  return calico.nftablesClean.value
    ? undefined
    : `Calico ${calico.version.value} lacks repairs of its nftables dataplane`;
}

/** Whether some pool tunnels with VXLAN, or BPF does. */
export function usesVxlan({
  pools,
  dataplane,
}: Pick<CalicoChoices, 'pools' | 'dataplane'>): boolean {
  return dataplane === LinuxDataplane.BPF || pools.some((pool) => isVxlan(pool.encapsulation));
}

/** Whether there is a device whose checksums Felix has a say in; WireGuard's is not one. */
export function hasTunnelDevice(choices: Pick<CalicoChoices, 'pools' | 'dataplane'>): boolean {
  return usesVxlan(choices) || usesIpip(choices);
}

/** Where WireGuard listens for packets of a family. */
export function wireguardPort({ options }: CalicoChoices, family: IpFamily): number {
  const { listeningPort = 51820, listeningPortV6 = 51821 } = options.wireguard ?? {};
  return family === 'IPv4' ? listeningPort : listeningPortV6;
}

/** Whether some pool tunnels with IP in IP. */
export function usesIpip({ pools }: Pick<CalicoChoices, 'pools'>): boolean {
  return pools.some((pool) => isIpip(pool.encapsulation));
}

/** The modes of IP in IP that pools have, for people. */
export function ipips({ pools }: Pick<CalicoChoices, 'pools'>): string {
  return [...new Set(pools.map((p) => p.encapsulation).filter(isIpip))].join(', ');
}

function autodetectionOf(props: TunedCalicoProps): CalicoChoices['autodetection'] {
  const by = (
    family: Cluster['_families'][number],
    given: NodeAddressAutodetection | undefined,
  ): NodeAddressAutodetection | undefined =>
    props.cluster._families.includes(family)
      ? (given ?? NodeAddressAutodetection.nodeInternalIp())
      : undefined;
  return {
    v4: by('IPv4', props.nodeAddressAutodetection),
    v6: by('IPv6', props.nodeAddressAutodetectionV6),
  };
}
