import type { Facts } from './facts';
import { roundTrip, sizeOf } from './glance';
import {
  LoadBalancerKind,
  readPortKey,
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
          [RunbookStep.THROUGHPUT]: throughput(cluster, pair),
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
    ...(cluster.loadBalancer === LoadBalancerKind.METALLB_L2 ? [OF_SERVICE] : []),
  ];
}

/** What a Service has been given is not known here. */
const OF_SERVICE = '"$S"';

/** The NIC of a machine as commands name it, and what says its name first where the spec does not. */
function nicOf({ nic }: Machine): { nic: string; first: string[] } {
  return nic === undefined ? { nic: '"$N"', first: ["N='name of the NIC'"] } : { nic, first: [] };
}

function arp(cluster: Cluster, addresses: readonly string[]): Block[] {
  const { nic, first } = nicOf(cluster.machines[0]!);
  const named = addresses.includes(OF_SERVICE) ? ["S='address of the Service'"] : [];
  return [
    text(
      'From another machine of the segment: one MAC address answers, and it is that of the holder.',
    ),
    commands(
      ...first,
      ...named,
      // IPv6 has neighbour discovery instead of ARP, which a ping does before it sends.
      ...addresses.map((address) =>
        isIPv6(address) ? `ping -c 3 -I ${nic} ${address}` : `arping -c 3 -I ${nic} ${address}`,
      ),
      ...addresses.map((address) => `ip neigh show ${address}`),
    ),
    text('On every machine that could have it:'),
    commands(
      ...named,
      ...addresses.map((address) => `ip -brief address | grep -wF ${address}`),
      ...(addresses.every(isIPv6)
        ? []
        : ['sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce']),
    ),
    list(
      'Two MAC addresses answer: two machines have it, or in IPVS mode strictARP is off.',
      'None answers: nobody has it, or the provider drops what it did not give out.',
      'The neighbour is an old one: the announcement of the move was dropped. It heals when the entry ages; ip neigh flush does it at once.',
    ),
  ];
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}

function throughput(cluster: Cluster, [from, to]: readonly [Machine, Machine]): Block[] {
  return [
    ...(letsIperfIn(cluster)
      ? []
      : [
          text(
            `The firewall of the machines lets nobody in at ${IPERF}/tcp: open it for as long in firewall.allow of the spec, or measure between pods alone.`,
          ),
        ]),
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

/** Where iperf3 listens when nobody says otherwise. */
const IPERF = 5201;

function letsIperfIn(cluster: Cluster): boolean {
  const firewall = cluster._summary('nodes')?.firewall;
  if (firewall === undefined || firewall.trustZoneNetworks) {
    return true;
  }
  return cluster.ledger._openings().some(({ key }) => {
    const { port, protocol } = readPortKey(key);
    const [first, last = first] = port.split('-').map(Number);
    return protocol === 'tcp' && first! <= IPERF && IPERF <= last!;
  });
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
  const { nic, first } = nicOf(all[0]!);
  return [
    text(
      'On the machine, while it is slow: how often each CPU took packets in, five seconds apart; then how many packets each of them dropped or left for later.',
    ),
    commands(
      "grep -E 'CPU0|NET_RX' /proc/softirqs; sleep 5; grep NET_RX /proc/softirqs",
      'n=0; while read -r all dropped later rest; do echo "CPU $n: dropped $((0x$dropped)), later $((0x$later))"; n=$((n + 1)); done < /proc/net/softnet_stat',
      ...first,
      `ethtool -l ${nic}`,
      `grep -H . /sys/class/net/${nic}/queues/rx-*/rps_cpus`,
    ),
    list(
      'Only one column of NET_RX grows: all packets come in by one queue. More queues where the NIC has them, else receive packet steering: nicTuning of the spec.',
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
  const sizes = [...new Set(cluster.machines.filter(isSized).map(sizeOf))].join(' or ');
  return [
    text('On the machine:'),
    commands('nproc', 'free -h', 'uname -r', 'systemd-detect-virt', 'ip -brief link'),
    text(
      `The spec says kernel ${cluster.kernel} or newer${sizes === '' ? '' : `, and ${sizes}`}. Limits were reckoned from that: where it is otherwise, correct the spec and synthesize again.`,
    ),
  ];
}

function isSized({ cpus, memory }: Machine): boolean {
  return cpus !== undefined || memory !== undefined;
}

function kernelSettings(nodes: NodesSummary | undefined): Block[] {
  return [
    text(
      'On the machine: what the kernel has, and which file says something else. The last file wins.',
    ),
    commands(
      "K='net.core.somaxconn'",
      'sysctl "$K"',
      'grep -rsF "$K" /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d',
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
