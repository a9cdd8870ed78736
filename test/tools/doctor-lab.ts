import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectorFiles } from '../../lib/doctor/collectors';
import { addNamespace, ENV, must } from './netns-machine';

// Two machines with a pod each, in network namespaces: flannel's VXLAN over a switch, and a Service
// written as kube-proxy does in iptables mode. Collectors run in them as they do on machines.

const ROLES = ['pod1', 'node1', 'switch', 'node2', 'pod2'] as const;
export type Role = (typeof ROLES)[number];

export const NODE = { node1: '10.20.0.11', node2: '10.20.0.12' } as const;
export const POD = { pod1: '10.244.0.2', pod2: '10.244.1.2' } as const;
export const NIC_MTU = 1500;
export const POD_MTU = 1450;
/** What cluster DNS answers at, and a Service whose endpoint is the pod of the other machine. */
export const DNS = '10.96.0.10';

const MAC = { node1: '66:00:00:00:00:01', node2: '66:00:00:00:00:02' } as const;

// Answers every question: an address where one is asked for, else nothing.
const DNS_SERVER = `
const server = require('node:dgram').createSocket('udp4');
server.on('message', (question, from) => {
  let end = 12;
  while (question[end] !== 0) end += question[end] + 1;
  end += 5;
  const isA = question.readUInt16BE(end - 4) === 1;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(isA ? 1 : 0, 6);
  header.fill(0, 8, 12);
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 96, 0, 1]);
  const parts = [header, question.subarray(12, end), ...(isA ? [answer] : [])];
  server.send(Buffer.concat(parts), from.port, from.address);
});
server.bind(53, () => require('node:net').createServer((s) => s.end()).listen(53, () => console.log('up')));`;

const PROXY_MODE = `
const mode = process.argv[1];
require('node:http').createServer((_, r) => r.end(mode)).listen(10249, '127.0.0.1', () => console.log('up'));`;

let labs = 0;

export class DoctorLab {
  private readonly prefix = `gw-${process.pid}-doc${++labs}`;
  /** Where the scripts of all collectors are. */
  public readonly scripts = mkdtempSync(join(tmpdir(), 'groundwork-doctor-'));
  private readonly children: ChildProcess[] = [];

