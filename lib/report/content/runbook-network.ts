import type { Facts } from './facts';
import { inspected } from './inspected';
import { routers } from './topology';
import {
  hostAndPort,
  ipHeaderBytes,
  RunbookStep,
  type Cluster,
  type CniSummary,
  type Machine,
  type PodWay,
} from '../../cluster';
import { connectionTable, entriesText, machineSizes } from '../connection-table';
import { code, commands, list, someOf, table, text, type Block } from '../document';

type Steps = Partial<Record<RunbookStep, Block[]>>;

/** An ICMP header; the IP header comes on top of it. */
const ICMP = 8;

/** Steps about packets between machines and pods. */
export function network({ cluster }: Facts, pair: readonly [Machine, Machine] | undefined): Steps {
  const cni = cluster._summary('cni');
  const proxy = cluster._summary('kubeProxy');
  const peers = routers(cluster);
  const vxlan = wrappedWays(cni).filter(({ wrapping }) => wrapping === 'VXLAN');
  return {
    ...(pair === undefined ? {} : { [RunbookStep.CAPTURE]: capture(cni, pair) }),
    [RunbookStep.CONNTRACK]: conntrack(cluster),
    ...(cni === undefined || pair === undefined
      ? {}
      : { [RunbookStep.MTU]: packetSizes(cluster, cni, pair) }),
    [RunbookStep.DNS]: dns(cluster),
    ...(cni?.bgp || peers.size > 0 ? { [RunbookStep.BGP]: bgp(cni, peers) } : {}),
    ...(proxy === undefined ? {} : { [RunbookStep.PROXY]: inspected(proxy.inspect) }),
    ...(vxlan.length === 0 ? {} : { [RunbookStep.OFFLOAD]: offload(cluster, vxlan) }),
    ...(cni === undefined
      ? {}
      : {
          [RunbookStep.NETWORK]: inspected(cni.inspect),
          [RunbookStep.ROUTES]: routes(cluster, cni),
          ...(pair !== undefined && cni.ways.some(isBare)
            ? { [RunbookStep.POD_ADDRESSES]: podAddresses(cluster, pair) }
            : {}),
        }),
  };
}

/** The interface that leads to an address, as the kernel says. */
function deviceTo(address: string): string {
  return `"$(ip -o route get ${address} | sed 's/.* dev \\([^ ]*\\).*/\\1/')"`;
}

function nicOf({ nic }: Machine, other: Machine): string {
  return nic ?? deviceTo(other.address);
}

/** The ways through a tunnel; of others, and of those between neighbours, machines see packets as they are. */
function wrappedWays(cni: CniSummary | undefined): PodWay[] {
  return (cni?.ways ?? []).filter(({ device }) => device !== undefined);
}

/** What shows packets for `$B` on a NIC, wrapped by whichever way they take, or as they are. */
function onWire(cni: CniSummary | undefined, { address, addressV6 }: Machine): string {
  const outer = [
    ...new Set(
      wrappedWays(cni).map(
        ({ filter, family }) =>
          `${filter} and host ${family === 'IPv6' ? (addressV6 ?? address) : address}`,
      ),
    ),
  ];
  if (outer.length === 0) {
    return 'host "$B"';
  }
  const bare = cni!.ways.some(isBare);
  return outer.length === 1 && !bare
    ? `'${outer[0]}'`
    : `'${outer.map((one) => `(${one})`).join(' or ')}${bare ? ` or host '"$B"` : "'"}`;
}

function isBare({ wrapping, directInSubnet }: PodWay): boolean {
  return wrapping === undefined || directInSubnet;
}

function capture(cni: CniSummary | undefined, [from, to]: readonly [Machine, Machine]): Block[] {
  const tunnels = [...new Set(wrappedWays(cni).map(({ device }) => device))];
  const inTunnel = tunnels.map((device) => `tcpdump -nni ${device} host "$B"`);
  return [
    text(
      `The names are those of ${from.name} and ${to.name}; take the machines on which the two pods run. On both, as root, with the addresses of the pod that sends and of the one that should get it:`,
    ),
    commands("A='address of the pod that sends'", "B='address of the pod that should get it'"),
    ...(cni === undefined
      ? [
          text(
            'The network plugin is not part of this spec. Where it wraps packets, NICs show them between the addresses of the machines: look for those instead, and into the tunnel.',
          ),
        ]
      : []),
    text(`1. On ${from.name}: does it leave the pod?`),
    commands(`tcpdump -nni ${deviceTo('"$A"')} host "$B"`),
    text(
      tunnels.length === 0
        ? `2. On ${from.name}: does it leave the machine?`
        : `2. On ${from.name}: does it go into the tunnel, and does it leave the machine?`,
    ),
    commands(...inTunnel, `tcpdump -nni ${nicOf(from, to)} ${onWire(cni, to)}`),
    text(`3. On ${to.name}: does it arrive?`),
    commands(`tcpdump -nni ${nicOf(to, from)} ${onWire(cni, from)}`, ...inTunnel),
    text(`4. On ${to.name}: does the pod get it?`),
    commands(`tcpdump -nni ${deviceTo('"$B"')} host "$A"`),
    ...table(
      'What the last place at which it is seen says',
      ['last seen at', 'look at'],
      [
        ['1', [`policies, and the routes of ${from.name}: `, code('ip route get "$B"')]],
        [
          '2',
          'the network between the machines: a firewall, a filter of foreign addresses, the packet size',
        ],
        [
          '3',
          [
            `the firewall of ${to.name}, policies, and the reverse path filter: `,
            code('nstat -az TcpExtIPReversePathFilter'),
          ],
        ],
        ['4', 'the program in the pod; then the same four places for the answer'],
      ],
    ),
  ];
}

