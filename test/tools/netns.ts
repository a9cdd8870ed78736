import { spawn } from 'node:child_process';
import { addNamespace, ENV, must, RULES, run } from './netns-machine';

// Two pods on two nodes, each in a network namespace, with real devices between them, so that the
// kernel says which packets fit. What would hide a wrong MTU is taken away: errors of ICMP, by which
// senders learn of a smaller path, and fragments, in which too large a packet would arrive after all.

export type Family = 'IPv4' | 'IPv6';

/** The pod network to build: what a network plugin makes of the objects that were rendered. */
export interface PodNetwork {
  readonly family: Family;
  /** MTU of the pods' interfaces and, as the plugins do it, of the tunnel. */
  readonly podMtu: number;
  /** The tunnel between the nodes; without one the pods' addresses travel as they are. */
  readonly vxlan?: { readonly vni: number; readonly port: number };
}

/** What the nodes stand on. */
export interface Wire {
  readonly nicMtu: number;
  /** MTU of the router's interfaces; without it a switch joins both nodes in one subnet. */
  readonly routerMtu?: number;
}

const ROLES = ['pod1', 'node1', 'middle', 'node2', 'pod2'] as const;
const TCP_PORT = 5001;
const MIB = 1024 ** 2;

type Role = (typeof ROLES)[number];

interface Addresses {
  /** Length of the prefix of the nodes' and of the pods' subnet. */
  readonly prefix: number;
  readonly node: string;
  readonly router: string;
  readonly pod: string;
  readonly podGateway: string;
  readonly podNetwork: string;
  /** Address and MAC of the tunnel's end. */
  readonly vtep: string;
  readonly mac: string;
}

/** Addresses on one side; node 2 stands in the subnet of node 1 unless a router is between them. */
function addressesOf(side: 1 | 2, family: Family, routed: boolean): Addresses {
  const zone = routed ? side : 1;
  const [nodes, pods, prefix] =
    family === 'IPv4'
      ? [`10.20.${zone}.`, `10.244.${side}.`, 24]
      : [`fd00:20:${zone}::`, `fd00:244:${side}::`, 64];
  return {
    prefix,
    node: `${nodes}1${side}`,
    router: `${nodes}1`,
    pod: `${pods}2`,
    podGateway: `${pods}1`,
    podNetwork: `${pods}0/${prefix}`,
    vtep: `${pods}0`,
    mac: `66:00:00:00:00:0${side}`,
  };
}

const SERVER = `
require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  let bytes = 0;
  socket.on('data', (data) => (bytes += data.length));
  socket.on('end', () => socket.end(String(bytes)));
  socket.on('error', () => undefined);
}).listen(${TCP_PORT});`;

// Sends one MiB and prints how much of it came to the other side, as the other side counts it.
const CLIENT = `
const [host, patience] = process.argv.slice(1);
const attempt = () => {
  const socket = require('node:net').connect(${TCP_PORT}, host);
  let answer = '';
  socket.on('connect', () => {
    setTimeout(() => { console.log('stalled'); process.exit(); }, Number(patience));
    socket.end(Buffer.alloc(${MIB}));
  });
  socket.on('data', (data) => (answer += data));
  socket.on('end', () => { console.log(answer); process.exit(); });
  // The server may not be up yet.
  socket.on('error', () => setTimeout(attempt, 20));
};
attempt();`;

let labs = 0;

/** pod - node - switch or router - node - pod. */
export class Lab {
  private readonly prefix = `gw-${process.pid}-${++labs}`;
  private readonly sides: readonly [Addresses, Addresses];

