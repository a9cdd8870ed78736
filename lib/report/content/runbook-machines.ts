import type { Facts } from './facts';
import { roundTrip, sizeOf } from './glance';
import {
  LoadBalancerKind,
  RunbookStep,
  type Cluster,
  type Machine,
  type NetworkPath,
  type NodesSummary,
} from '../../cluster';
import { commands, list, table, text, type Block } from '../document';

type Steps = Partial<Record<RunbookStep, Block[]>>;

/** Steps about single machines and about what is between two of them. */
export function machines(
  { cluster, paths }: Facts,
  pair: readonly [Machine, Machine] | undefined,
): Steps {
  const moving = movingAddresses(cluster);
  return {
    ...(moving.length === 0 ? {} : { [RunbookStep.ARP]: arp(cluster, moving) }),
    ...(pair === undefined
      ? {}
      : {
          [RunbookStep.THROUGHPUT]: throughput(pair),
          [RunbookStep.ROUND_TRIP]: roundTrips(paths, pair),
        }),
    [RunbookStep.SOFTIRQ]: softirq(cluster),
    [RunbookStep.STEAL]: steal(),
    [RunbookStep.MACHINE]: machine(cluster),
    [RunbookStep.KERNEL_SETTINGS]: kernelSettings(cluster._summary('nodes')),
  };
}

/** Addresses that one machine at a time answers for by ARP. */
function movingAddresses(cluster: Cluster): string[] {
  const { endpoint } = cluster;
  return [
    ...(endpoint.needsLayer2 && endpoint.address !== undefined ? [endpoint.address] : []),
    ...(cluster.loadBalancer === LoadBalancerKind.METALLB_L2 ? ['<address of the Service>'] : []),
  ];
}

function arp(cluster: Cluster, addresses: readonly string[]): Block[] {
  const nic = cluster.machines[0]!.nic ?? '<NIC>';
  return [
    text(
      'From another machine of the segment: one MAC address answers, and it is that of the holder.',
    ),
    commands(
      ...addresses.map((address) => `arping -c 3 -I ${nic} ${address}`),
      ...addresses.map((address) => `ip neigh show ${address}`),
    ),
    text('On every machine that could have it:'),
    commands(
      ...addresses.map((address) => `ip -brief address | grep -wF ${address}`),
      'sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce',
    ),
    list(
      'Two MAC addresses answer: two machines have it, or in IPVS mode strictARP is off.',
      'None answers: nobody has it, or the provider drops what it did not give out.',
      'The neighbour is an old one: the announcement of the move was dropped. It heals when the entry ages; ip neigh flush does it at once.',
    ),
  ];
}

function throughput([from, to]: readonly [Machine, Machine]): Block[] {
  return [
    text(`Between machines first, with nothing else running; on ${to.name}, then on ${from.name}:`),
    commands('iperf3 -s -1'),
    commands(
      'nstat -n',
      `iperf3 -c ${to.address} -t 10`,
      'nstat -z TcpRetransSegs TcpExtTCPLostRetransmit',
    ),
    text(
      'Then the same between two pods on these machines, and look at their ratio, not at the numbers.',
    ),
    list(
      'Pods are below 90 % of the machines: encapsulation costs CPU. Look at one CPU for all packets.',
      'Both are slow and much is sent again: loss on the way. Both are slow and nothing is: stolen CPU, or a limit of the provider.',
    ),
  ];
}

function roundTrips(
  paths: readonly NetworkPath[],
  [from, to]: readonly [Machine, Machine],
): Block[] {
  return [
    text(`On ${from.name}:`),
    commands(`ping -c 20 -i 0.2 ${to.address}`),
    ...table(
      'Round trips of the spec',
      ['way', 'round trip'],
      paths.map((way) => [
        way.from === way.to ? `inside ${way.from}` : `${way.from} to ${way.to}`,
        roundTrip(way.roundTripTime),
      ]),
    ),
    text(
      "Longer for good: say it in the spec, since etcd's timers follow from it. Longer now and then: tell the provider.",
    ),
  ];
}

function softirq({ machines: all }: Cluster): Block[] {
  const nic = all[0]!.nic ?? '<NIC>';
  return [
    text(
      'On the machine, while it is slow: si of each CPU, then packets that a CPU dropped (second number) or left for later (third).',
    ),
    commands(
      'mpstat -P ALL 1 5',
      "awk '{ print NR - 1, $1, $2, $3 }' /proc/net/softnet_stat",
      `ethtool -l ${nic}`,
      `grep -H . /sys/class/net/${nic}/queues/rx-*/rps_cpus`,
    ),
    list(
      'One CPU near 100 % while others are idle: all packets come in by one queue. More queues where the NIC has them, else receive packet steering: nicTuning of the spec.',
    ),
  ];
}

function steal(): Block[] {
  return [
    text(
      'On the machine, while it is under load; an idle one is never robbed. st is time that the host gave to others.',
    ),
    commands('vmstat 1 10'),
    list(
      'Above 2 % is worth a word with the provider, above 5 % for a minute is why things are slow.',
    ),
  ];
}

function machine(cluster: Cluster): Block[] {
  return [
    text('On the machine:'),
    commands('nproc', 'free -h', 'uname -r', 'systemd-detect-virt', 'ip -brief link'),
    text(
      `The spec says kernel ${cluster.kernel} or newer, and ${[...new Set(cluster.machines.map(sizeOf))].join(' or ')}. Limits were reckoned from that: where it is otherwise, correct the spec and synthesize again.`,
    ),
  ];
}

function kernelSettings(nodes: NodesSummary | undefined): Block[] {
  return [
    text(
      'On the machine: what the kernel has, and which file says something else. The last file wins.',
    ),
    commands(
      'sysctl <key>',
      'grep -rs <key> /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d',
      'cat /etc/modules-load.d/*.conf; lsmod',
    ),
    ...(nodes === undefined
      ? []
      : [
          text('What the spec says is set again by:'),
          commands(`${nodes.bootstrap.script} --only config`),
        ]),
  ];
}
