import { Chart } from 'cdk8s';
import {
  Cluster,
  EtcdOnNvme,
  IpvsKubeProxy,
  LoadBalancerKind,
  NodeBootstrap,
  NodeLocalDns,
  TunedFlannel,
} from '../../lib';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { bootGuest, guestLacks } from './guest';
import { ADMINISTRATOR, bootedRuleset, FIREWALL, rulesetWithout } from './host-firewall';
import { IPVS, type Service } from './service-rules';

// The host firewall on a machine with IPVS, where packets for Services pass INPUT. Few kernels of
// machines that run tests have ip_vs: one of Debian is started in QEMU, with a machine, two of its pods
// and everybody else in namespaces, and asks the same paths with and without entries of the ledger.

const demanded = process.env.GROUNDWORK_REQUIRE_GUEST === '1';
const absent = guestLacks();
if (absent.length > 0 && !demanded) {
  process.stderr.write(`skipped, no Debian guest: ${absent.join(', ')}\n`);
}
const testWithGuest = absent.length > 0 && !demanded ? test.skip : test;

const [NODE, OTHER, STRANGER] = ['10.20.0.11', '10.20.0.12', '203.0.113.9'];
const [POD, NEIGHBOUR, DISTANT] = ['10.244.0.2', '10.244.0.3', '10.244.1.2'];
const [CACHE, BALANCED] = ['169.254.20.10', '198.51.101.5'];

const near = [`${NEIGHBOUR}:8080`];
const services: readonly Service[] = [
  { name: 'near', address: '10.96.7.1', protocol: 'tcp', port: 80, endpoints: near },
  { name: 'far', address: '10.96.7.2', protocol: 'tcp', port: 80, endpoints: [`${DISTANT}:8080`] },
  { name: 'dns', address: '10.96.0.10', protocol: 'udp', port: 53, endpoints: [`${DISTANT}:53`] },
  { name: 'log', address: '10.96.7.3', protocol: 'udp', port: 514, endpoints: [`${DISTANT}:53`] },
  { name: 'api', address: '10.96.0.1', protocol: 'tcp', port: 443, endpoints: [`${NODE}:6443`] },
  { name: 'api-2', address: '10.96.0.2', protocol: 'tcp', port: 443, endpoints: [`${OTHER}:6443`] },
  { name: 'balanced', address: BALANCED, protocol: 'tcp', port: 80, endpoints: near },
];

interface Path {
  /** Namespace, and which of its addresses. */
  readonly from: readonly [place: string, source: string];
  /** Protocol, address, port. */
  readonly to: string;
  readonly answers: string;
  /** The entry without which nobody answers. */
  readonly needs?: string;
}

const path = (from: Path['from'], to: string, answers: string, needs?: string): Path => ({
  ...{ from, to, answers, needs },
});
const fromPod: Path['from'] = ['pod', POD];
const fromNode: Path['from'] = ['node', '0.0.0.0'];
const stranger: Path['from'] = ['others', STRANGER];
const other: Path['from'] = ['others', OTHER];

const SERVICES = 'to 10.96.0.0/16 from pods';
const BALANCER = 'to 198.51.101.0/24 from anywhere';
const NODE_PORTS = '30000-32767/tcp from anywhere';

const paths: Readonly<Record<string, Path>> = {
  'pod to a pod on its machine': path(fromPod, 'tcp 10.96.7.1 80', 'neighbour', SERVICES),
  'pod to a pod elsewhere': path(fromPod, 'tcp 10.96.7.2 80', 'others', SERVICES),
  'pod to a Service over UDP': path(fromPod, 'udp 10.96.7.3 514', 'others', SERVICES),
  // The port of the cache opens it as well.
  'pod to DNS': path(fromPod, 'udp 10.96.0.10 53', 'others'),
  'pod to the API on its machine': path(fromPod, 'tcp 10.96.0.1 443', 'node', SERVICES),
  'pod to the API elsewhere': path(fromPod, 'tcp 10.96.0.2 443', 'others', SERVICES),
  'pod to the cache': path(fromPod, `udp ${CACHE} 53`, 'node', '53/udp from pods'),
  // What a machine begins does not pass its own INPUT, and answers are known.
  'machine to a pod on it': path(fromNode, 'tcp 10.96.7.1 80', 'neighbour'),
  'machine to a pod elsewhere': path(fromNode, 'tcp 10.96.7.2 80', 'others'),
  'machine to the API elsewhere': path(fromNode, 'tcp 10.96.0.2 443', 'others'),
  'stranger to a NodePort': path(stranger, `tcp ${NODE} 30080`, 'neighbour', NODE_PORTS),
  'stranger to a load balancer': path(stranger, `tcp ${BALANCED} 80`, 'neighbour', BALANCER),
  'stranger to the API': path(stranger, `tcp ${NODE} 6443`, 'node', '6443/tcp from anywhere'),
  'other control plane to etcd': path(
    other,
    `tcp ${NODE} 2379`,
    'node',
    '2379-2380/tcp from control-plane',
  ),
  'administrator to SSH': path(
    ['others', ADMINISTRATOR],
    `tcp ${NODE} 22`,
    'node',
    '22/tcp from 192.0.2.0/24',
  ),
};

