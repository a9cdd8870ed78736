import { spawnSync } from 'node:child_process';
import {
  addNamespace,
  ENV,
  missing as missingForLabs,
  must,
  removeLabs,
  run,
} from './netns-machine';
import { Agent, type Listener, type Target } from './service-agent';

// Two machines in network namespaces with pods on them, a tunnel between them, and programs that
// answer with their own names, so that a test can ask who answered where.

/** `pod` asks; `neighbour` is a pod on the same machine, `distant` one on the other machine. */
const ROLES = ['pod', 'neighbour', 'node1', 'node2', 'distant'] as const;
export type Role = (typeof ROLES)[number];

/** The addresses of everybody, and the tunnel. */
export interface Ground {
  readonly addresses: Readonly<Record<Role, string>>;
  /** Further addresses that machines have. */
  readonly also: Readonly<Partial<Record<Role, readonly string[]>>>;
  readonly podCidr: string;
  readonly tunnel: { readonly vni: number; readonly port: number };
}

/** What this machine lacks, for people; nothing when the paths can be built. */
export function missing(): string[] {
  const lacks = missingForLabs();
  if (spawnSync('iptables-nft', ['-V'], { env: ENV }).status !== 0) {
    return [...lacks, 'iptables-nft of iptables'];
  }
  return lacks.length > 0 ? lacks : missingInKernel();
}

/** The matches and targets of kube-proxy's rules and node-cache's. */
function missingInKernel(): string[] {
  const name = `gw-paths-${process.pid}-probe`;
  addNamespace(name);
  const rules = [
    '-t nat -A OUTPUT -m comment --comment probe -m statistic --mode random --probability 0.5 -j RETURN',
    '-t nat -A OUTPUT -p tcp -j DNAT --to-destination 192.0.2.1:80',
    '-t nat -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully',
    '-t raw -A OUTPUT -p udp -j NOTRACK',
  ];
  const fails = rules.filter(
    (rule) => run('ip', 'netns', 'exec', name, 'iptables-nft', ...rule.split(' ')).status !== 0,
  );
  removeLabs();
  return fails.map((rule) => `a kernel that takes iptables-nft ${rule}`);
}

let labs = 0;

export class ServiceLab {
  private readonly prefix = `gw-paths-${process.pid}-${++labs}`;
  private agents?: Readonly<Record<Role, Agent>>;

  constructor(private readonly ground: Ground) {
    for (const role of ROLES) {
      addNamespace(this.name(role));
      // A rejected packet has to be told every time, not once a second.
      this.exec(
        role,
        'ip link set lo up',
        'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit',
        'echo 1 >/proc/sys/net/ipv4/ip_forward',
      );
    }
    this.cable('node1', 'nic', 'node2', 'nic');
    this.machine('node1', 'node2', ['pod', 'neighbour']);
    this.machine('node2', 'node1', ['distant']);
    for (const [role, addresses] of Object.entries(ground.also)) {
      // Without a network that others lie in, nobody picks one as the source by himself.
      addresses.forEach((address) =>
        this.exec(
          role as Role,
          `ip addr add ${address}${address.includes(':') ? '/64 nodad' : '/32'} dev nic`,
        ),
      );
    }
  }

  /** Commands in one namespace. */
  public exec(role: Role, ...lines: string[]): void {
    must(...this.in(role), 'sh', '-eu', '-c', lines.join('\n'));
  }

  /** What a command in one namespace prints. */
  public read(role: Role, line: string): string {
    return must(...this.in(role), 'sh', '-eu', '-c', line);
  }

  /** A command in one namespace that reads this text. */
  public feed(role: Role, command: readonly string[], text: string): void {
    const [ip, ...args] = [...this.in(role), ...command];
    const { status, stderr } = spawnSync(ip!, args, { env: ENV, encoding: 'utf8', input: text });
    if (status !== 0) {
      throw new Error(`${command.join(' ')}: ${stderr}`);
    }
  }

  /** Starts a program in each place, which answers with the name of the place; resolves when all listen. */
  public async listen(of: Readonly<Partial<Record<Role, readonly Listener[]>>>): Promise<void> {
    const agents = ROLES.map((role) => new Agent(this.in(role), role, of[role] ?? []));
    this.agents = Object.fromEntries(ROLES.map((role, n) => [role, agents[n]!])) as Record<
      Role,
      Agent
    >;
    await Promise.all(agents.map((agent) => agent.ready));
  }

  /**
   * Who answered each target: a place, `rejected`, or `lost` when nothing came back in so many
   * milliseconds. Targets are asked at the same time.
   */
  public ask(from: Role, targets: readonly Target[], patience = 10_000): Promise<string[]> {
    return this.agents![from].ask(targets, patience);
  }

  /** Ends the programs; `removeLabs` removes the namespaces. */
  public close(): void {
    Object.values(this.agents ?? {}).forEach((agent) => agent.close());
  }

  /** A machine with its pods: routes instead of a bridge, so that every packet is routed. */
  private machine(own: Role, other: Role, pods: Role[]): void {
    const { addresses, podCidr, tunnel } = this.ground;
    const { vni, port } = tunnel;
    this.exec(
      own,
      `ip addr add ${addresses[own]}/24 dev nic`,
      'ip link set nic up',
      // Service addresses have to have a route until they are translated.
      'ip route add default dev nic',
      `ip link add tunnel type vxlan id ${vni} dstport ${port} local ${addresses[own]} dev nic`,
      `ip link set tunnel up address ${mac(own)}`,
      `ip addr add ${vtep(own)}/32 dev tunnel`,
      `bridge fdb append ${mac(other)} dev tunnel dst ${addresses[other]}`,
      `ip neigh add ${vtep(other)} lladdr ${mac(other)} dev tunnel nud permanent`,
      `ip route add ${vtep(other)} dev tunnel`,
      ...(own === 'node1' ? (['distant'] as const) : (['pod', 'neighbour'] as const)).map(
        (pod) => `ip route add ${addresses[pod]} via ${vtep(other)} dev tunnel onlink`,
      ),
    );
    for (const pod of pods) {
      this.cable(own, pod, pod, 'eth0');
      this.exec(
        own,
        `ip link set ${pod} up`,
        `ip route add ${addresses[pod]} dev ${pod}`,
        `echo 1 >/proc/sys/net/ipv4/conf/${pod}/proxy_arp`,
        `echo 0 >/proc/sys/net/ipv4/neigh/${pod}/proxy_delay`,
      );
      this.exec(
        pod,
        `ip addr add ${addresses[pod]}/32 dev eth0`,
        'ip link set eth0 up',
        'ip route add 169.254.1.1 dev eth0',
        'ip route add default via 169.254.1.1',
      );
    }
    // What pods send outside of their network leaves with the machine's address, as plugins have it.
    this.feed(
      own,
      ['nft', '-f', '-'],
      `table ip plugin {
        chain post {
          type nat hook postrouting priority srcnat + 1
          ip saddr ${podCidr} ip daddr != ${podCidr} masquerade fully-random
        }
      }`,
    );
  }

  private cable(one: Role, device: string, two: Role, peer: string): void {
    const ends = ['netns', this.name(one), 'type', 'veth', 'peer', 'name', peer];
    must('ip', 'link', 'add', device, ...ends, 'netns', this.name(two));
  }

  private name(role: Role): string {
    return `${this.prefix}-${role}`;
  }

  private in(role: Role): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name(role)];
  }
}

const mac = (node: Role) => `66:00:00:00:00:0${node === 'node1' ? 1 : 2}`;
const vtep = (node: Role) => `10.244.${node === 'node1' ? 0 : 1}.0`;