  constructor(private readonly shell: readonly string[] = ['sh']) {
    for (const [name, content] of Object.entries(collectorFiles())) {
      writeFileSync(join(this.scripts, name), content);
    }
    for (const role of ROLES) {
      addNamespace(this.name(role));
      this.exec(role, 'ip link set lo up', 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad');
    }
    this.cable('node1', 'eno1', 'switch', 'port1', NIC_MTU);
    this.cable('node2', 'eno1', 'switch', 'port2', NIC_MTU);
    this.cable('node1', 'veth1', 'pod1', 'eth0', POD_MTU);
    this.cable('node2', 'veth2', 'pod2', 'eth0', POD_MTU);
    this.exec(
      'switch',
      'ip link add br0 mtu 1500 type bridge',
      'ip link set br0 up',
      'for port in port1 port2; do ip link set $port up master br0; done',
    );
    this.machine('node1', 'node2', 0);
    this.machine('node2', 'node1', 1);
    // Neighbours know each other from here on.
    must(...this.in('pod1'), 'ping', '-n', '-q', '-c', '1', '-w', '5', POD.pod2);
    this.exec('node1', `ping -n -q -c 1 -w 5 ${NODE.node2} >/dev/null`);
  }

  /** What a collector prints there. */
  public collect(role: Role, collector: string, args: readonly string[] = [], env = {}): string {
    const [shell, ...flags] = this.shell;
    const { stdout, stderr, status } = spawnSync(
      'ip',
      [
        ...['netns', 'exec', this.name(role), shell!, ...flags],
        ...[join(this.scripts, `${collector}.sh`), ...args],
      ],
      {
        encoding: 'utf8',
        timeout: 110_000,
        env: {
          ...ENV,
          NODE_NAME: role.endsWith('1') ? 'cp-1' : 'w-1',
          NETWORK: role.startsWith('pod') ? 'pod' : 'host',
          ...env,
        },
      },
    );
    if (status !== 0) {
      throw new Error(`${collector}: ${stderr}`);
    }
    return stdout;
  }

  /** Runs shell commands in a namespace; one that fails throws. */
  public exec(role: Role, ...lines: string[]): string {
    return must(...this.in(role), 'sh', '-eu', '-c', lines.join('\n'));
  }

  /** Starts a program that runs until the lab is closed; it says when it is ready. */
  public async start(role: Role, ready: RegExp, ...command: string[]): Promise<void> {
    const child = spawn('ip', ['netns', 'exec', this.name(role), ...command], { env: ENV });
    this.children.push(child);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      const listen = (data: Buffer) => {
        said += data.toString();
        if (ready.test(said)) {
          resolve();
        }
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`${command[0]} is gone: ${said}`)));
    });
  }

  /** A DNS server in the other pod, and the Service before it, as kube-proxy writes it. */
  public async serveDns(): Promise<void> {
    await this.start('pod2', /up/, process.execPath, '-e', DNS_SERVER);
    const rules = ['udp', 'tcp'].flatMap((protocol) => [
      `-A KUBE-SERVICES -d ${DNS}/32 -p ${protocol} -m ${protocol} --dport 53 -j KUBE-SVC-${protocol}`,
      `-A KUBE-SVC-${protocol} -j KUBE-SEP-${protocol}`,
      `-A KUBE-SEP-${protocol} -p ${protocol} -m ${protocol} -j DNAT --to-destination ${POD.pod2}:53`,
    ]);
    this.exec(
      'node1',
      `iptables-restore <<'EOF'
*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-udp - [0:0]
:KUBE-SEP-udp - [0:0]
:KUBE-SVC-tcp - [0:0]
:KUBE-SEP-tcp - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
${rules.join('\n')}
-A POSTROUTING ! -s 10.244.0.0/16 -o flannel.1 -j MASQUERADE
COMMIT
EOF`,
    );
  }

  public async sayMode(mode: string): Promise<void> {
    await this.start('node1', /up/, process.execPath, '-e', PROXY_MODE, mode);
  }

  /** What comes before a command that is to run there. */
  public in(role: Role): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name(role)];
  }

  public close(): void {
    this.children.splice(0).forEach((child) => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    });
    rmSync(this.scripts, { recursive: true });
  }

  private machine(own: 'node1' | 'node2', other: 'node1' | 'node2', index: 0 | 1): void {
    const pod = own === 'node1' ? 'pod1' : 'pod2';
    const veth = own === 'node1' ? 'veth1' : 'veth2';
    const far = 1 - index;
    this.exec(
      pod,
      `ip addr add ${POD[pod]}/24 dev eth0`,
      'ip link set eth0 up',
      `ip route add default via 10.244.${index}.1`,
    );
    this.exec(
      own,
      'echo 1 >/proc/sys/net/ipv4/ip_forward',
      'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding',
      `ip addr add ${NODE[own]}/24 dev eno1`,
      'ip link set eno1 up',
      'ip route add default via 10.20.0.1 dev eno1',
      `ip addr add 10.244.${index}.1/24 dev ${veth}`,
      `ip link set ${veth} up`,
      `ip link add flannel.1 address ${MAC[own]} mtu ${POD_MTU} type vxlan id 1 dstport 8472 \
        local ${NODE[own]} dev eno1 nolearning`,
      `ip addr add 10.244.${index}.0/32 dev flannel.1`,
      'ip link set flannel.1 up',
      `bridge fdb append ${MAC[other]} dev flannel.1 dst ${NODE[other]}`,
      `ip neigh add 10.244.${far}.0 lladdr ${MAC[other]} dev flannel.1 nud permanent`,
      `ip route add 10.244.${far}.0/24 via 10.244.${far}.0 dev flannel.1 onlink`,
    );
  }

  private cable(one: Role, device: string, two: Role, peer: string, mtu: number): void {
    must(
      ...(['ip', 'link', 'add', device, 'netns', this.name(one), 'mtu', String(mtu)] as const),
      ...['type', 'veth', 'peer', 'name', peer, 'netns', this.name(two), 'mtu', String(mtu)],
    );
  }

  private name(role: Role): string {
    return `${this.prefix}-${role}`;
  }
}