const closed: Readonly<Record<string, Path>> = {
  'stranger to a Service of the cluster': path(stranger, 'tcp 10.96.7.1 80', 'neighbour'),
  'stranger to SSH': path(stranger, `tcp ${NODE} 22`, 'node'),
  'stranger to etcd': path(stranger, `tcp ${NODE} 2379`, 'node'),
  'pod to etcd': path(fromPod, `tcp ${NODE} 2379`, 'node'),
};

// Perl, which every Debian machine has. Answers everybody with its label.
const SERVER = `
use IO::Socket::INET; use IO::Select;
$| = 1; $SIG{PIPE} = 'IGNORE';
my ($label, @where) = @ARGV;
my $all = IO::Select->new; my %udp;
for (@where) {
  my ($protocol, $address, $port) = split / /;
  my $s = IO::Socket::INET->new(Proto => $protocol, LocalAddr => $address, LocalPort => $port,
    ReuseAddr => 1, $protocol eq 'tcp' ? (Listen => 64) : ()) or die "$_: $!";
  $udp{$s} = $protocol eq 'udp'; $all->add($s);
}
print "ready\\n";
while (my @ready = $all->can_read) {
  for my $s (@ready) {
    if ($udp{$s}) { my $from = recv($s, my $text, 99, 0); send($s, $label, 0, $from) if defined $from; }
    else { my $c = $s->accept or next; print $c $label; close $c; }
  }
}`;

// Asks the target of each line at the same time; what is refused is told apart from what is lost.
const CLIENT = `
use IO::Socket::INET; use IO::Select; use Errno;
sub word { $!{EHOSTUNREACH} ? 'rejected' : "$!" }
sub ask {
  my ($source, $protocol, $address, $port) = @_;
  my $s = IO::Socket::INET->new(Proto => $protocol, PeerAddr => $address, PeerPort => $port,
    LocalAddr => $source) or return word();
  for (1 .. 5) {
    if ($protocol eq 'udp') { defined send($s, 'who?', 0) or return word(); }
    IO::Select->new($s)->can_read(4) or next;
    defined recv($s, my $answer, 99, 0) or return word();
    return $answer;
  }
  return 'lost';
}
while (my $line = <STDIN>) {
  my ($number, @target) = split ' ', $line;
  fork and next;
  my $say = sub { syswrite STDOUT, "GUEST $number $_[0]\\n"; exit };
  $SIG{ALRM} = sub { $say->('lost') };
  alarm 25;
  $say->(ask(@target));
}
1 while wait > 0;`;

/** A line for each path that begins in this place. */
function asksOf(place: string): string {
  return Object.values({ ...paths, ...closed })
    .flatMap(({ from: [where, source], to }, n) =>
      where === place ? [`${n} ${source} ${to}\n`] : [],
    )
    .join('');
}

