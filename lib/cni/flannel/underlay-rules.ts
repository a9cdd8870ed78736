import type { FlannelChoices } from './choices';
import { flannelRule, when } from './flannel-rule';
import { defaultPodMtu } from './mtu';
import { atLeast } from '../../catalog';
import { Severity, type Cluster, type IRule, type RuleViolation } from '../../cluster';

/** First kernel on which VXLAN with checksum offload was reported slow. */
const SLOW_OFFLOAD_KERNEL = '6.12';

const BACKENDS = 'https://github.com/flannel-io/flannel/blob/v0.28.9/Documentation/backends.md';
const TROUBLE =
  'https://github.com/flannel-io/flannel/blob/v0.28.9/Documentation/troubleshooting.md';
const NO_BARE = 'choose FlannelBackend.vxlan(), which decides about direct routes by the underlay';

/** flannel and the network the machines stand on. */
export const underlayRules: IRule[] = [
  flannelRule(
    {
      id: 'GW-CNI-101',
      severity: Severity.ERROR,
      title: 'Bare pod packets are carried by the network',
      why: "A provider drops every packet whose source is not the machine's own address, and a router between machines knows no pods, without a sign",
      remedy: NO_BARE,
      reference: BACKENDS,
    },
    bareViolations,
  ),
  flannelRule(
    {
      id: 'GW-CNI-102',
      severity: Severity.ERROR,
      title: 'host-gw stays on one Ethernet segment',
      why: "The next hop of each route is another machine; one behind a router is not on link, and the kernel refuses the route or the router drops the pods' packets",
      remedy:
        'choose FlannelBackend.vxlan(), which stays bare inside a zone and tunnels between them',
      reference: BACKENDS,
    },
    (cluster, { backend }) =>
      when(
        backend.type === 'host-gw' && usedZones(cluster) > 1,
        `backend must be other than host-gw with machines in ${usedZones(cluster)} zones, each with a network of its own, got host-gw`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-105',
      severity: Severity.WARNING,
      title: 'VXLAN is not damaged or slowed down by checksum offload',
      why: 'Where NICs or NATs damage the checksum, ping passes and TCP stalls; on kernels from 6.12 VXLAN devices were measured at 50 to 300 Mbit/s until offload was off',
      remedy: 'measure pod to pod with iperf3; where it is slow, set checksumOffload to false',
      reference: TROUBLE,
    },
    (cluster, { backend, checksumOffload }) =>
      backend.type !== 'vxlan' || !checksumOffload
        ? []
        : cluster.underlay.breaksVxlanOffload
          ? when(true, 'checksumOffload is true on an underlay that breaks it')
          : when(
              atLeast(cluster.kernel, SLOW_OFFLOAD_KERNEL),
              `vxlan on kernel ${cluster.kernel} leaves checksums to the offload`,
            ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-111',
      severity: Severity.NOTE,
      title: 'Pods use the whole MTU',
      why: 'A smaller MTU is safe and sends a header more often than needed',
      remedy:
        'leave mtu out to get the largest that fits; running pods keep theirs until they are recreated',
      reference: BACKENDS,
    },
    (cluster, { backend, podMtu }) => {
      const most = defaultPodMtu(cluster, backend);
      return when(
        podMtu < most,
        `mtu ${podMtu} leaves ${most - podMtu} bytes of every packet unused; ${backend.type} on this underlay allows ${most}`,
      );
    },
  ),
  flannelRule(
    {
      id: 'GW-CNI-117',
      severity: Severity.NOTE,
      title: "flannel's IPv6 address is the one that kubelet was given",
      why: "flannel is told one address, that of IPv4; of the interface's IPv6 addresses it takes a permanent one before those of autoconfiguration, and of several permanent ones any",
      remedy: 'give the NIC addressV6 as its only permanent IPv6 address',
      reference: 'https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/ip/iface.go',
    },
    (cluster) =>
      when(
        cluster.isDualStack,
        `pod packets of IPv6 travel between the IPv6 addresses that flannel finds on the NICs; the spec has ${cluster.machines[0]!.addressV6} for ${cluster.machines[0]!.name}`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-118',
      severity: Severity.NOTE,
      title: 'Direct routes have neighbours',
      why: 'flannel compares routes: where NICs carry single addresses every machine is behind a gateway, so that everything is tunnelled',
      remedy: "leave directRouting out, or give NICs their zone's prefix length",
      reference: BACKENDS,
    },
    ({ underlay }, { backend }) =>
      when(
        backend.type === 'vxlan' && backend.directRouting && underlay.singleAddresses,
        'directRouting saves nothing where NICs carry single addresses',
      ),
  ),
];

function bareViolations(cluster: Cluster, { backend }: FlannelChoices): RuleViolation[] {
  const { underlay, machines } = cluster;
  const bare = backend.type === 'host-gw';
  // Between subnets direct routes tunnel, and with single addresses there is no neighbour at all.
  const direct =
    backend.type === 'vxlan' &&
    backend.directRouting &&
    !underlay.singleAddresses &&
    machines.length > usedZones(cluster);
  if ((!bare && !direct) || machines.length === 1) {
    return [];
  }
  const got = bare ? 'host-gw' : 'vxlan with directRouting';
  if (underlay.filtersSourceAddresses) {
    return when(
      true,
      `backend must tunnel every packet on an underlay that drops foreign source addresses, got ${got}`,
    );
  }
  if (!underlay.l2Adjacent) {
    return when(
      true,
      `backend must tunnel every packet where the machines of a zone share no segment, got ${got}`,
    );
  }
  return when(
    underlay.singleAddresses,
    `backend must tunnel every packet where NICs carry single addresses, got ${got}`,
  );
}

/** How many zones have machines. */
function usedZones({ machines }: Cluster): number {
  return new Set(machines.map((m) => m.zone)).size;
}