function conntrack(cluster: Cluster): Block[] {
  return [
    text(
      'On the machine of the client, twice with a minute between: numbers that grow are losses.',
    ),
    commands(
      "conntrack -S | tr ' ' '\\n' | awk -F= '/insert_failed|drop/ { n[$1] += $2 } END { for (k in n) print k, n[k] }'",
      'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
      "dmesg | grep -c 'nf_conntrack: table full'",
    ),
    ...table(
      'Sizes that are meant',
      ['machines', 'net.netfilter.nf_conntrack_max'],
      machineSizes(cluster.machines).map((machines) => [
        someOf(machines.map(({ name }) => name)),
        entriesText(connectionTable(cluster, machines[0]!)),
      ]),
    ),
    list(
      cluster._summary('dns') === undefined
        ? 'insert_failed grows: two packets of one socket race for an entry, which DNS does most. A cache on every machine (NodeLocalDns) takes DNS out of the table.'
        : 'insert_failed grows: two packets of one socket race for an entry. DNS through the cache of the machine makes no entry, so look for pods that ask the DNS Service itself, or for other UDP.',
      [
        'drop or early_drop grows, count near max: the table is full. Who has the connections: ',
        code("conntrack -L | grep -o 'src=[^ ]*' | sort | uniq -c | sort -n | tail"),
      ],
      'max is not what is meant: something else sets it. The last to write wins.',
    ),
  ];
}

function packetSizes(
  cluster: Cluster,
  { podMtu }: CniSummary,
  [from, to]: readonly [Machine, Machine],
): Block[] {
  const largest = cluster
    .paths()
    .find(
      (way) =>
        (way.from === from.zone && way.to === to.zone) ||
        (way.from === to.zone && way.to === from.zone),
    )!.mtu;
  const [first] = cluster._families;
  const around = ICMP + ipHeaderBytes[first!];
  return [
    text(
      `Between machines: ${from.name} to ${to.name} carries ${largest} bytes, so the first must pass and the second must not.`,
    ),
    commands(
      `ping -c 3 -M do -s ${largest - around} ${to.address}`,
      `ping -c 3 -M do -s ${largest - around + 1} ${to.address}`,
    ),
    text(
      `Between pods: ${podMtu} bytes must pass from a pod on one machine to a pod on another. From a debug container, whose image has ping of iputils:`,
    ),
    commands(
      "P='address of a pod on another machine'",
      `ping -c 3 -M do -s ${podMtu - around} "$P"`,
    ),
    ...(cluster.isDualStack
      ? [
          text('The same with the IPv6 address of that pod:'),
          commands(
            "P='IPv6 address of a pod on another machine'",
            `ping -6 -c 3 -M do -s ${podMtu - ICMP - ipHeaderBytes.IPv6} "$P"`,
          ),
        ]
      : []),
    text('What the interfaces have, on a machine:'),
    commands("ip -o link | awk '{ print $2, $5 }' | sort"),
    list(
      'The first fails: the network carries less than the spec says. Lower the MTU in the spec, or mend the network.',
      'Machines pass and pods do not: a tunnel adds more than is reckoned with, or a device of an earlier run kept its MTU.',
      'All pass and large transfers hang: somebody drops "fragmentation needed" messages; look for ICMP in firewalls.',
    ),
  ];
}

