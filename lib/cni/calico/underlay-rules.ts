import { atLeast } from '../../catalog';
import {
  Cidr,
  Encapsulation,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';
import { calicoRule } from './calico-rule';
import {
  isBareInSubnet,
  isCrossSubnet,
  isIpip,
  isVxlan,
  usedZones,
  type CalicoChoices,
} from './choices';

/** Up to here upstream recommends the full mesh; every machine keeps a session with every other. */
const MESH_LIMIT = 100;
/** First kernel on which VXLAN with checksum offload was reported slow. */
const SLOW_OFFLOAD_KERNEL = '6.12';

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
    (cluster, { encapsulation }) =>
      cluster.underlay.filtersSourceAddresses && hasBareNeighbours(cluster, encapsulation)
        ? [
            {
              message: `encapsulation must be VXLAN on an underlay that drops foreign source addresses, got ${encapsulation}`,
            },
          ]
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
      why: 'On kernels from 6.12 a vxlan.calico device was measured at 50 to 300 Mbit/s until its offload was switched off',
      remedy:
        'measure pod to pod with iperf3; where it is slow, set felix.checksumOffload to false',
      reference: 'https://github.com/projectcalico/calico/issues/11435',
    },
    (cluster, { encapsulation, checksumOffload }) =>
      isVxlan(encapsulation) && checksumOffload && atLeast(cluster.kernel, SLOW_OFFLOAD_KERNEL)
        ? [
            {
              message: `encapsulation ${encapsulation} on kernel ${cluster.kernel} leaves checksums to the offload`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-004',
      severity: Severity.WARNING,
      title: 'The BGP mesh stays small',
      why: 'Every machine keeps a session with every other, so a restart of one is felt by all',
      remedy: 'choose Encapsulation.VXLAN, which needs no BGP, or split the cluster',
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/bgp',
    },
    ({ machines: { length } }, { bgp }) =>
      bgp && length > MESH_LIMIT
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
    (cluster, { encapsulation }) =>
      isCrossSubnet(encapsulation)
        ? [
            {
              message: `encapsulation ${encapsulation} saves its overhead only if NICs carry ${prefixes(cluster)}`,
            },
          ]
        : [],
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
    (_cluster, { encapsulation }) =>
      isIpip(encapsulation)
        ? [
            {
              message: `encapsulation ${encapsulation} needs IP protocol 4 through every firewall between machines`,
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
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu',
    },
    (cluster, { encapsulation, mtu }) => {
      const most = cluster.podMtu(encapsulation);
      return mtu < most
        ? [
            {
              message: `mtu ${mtu} leaves ${most - mtu} bytes of every packet unused; ${encapsulation} on this underlay allows ${most}`,
            },
          ]
        : [];
    },
  ),
];

/** Whether some machine sends another one pod packets without encapsulation. */
function hasBareNeighbours(cluster: Cluster, encapsulation: Encapsulation): boolean {
  const { length } = cluster.machines;
  return encapsulation === Encapsulation.NONE
    ? length > 1
    : isBareInSubnet(encapsulation) && length > usedZones(cluster);
}

function segmentViolations(cluster: Cluster, { encapsulation }: CalicoChoices): RuleViolation[] {
  // Where sources are filtered as well, GW-CNI-001 says the same with the stronger reason.
  if (cluster.underlay.filtersSourceAddresses || !hasBareNeighbours(cluster, encapsulation)) {
    return [];
  }
  if (!cluster.underlay.l2Adjacent) {
    return [
      {
        message: `encapsulation must be VXLAN or IPIP where the machines of a zone share no segment, got ${encapsulation}`,
      },
    ];
  }
  const zones = usedZones(cluster);
  return encapsulation === Encapsulation.NONE && zones > 1
    ? [
        {
          message: `encapsulation must be other than None with machines in ${zones} zones, each with a network of its own, got None`,
          remedy:
            'choose Encapsulation.IPIP_CROSS_SUBNET, which stays bare inside a zone, or Encapsulation.VXLAN',
        },
      ]
    : [];
}

function prefixes(cluster: Cluster): string {
  return cluster.zones.map((z) => `/${Cidr.parse(z.nodeCidr)!.prefix} in ${z.name}`).join(', ');
}