  constructor(
    private readonly network: PodNetwork,
    private readonly wire: Wire,
  ) {
    const routed = wire.routerMtu !== undefined;
    this.sides = [addressesOf(1, network.family, routed), addressesOf(2, network.family, routed)];
    for (const role of ROLES) {
      addNamespace(this.name(role));
      // No waiting for duplicates of addresses; it has to be said before there are devices.
      this.exec(role, `nft '${RULES}'`, 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad');
    }
    this.connect();
    this.configureMiddle();
    this.configureNode('node1', 'pod1', ...this.sides);
    this.configureNode('node2', 'pod2', this.sides[1], this.sides[0]);
    this.setMtu(network.podMtu);
    // Small packets until neighbours know each other: without them the lab says nothing about MTU.
    must(
      ...this.in('pod1'),
      ...['ping', '-n', '-q', '-c', '1', '-i', '0.2', '-w', '5'],
      this.target,
    );
  }

  /** Changes the MTU of both pods, at both ends of their cables, and of the tunnel. */
  public setMtu(pod: number, tunnel = pod): void {
    for (const role of ['pod1', 'pod2'] as const) {
      this.exec(role, `ip link set eth0 mtu ${pod}`);
    }
    for (const role of ['node1', 'node2'] as const) {
      const vxlan = this.network.vxlan === undefined ? [] : [`ip link set vxlan mtu ${tunnel}`];
      this.exec(role, `ip link set pod mtu ${pod}`, ...vxlan);
    }
  }

  /** What becomes of an echo of so many bytes, IP header included, that nobody may cut up. */
  public ping(size: number): string {
    const [flag, headers] = this.network.family === 'IPv4' ? ['-4', 28] : ['-6', 48];
    const { status, output } = run(
      ...this.in('pod1'),
      ...['ping', flag, '-n', '-q', '-c', '1', '-W', '0.5', '-M', 'do'],
      ...['-s', String(size - headers), this.target],
    );
    if (status === 0) {
      return 'answered';
    }
    return /100% packet loss/.test(output) && !/too long|error/i.test(output) ? 'lost' : output;
  }

  /**
   * Sends one MiB by TCP from pod to pod: the bytes that arrived, or `stalled` when they did not in
   * so many milliseconds after the connection was made.
   */
  public transfer(patience: number): string {
    const [command, ...args] = this.in('pod2');
    const server = spawn(command, [...args, process.execPath, '-e', SERVER], {
      env: ENV,
      stdio: 'ignore',
    });
    try {
      const client = [process.execPath, '-e', CLIENT, this.target, String(patience)];
      return must(...this.in('pod1'), ...client).trim();
    } finally {
      server.kill('SIGKILL');
    }
  }

  /** The cables. Devices come into being where they belong; this machine's own network sees none. */
  private connect(): void {
    const { nicMtu, routerMtu = nicMtu } = this.wire;
    const cable = (one: Role, device: string, mtu: number, two: Role, peer: string, other = mtu) =>
      must(
        ...(['ip', 'link', 'add', device, 'netns', this.name(one)] as const),
        ...['mtu', String(mtu), 'type', 'veth'],
        ...['peer', 'name', peer, 'netns', this.name(two), 'mtu', String(other)],
      );
    cable('node1', 'pod', this.network.podMtu, 'pod1', 'eth0');
    cable('node2', 'pod', this.network.podMtu, 'pod2', 'eth0');
    cable('node1', 'nic', nicMtu, 'middle', 'port1', routerMtu);
    cable('node2', 'nic', nicMtu, 'middle', 'port2', routerMtu);
  }

  private configureMiddle(): void {
    if (this.wire.routerMtu === undefined) {
      this.exec(
        'middle',
        'ip link add switch up type bridge',
        'ip link set port1 up master switch',
        'ip link set port2 up master switch',
      );
      return;
    }
    const ports = this.sides.flatMap(({ router, prefix }, index) => [
      `ip addr add ${router}/${prefix} dev port${index + 1}`,
      `ip link set port${index + 1} up`,
    ]);
    // As it would learn them by BGP. A tunnel has to do without.
    const routes = this.sides.map(
      ({ podNetwork, node }) => `ip route add ${podNetwork} via ${node}`,
    );
    const learned = this.network.vxlan === undefined ? routes : [];
    this.exec('middle', FORWARD, ...ports, ...learned);
  }

  private configureNode(node: Role, pod: Role, own: Addresses, other: Addresses): void {
    const { vxlan } = this.network;
    const next = this.wire.routerMtu === undefined ? other.node : own.router;
    this.exec(
      pod,
      `ip addr add ${own.pod}/${own.prefix} dev eth0`,
      'ip link set eth0 up',
      `ip route add default via ${own.podGateway}`,
    );
    this.exec(
      node,
      FORWARD,
      `ip addr add ${own.node}/${own.prefix} dev nic`,
      'ip link set nic up',
      `ip addr add ${own.podGateway}/${own.prefix} dev pod`,
      'ip link set pod up',
      ...(this.wire.routerMtu === undefined ? [] : [`ip route add default via ${own.router}`]),
      ...(vxlan === undefined
        ? [`ip route add ${other.podNetwork} via ${next}`]
        : [
            // Without a device under it the kernel takes every MTU: it is the path that shall judge.
            `ip link add vxlan address ${own.mac} type vxlan id ${vxlan.vni} dstport ${vxlan.port} \
              local ${own.node} nolearning`,
            'ip link set vxlan up',
            `bridge fdb append ${other.mac} dev vxlan dst ${other.node}`,
            `ip neigh add ${other.vtep} lladdr ${other.mac} dev vxlan nud permanent`,
            `ip route add ${other.podNetwork} via ${other.vtep} dev vxlan onlink`,
          ]),
    );
  }

  private get target(): string {
    return this.sides[1].pod;
  }

  private name(role: Role): string {
    return `${this.prefix}-${role}`;
  }

  private in(role: Role): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name(role)];
  }

  private exec(role: Role, ...lines: string[]): void {
    must(...this.in(role), 'sh', '-eu', '-c', lines.join('\n'));
  }
}

const FORWARD =
  'for family in ipv4/ip_forward ipv6/conf/all/forwarding; do echo 1 >/proc/sys/net/$family; done';