/** Every round is a ruleset, and asks every path; without a ruleset it shows who is there. */
function guestScript(rounds: readonly string[]): string {
  return `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
set -Eeuo pipefail
REASON=
trap 'REASON="line $LINENO: $BASH_COMMAND"' ERR
trap 'echo "GUEST stopped: $REASON"; echo o > /proc/sysrq-trigger; sleep 20' EXIT
at() { local name=$1; shift; ip netns exec "$name" "$@"; }

cable() {
  local node=$1 device=$2 place=$3 address=$4
  ip link add "$device" netns "$node" type veth peer name eth0 netns "$place"
  ip -n "$node" link set "$device" up
  ip -n "$place" link set eth0 up
  ip -n "$place" addr add "$address" dev eth0
}

echo
modprobe -a ip_vs ip_vs_rr nf_conntrack veth dummy
for name in node pod neighbour others; do
  ip netns add $name
  ip -n $name link set lo up
  at $name sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
done
cable node nic others ${OTHER}/24
ip -n node addr add ${NODE}/24 dev nic
ip -n node addr add ${CACHE}/32 dev lo
for pair in "pod ${POD}" "neighbour ${NEIGHBOUR}"; do
  set -- $pair
  cable node "$1" "$1" "$2/32"
  ip -n node route add "$2" dev "$1"
  at node sh -c "echo 1 >/proc/sys/net/ipv4/conf/$1/proxy_arp; echo 0 >/proc/sys/net/ipv4/neigh/$1/proxy_delay"
  ip -n "$1" route add 169.254.1.1 dev eth0
  ip -n "$1" route add default via 169.254.1.1
done
for address in ${STRANGER} ${ADMINISTRATOR} ${DISTANT}; do
  ip -n others addr add $address/32 dev eth0
done
ip -n node route add default via ${OTHER}
ip -n others route add 10.244.0.0/24 via ${NODE}
ip -n others route add 10.96.0.0/16 via ${NODE}
ip -n others route add ${BALANCED} via ${NODE}
at node sh -eu < /lab/ipvs
at node ipvsadm -A -t ${NODE}:30080 -s rr
at node ipvsadm -a -t ${NODE}:30080 -r ${near[0]} -m
# As kube-proxy: the kernel takes the address of the Service as the source of what the machine sends.
at node nft -f - <<'EOF'
table ip masquerading {
  chain post {
    type nat hook postrouting priority srcnat
    ip saddr 10.96.0.0/16 masquerade
  }
}
EOF

serve() {
  local name=$1
  shift
  at "$name" perl /lab/server.pl "$name" "$@" > "/run/$name" &
  for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
    ! grep -q ready "/run/$name" || return 0
    sleep 0.5
  done
  return 1
}
serve neighbour 'tcp 0.0.0.0 8080'
serve node 'tcp 0.0.0.0 6443' 'tcp 0.0.0.0 2379' 'tcp 0.0.0.0 22' 'udp ${CACHE} 53'
serve others 'tcp ${DISTANT} 8080' 'udp ${DISTANT} 53' 'tcp ${OTHER} 6443'

round() {
  local place
  for place in pod node others; do
    at $place perl /lab/client.pl < /lab/asks-$place
  done
}
echo 'GUEST round'
round
${rounds.map((_, n) => `echo 'GUEST round'\nat node nft -f /lab/rules-${n}\nround`).join('\n')}
REASON=finished
`;
}

testWithGuest(
  'ipvs: entries of the ledger open every path, and each of them is needed',
  () => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(
      chart,
      'cluster',
      osloProps({ loadBalancer: LoadBalancerKind.METALLB_L2 }),
    );
    new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
    new NodeLocalDns(chart, 'dns', { cluster });
    new TunedFlannel(chart, 'cni', { cluster });
    new EtcdOnNvme(chart, 'etcd', { cluster });
    const firewall = { ...FIREWALL, loadBalancerCidrs: ['198.51.101.0/24'] };
    const nodes = new NodeBootstrap(chart, 'nodes', { cluster, firewall });
    const machine = cluster.machines[0]!;

    const removed = [...new Set(Object.values(paths).flatMap(({ needs }) => needs ?? []))];
    const rounds = [
      bootedRuleset(nodes, machine),
      ...removed.map((port) => rulesetWithout(cluster, machine, port)),
    ];
    const output = bootGuest({
      files: {
        '/t.sh': guestScript(rounds),
        '/lab/ipvs': IPVS.rules(services, {
          podCidr: '10.244.0.0/16',
          serviceCidr: '10.96.0.0/16',
        }),
        '/lab/server.pl': SERVER,
        '/lab/client.pl': CLIENT,
        ...Object.fromEntries(
          ['pod', 'node', 'others'].map((place) => [`/lab/asks-${place}`, asksOf(place)]),
        ),
        ...Object.fromEntries(rounds.map((rules, n) => [`/lab/rules-${n}`, rules])),
      },
      machine: ['-accel', 'tcg,thread=multi,tb-size=128'],
      seconds: 420,
    });
    const said = output
      .split('\n')
      .filter((line) => line.startsWith('GUEST '))
      .map((line) => line.slice(6).trim());
    expect({
      last: said.at(-1),
      output: said.at(-1) === 'stopped: finished' ? '' : output,
    }).toEqual({
      last: 'stopped: finished',
      output: '',
    });

    const names = Object.keys({ ...paths, ...closed });
    const answers = said
      .join('\n')
      .split('round\n')
      .slice(1)
      .map((round) =>
        Object.fromEntries(
          round.split('\n').flatMap((line) => {
            const [, number, who] = /^(\d+) (.+)$/.exec(line) ?? [];
            return who === undefined ? [] : [[names[Number(number)]!, who]];
          }),
        ),
      );
    const expected = (of: Readonly<Record<string, Path>>, answer = (one: Path) => one.answers) =>
      Object.fromEntries(Object.entries(of).map(([name, one]) => [name, answer(one)]));
    const refused = expected(closed, () => 'rejected');
    // Without a firewall everybody answers, so that what is silent below is so because of it.
    expect(answers[0]).toEqual(expected({ ...paths, ...closed }));
    expect(answers[1]).toEqual({ ...expected(paths), ...refused });
    removed.forEach((port, n) => {
      const without = expected(paths, ({ needs, answers: who }) =>
        needs === port ? 'rejected' : who,
      );
      expect({ port, answers: answers[n + 2] }).toEqual({
        port,
        answers: { ...without, ...refused },
      });
    });
  },
  15 * 60_000,
);
