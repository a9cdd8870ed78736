import { BGP_PORT, settleBgp } from './bgp';
import { bgpProblems, idleBgpProblems } from './bgp-problems';
import type { CalicoResources, TunedCalicoProps } from './calico-options';
import { dataplaneOf, hasTunnelDevice, usesVxlan } from './choices';
import { ClusterRoutingMode, LinuxDataplane } from './dataplane-options';
import { chooseEncapsulation } from './encapsulation';
import { felixProblems } from './felix-problems';
import { imageProblems } from './image-problems';
import { policyProblems } from './policy-problems';
import { poolProblems } from './pool-problems';
import { isForLoadBalancers, largestMtu, packetWays, poolsOf, settlePools } from './pools';
import { portProblems, samePortProblems } from './port-problems';
import { vxlanPortProblems, wireguardProblems } from './wireguard-problems';
import { Cidr, checkInteger, type Problem } from '../../cluster';

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
  const memory = resources.memoryRequest?.toKibibytes();
  const problems = checkInteger(
    `${prop}.cpuRequestMillicores`,
    resources.cpuRequestMillicores,
    { min: 1, max: 64_000 },
    '250 is what upstream sets in its own manifest',
  );
  if (memory !== undefined && memory < 32 * 1024) {
    problems.push({
      prop: `${prop}.memoryRequest`,
      allowed: 'at least 32 MiB',
      got: `${memory / 1024} MiB`,
      remedy: 'the process does not start with less',
    });
  } else if (memory !== undefined && memory % 1024 !== 0) {
    problems.push({
      prop: `${prop}.memoryRequest`,
      allowed: 'in whole mebibytes',
      got: `${memory} KiB`,
      remedy: 'round it up',
    });
  }
  return problems;
}
