import { zonesWithoutPeer } from './bgp';
import { calicoRule } from './calico-rule';
import { ipips, usesIpip, usesVxlan, type CalicoChoices } from './choices';
import { isBareInSubnet, isCrossSubnet, isVxlan, usedZones } from './encapsulation';
import { costsOf } from './pools';
import { atLeast } from '../../catalog';
import {
  Cidr,
  Encapsulation,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';

/** Up to here upstream recommends the full mesh; every machine keeps a session with every other. */
const MESH_LIMIT = 100;
/** First kernel on which VXLAN with checksum offload was reported slow. */
const SLOW_OFFLOAD_KERNEL = '6.12';

const MTU = 'https://docs.tigera.io/calico/latest/networking/configuring/mtu';
const OVERLAY = 'https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip';

/** Calico and the network the machines stand on. */
export const underlayRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-001',
      severity: Severity.ERROR,
      title: 'Pod addresses do not travel bare through a network that filters them',
      why: "The provider drops every packet whose source is not the machine's own address, without a sign",
      remedy:
        "choose Encapsulation.VXLAN, which carries pod packets between the machines' own addresses",
      reference: OVERLAY,
    },
    (cluster, choices) =>
      cluster.underlay.filtersSourceAddresses
        ? bare(cluster, choices).map((encapsulation) => ({
            message: `encapsulation must be VXLAN on an underlay that drops foreign source addresses, got ${encapsulation}`,
          }))
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-002',
      severity: Severity.ERROR,
      title: 'Bare pod packets stay on one Ethernet segment',
      why: "Machines send them to each other directly; a router between them does not know the pods' networks",
      remedy: 'choose Encapsulation.VXLAN, which needs nothing of the network but UDP',
      reference: OVERLAY,
    },
    segmentViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-003',
      severity: Severity.WARNING,
      title: 'VXLAN is not slowed down by checksum offload',
      why: 'On kernels from 6.12 a vxlan.calico device was measured at 50 to 300 Mbit/s until its offload was switched off; under ESXi with vmxnet3 TCP stalls while ping works',
      remedy:
        'measure pod to pod with iperf3; where it is slow, set felix.checksumOffload to false',
      reference: 'https://github.com/projectcalico/calico/issues/11435',
    },
    offloadViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-004',
      severity: Severity.WARNING,
      title: 'The BGP mesh stays small',
      why: 'Every machine keeps a session with every other, so a restart of one is felt by all',
      remedy:
        'name route reflectors (bgp.routeReflectors), or choose Encapsulation.VXLAN, which needs no BGP',
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/bgp',
    },
    ({ machines: { length } }, { bgp }) =>
      bgp.enabled && bgp.mesh && length > MESH_LIMIT
        ? [
            {
              message: `${length} machines make a full mesh of ${(length * (length - 1)) / 2} sessions; upstream recommends it up to ${MESH_LIMIT} machines`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-005',
      severity: Severity.NOTE,
      title: 'CrossSubnet goes by the prefix on the NIC',
      why: 'Calico compares addresses within the prefix that the NIC carries; with /32, common on VPS platforms, everything is tunnelled',
      remedy: "check with `ip -brief address` that every NIC carries its zone's prefix length",
      reference: 'https://github.com/projectcalico/calico/issues/4254',
    },
    (cluster, choices) =>
      cluster.underlay.singleAddresses
        ? []
        : crossSubnets(choices).map((encapsulation) => ({
            message: `encapsulation ${encapsulation} saves its overhead only if NICs carry ${prefixes(cluster)}`,
          })),
  ),
  calicoRule(
    {
      id: 'GW-CNI-006',
      severity: Severity.NOTE,
      title: 'IP in IP is let through between the machines',
      why: "It is IP protocol 4, neither TCP nor UDP; several providers' firewalls cannot name it and drop it",
      remedy: 'allow protocol 4 between the machines, or choose the VXLAN mode of the same kind',
      reference: OVERLAY,
    },
    ({ underlay }, choices) =>
      usesIpip(choices) && !underlay.dropsIpInIp
        ? [
            {
              message: `encapsulation ${ipips(choices)} needs IP protocol 4 through every firewall between machines`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-007',
      severity: Severity.NOTE,
      title: 'Pods use the whole MTU',
      why: 'A smaller MTU is safe and sends a header more often than needed',
      remedy:
        'leave mtu out to get the largest that fits; running pods keep theirs until they are recreated',
      reference: MTU,
    },
    (_cluster, choices) =>
      choices.mtu < choices.most
        ? [
            {
              message: `mtu ${choices.mtu} leaves ${choices.most - choices.mtu} bytes of every packet unused; ${costsOf(choices.pools, choices.dataplane, choices.encrypted)} on this underlay allows ${choices.most}`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-016',
      severity: Severity.WARNING,
      title: 'CrossSubnet has subnets to go by',
      why: 'Calico compares addresses within the prefix that the NIC carries; where that is /32 or /128 nothing is in the same subnet, and everything is tunnelled',
      remedy:
        'choose Encapsulation.VXLAN, which says what happens, or give the NICs the prefix of their zone',
      reference: 'https://github.com/projectcalico/calico/issues/4254',
    },
    (cluster, choices) =>
      cluster.underlay.singleAddresses
        ? crossSubnets(choices).map((encapsulation) => ({
            message: `encapsulation ${encapsulation} tunnels between all machines, because NICs carry single addresses`,
          }))
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-017',
      severity: Severity.ERROR,
      title: 'IP in IP is used where it is let through',
      why: 'Pods on different machines cannot reach each other, while everything else between the machines works',
      remedy: 'choose the VXLAN mode of the same kind',
      reference: 'https://github.com/projectcalico/calico/issues/2399',
    },
    ({ underlay }, choices) =>
      usesIpip(choices) && underlay.dropsIpInIp
        ? [
            {
              message: `encapsulation must be without IP in IP on an underlay that drops IP protocol 4, got ${ipips(choices)}`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-018',
      severity: Severity.NOTE,
      title: 'Every zone uses its own MTU',
      why: 'Calico has one MTU for all pods, so the narrowest path between any two machines decides for all of them',
      remedy:
        'widen the narrowest path, or split the cluster where the wide zone matters; pods that talk within it cannot have more',
      reference: MTU,
    },
    narrowViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-019',
      severity: Severity.ERROR,
      title: 'Pods with IPv6 have an MTU of 1280',
      why: 'IPv6 does not run on an interface with less: the kernel takes the address away',
      remedy: 'raise the MTU of the narrowest path, or choose an encapsulation that costs less',
      reference: MTU,
    },
    (cluster, { mtu }) =>
      cluster._families.includes('IPv6') && mtu < 1280
        ? [{ message: `mtu must be at least 1280 with IPv6, got ${mtu}` }]
        : [],
  ),
];