function dns(cluster: Cluster): Block[] {
  const cache = cluster._summary('dns');
  const name = `kubernetes.default.svc.${cluster.dnsDomain}`;
  const servers = [...(cache?.localIps ?? []), cache?.serviceIp ?? cluster.clusterDnsIp];
  return [
    text(
      cache === undefined
        ? 'On a machine: the DNS Service answers.'
        : 'On a machine: the cache answers, and so does the DNS Service behind it.',
    ),
    commands(...servers.map((server) => `dig +tries=1 +time=2 @${server} ${name}`)),
    ...(cache === undefined
      ? []
      : [
          text('The cache itself:'),
          commands(
            'kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide',
            'kubectl -n kube-system logs -l k8s-app=node-local-dns --prefix --tail=50',
            'ip -brief address show dev nodelocaldns',
          ),
        ]),
    text('What a pod asks, and how long it takes:'),
    commands(
      'kubectl -n NAMESPACE exec POD -- cat /etc/resolv.conf',
      'kubectl -n kube-system logs -l k8s-app=kube-dns --prefix --tail=50',
    ),
    list(
      `Pods must name ${cluster._kubeletDnsIps.join(', ')}.`,
      'Answers that take five seconds or a multiple: a question or its answer got lost. Go on with the connection table.',
    ),
  ];
}

/** Where kubeadm's CoreDNS serves its metrics, by TCP, also as a port of its Service. */
const DNS_METRICS = 9153;

/**
 * Where damaged checksums would be seen: only a tunnel of VXLAN has them, and only pods are behind it. The
 * Service of the API would not do: API servers have the addresses of their machines.
 */
function offload(cluster: Cluster, ways: readonly PodWay[]): Block[] {
  const devices = [...new Set(ways.map(({ device }) => device))];
  const service = cluster._summary('dns')?.serviceIp ?? cluster.clusterDnsIp;
  const connect = (host: string) =>
    `curl -m 70 -o /dev/null -s -w '%{time_connect}\\n' http://${host}/metrics`;
  return [
    text('Where the pods behind a Service are, that of DNS for example:'),
    commands('kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide'),
    text(
      'On a machine that has none of them: the Service a few times, then one of the pods. The Service takes 1, 3 or 63 seconds longer.',
    ),
    commands(
      `for i in 1 2 3 4; do ${connect(hostAndPort(service, DNS_METRICS))}; done`,
      "P='address of the pod'",
      connect(service.includes(':') ? `"[$P]":${DNS_METRICS}` : `"$P":${DNS_METRICS}`),
      ...devices.map((device) => `ethtool -k ${device} | grep checksum`),
    ),
    text('Whether it is that: on both machines, until the device is made anew:'),
    commands(...devices.map((device) => `ethtool -K ${device} tx-checksum-ip-generic off`)),
    text('Then say it in the spec: underlay with breaksVxlanOffload.'),
  ];
}

/** Where packets travel as they are, the network must carry addresses that are not its own. */
function podAddresses(cluster: Cluster, [from, to]: readonly [Machine, Machine]): Block[] {
  const protocols = cluster._families.map((family) => (family === 'IPv6' ? 'icmp6' : 'icmp'));
  return [
    text(`On ${to.name}:`),
    commands(`tcpdump -nni ${nicOf(to, from)} ${protocols.join(' or ')}`),
    text(`Meanwhile from a pod on ${from.name} to a pod on ${to.name}:`),
    commands('kubectl -n NAMESPACE exec POD -- ping -c 3 ADDRESS'),
    list(
      'Nothing arrives: the network drops addresses that it did not give out. Ask the provider, or choose an encapsulation that wraps always.',
      'It arrives and no answer comes: policies, or the reverse path filter.',
    ),
  ];
}

function routes({ _families: families }: Cluster, { inspect }: CniSummary): Block[] {
  const ip = families.map((family) => (family === 'IPv6' ? 'ip -6' : 'ip'));
  return [
    text(
      'On the machine: the routes to pods of other machines, the rules, and who could have taken them.',
    ),
    commands(
      ...ip.flatMap((program) => [`${program} route`, `${program} rule`]),
      'journalctl -u systemd-networkd -u NetworkManager -n 20 --no-pager',
    ),
    list(
      'networkd deletes what it did not make when it restarts, unless ManageForeignRoutes is no: ' +
        'networkctl reload, then restart the agent of the network plugin on this machine.',
    ),
    ...inspected(inspect.filter(({ command }) => /ip route|subnet\.env|fdb/.test(command))),
  ];
}

function bgp(cni: CniSummary | undefined, peers: ReadonlyMap<string, string>): Block[] {
  const inspect = cni?.bgp ? cni.inspect : [];
  return [
    ...inspected(inspect.filter(({ command }) => command.includes('birdcl'))),
    text('On a machine: sessions that are there, as the kernel sees them.'),
    commands("ss -tn state established '( sport = :179 or dport = :179 )'"),
    ...[...peers].flatMap(([peer, what]) => [
      text(`The router ${peer}, which learns the way to: ${what}.`),
      commands(`ping -c 3 ${peer}`, `nc -vz -w 3 ${peer} 179`),
    ]),
    list(
      // The kernel drops segments whose signature is wrong (RFC 2385) before there is a connection.
      'Connect or Active: nobody answers on the port, or the password is another. OpenSent or OpenConfirm: AS numbers, or what else the two say of themselves.',
    ),
  ];
}