/** Encapsulations with which some machine sends another one pod packets bare. */
function bare(cluster: Cluster, { pools }: CalicoChoices): Encapsulation[] {
  const all = pools.map(({ encapsulation }) => encapsulation);
  return [...new Set(all)].filter((encapsulation) => hasBareNeighbours(cluster, encapsulation));
}

function crossSubnets({ pools }: CalicoChoices): Encapsulation[] {
  return [...new Set(pools.map((p) => p.encapsulation))].filter(isCrossSubnet);
}

/** Whether some machine sends another one pod packets without encapsulation. */
function hasBareNeighbours(cluster: Cluster, encapsulation: Encapsulation): boolean {
  const { length } = cluster.machines;
  return encapsulation === Encapsulation.NONE
    ? length > 1
    : isBareInSubnet(encapsulation) && length > usedZones(cluster);
}

function segmentViolations(cluster: Cluster, choices: CalicoChoices): RuleViolation[] {
  const { underlay } = cluster;
  // Where sources are filtered as well, GW-CNI-001 says the same with the stronger reason.
  if (underlay.filtersSourceAddresses) {
    return [];
  }
  const zones = usedZones(cluster);
  return bare(cluster, choices).flatMap((encapsulation): RuleViolation[] => {
    if (encapsulation === Encapsulation.NONE && routersKnowThePods(cluster, choices)) {
      return [];
    }
    if (!underlay.l2Adjacent) {
      return [
        {
          message: `encapsulation must be VXLAN or IPIP where the machines of a zone share no segment, got ${encapsulation}`,
        },
      ];
    }
    return encapsulation === Encapsulation.NONE && zones > 1
      ? [
          {
            message: `encapsulation must be other than None with machines in ${zones} zones, each with a network of its own, got None`,
            remedy:
              'choose Encapsulation.IPIP_CROSS_SUBNET or VXLAN_CROSS_SUBNET, which stay bare inside a zone, or name the routers of every zone in bgp.topOfRackPeers',
          },
        ]
      : [];
  });
}

/** Routers that learn the pods' routes carry bare packets wherever they lead. */
function routersKnowThePods(cluster: Cluster, { bgp, pools }: CalicoChoices): boolean {
  const families = pools
    .filter(({ encapsulation }) => encapsulation === Encapsulation.NONE)
    .map((pool) => pool.family);
  return (
    bgp.enabled &&
    bgp.peers.length > 0 &&
    pools.every((pool) => pool.encapsulation !== Encapsulation.NONE || !pool.disableBgpExport) &&
    families.every((family) => zonesWithoutPeer(cluster, bgp.peers, family).length === 0)
  );
}

function offloadViolations(cluster: Cluster, choices: CalicoChoices): RuleViolation[] {
  if (!usesVxlan(choices) || !choices.checksumOffload) {
    return [];
  }
  const how = choices.pools.some((p) => isVxlan(p.encapsulation))
    ? `encapsulation ${choices.pools.find((p) => isVxlan(p.encapsulation))!.encapsulation}`
    : 'the tunnel of the BPF dataplane';
  if (cluster.underlay.breaksVxlanOffload) {
    return [
      {
        message: `${how} leaves checksums to an offload that the underlay breaks`,
        remedy: 'leave felix.checksumOffload out; it is then off on such an underlay',
      },
    ];
  }
  return atLeast(cluster.kernel, SLOW_OFFLOAD_KERNEL)
    ? [{ message: `${how} on kernel ${cluster.kernel} leaves checksums to the offload` }]
    : [];
}

/** Zones whose own network carries more than the path that decides for all. */
function narrowViolations(cluster: Cluster, { most }: CalicoChoices): RuleViolation[] {
  const least = cluster.pathMtu;
  const narrowest = cluster.paths().find(({ mtu }) => mtu === least)!;
  const way =
    narrowest.from === narrowest.to
      ? `inside ${narrowest.from}`
      : `${narrowest.from} - ${narrowest.to}`;
  return cluster
    .paths()
    .filter(({ from, to, mtu }) => from === to && mtu > least)
    .map(({ from, mtu }) => ({
      message: `zone ${from} carries ${mtu} bytes, and pods get ${most}: ${way} carries ${mtu - least} bytes less (${narrowest.limit})`,
    }));
}

function prefixes(cluster: Cluster): string {
  return cluster.zones.map((z) => `/${Cidr.parse(z.nodeCidr)!.prefix} in ${z.name}`).join(', ');
}
