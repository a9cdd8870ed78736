import { Chart } from 'cdk8s';
import {
  Cluster,
  EtcdOnNvme,
  IptablesKubeProxy,
  Machine,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedFlannel,
} from '../../lib';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { ADMINISTRATOR, bootedRuleset, FIREWALL, rulesetWithout } from './host-firewall';
import { removeLabs } from './netns-machine';
import type { Listener, Target } from './service-agent';
import { missing, ServiceLab, type Role } from './service-lab';
import { IPTABLES, NFTABLES, type Service, type Shape } from './service-rules';

// Services behind the host firewall: the kernel says whether pods reach what they need when the machines
// open nothing but what the constructs asked for, and whether each of those entries is needed. IPVS
// has a file of its own, as it needs another kernel.

const LACKS = missing();
const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';

if (LACKS.length > 0 && !REQUIRED) {
  process.stderr.write(`skipped, no Service can be reached without ${LACKS.join(', ')}\n`);
}
const withKernel = LACKS.length === 0 || REQUIRED ? test : test.skip;

withKernel('this machine can build Services', () => {
  expect(LACKS).toEqual([]);
});

const opened: ServiceLab[] = [];
afterEach(() => {
  opened.splice(0).forEach((lab) => lab.close());
  removeLabs();
});

const [FIRST, SECOND, VIP] = ['10.20.0.11', '10.20.0.12', '10.20.0.10'];
const WORKER = '10.20.0.21';
const STRANGER = '203.0.113.9';
const CACHE = '169.254.20.10';
const DNS_SERVICE = '10.96.0.10';
const addresses: Readonly<Record<Role, string>> = {
  pod: '10.244.0.2',
  neighbour: '10.244.0.3',
  node1: FIRST,
  node2: SECOND,
  distant: '10.244.1.2',
};

const [NODE_PORT, SERVICE_HEALTH] = [30080, 30090];
const near = `${addresses.neighbour}:8080`;
const far = `${addresses.distant}:8080`;
/** A Service for each place where an endpoint can be; `both` has two. */
const services: readonly Service[] = [
  { name: 'default/near', ...at('10.96.7.1', 80), endpoints: [near] },
  { name: 'default/far', ...at('10.96.7.2', 80), endpoints: [far] },
  { name: 'default/both', ...at('10.96.7.3', 80), endpoints: [near, far] },
  { name: 'kube-system/kube-dns', ...at(DNS_SERVICE, 53, 'udp'), endpoints: [dns('distant')] },
  { name: 'kube-system/kube-dns-tcp', ...at(DNS_SERVICE, 53), endpoints: [dns('distant')] },
  { name: 'default/kubernetes', ...at('10.96.0.1', 443), endpoints: [`${FIRST}:6443`] },
  { name: 'default/kubernetes-2', ...at('10.96.0.2', 443), endpoints: [`${SECOND}:6443`] },
];

function dns(role: Role): string {
  return `${addresses[role]}:53`;
}

function at(address: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Target {
  return { protocol, address, port };
}

/** The same, asked from one of several addresses. */
function sourced(source: string, target: Target): Target {
  return { ...target, source };
}

/** Who asks for what, who must answer, and the port without which nobody does. */
interface Path extends Target {
  readonly from: Role;
  readonly answers: string;
  readonly needs?: string;
}

const API = '6443/tcp from anywhere';
const ETCD = '2379-2380/tcp from control-plane';
const HEALTH = '10256/tcp from machines';
const KUBELET = '10250/tcp from machines';
const NODE_PORTS = '30000-32767/tcp from anywhere';
const SSH = '22/tcp from 192.0.2.0/24';
const TUNNEL = '8472/udp from machines';
const paths: Readonly<Record<string, Path>> = {
  'pod to a pod on its machine': over('pod', at('10.96.7.1', 80), 'neighbour'),
  'pod to itself': over('neighbour', at('10.96.7.1', 80), 'neighbour'),
  'pod to a pod on the other machine': over('pod', at('10.96.7.2', 80), 'distant', TUNNEL),
  'machine to a pod on the other machine': over('node1', at('10.96.7.2', 80), 'distant', TUNNEL),
  'pod to DNS, UDP': over('pod', at(DNS_SERVICE, 53, 'udp'), 'distant', TUNNEL),
  'pod to DNS, TCP': over('pod', at(DNS_SERVICE, 53), 'distant', TUNNEL),
  'pod to the cache, UDP': over('pod', at(CACHE, 53, 'udp'), 'node1', '53/udp from pods'),
  'pod to the cache, TCP': over('pod', at(CACHE, 53), 'node1', '53/tcp from pods'),
  'machine to metrics of the cache of another': over(
    'node2',
    at(FIRST, 9253),
    'node1',
    '9253/tcp from machines',
  ),
  'pod to metrics of the cache': over('pod', at(FIRST, 9253), 'node1', '9253/tcp from pods'),
  'pod to the API on its machine': over('pod', at('10.96.0.1', 443), 'node1', API),
  'pod to the API on the other machine': over('pod', at('10.96.0.2', 443), 'node2', API),
  'machine to the API on the other machine': over('node1', at('10.96.0.2', 443), 'node2', API),
  'machine to the virtual IP': over('node2', at(VIP, 6443), 'node1', API),
  'stranger to the API': over('node2', sourced(STRANGER, at(FIRST, 6443)), 'node1', API),
  'API server to kubelet': over('node2', at(FIRST, 10250), 'node1', KUBELET),
  'pod of another machine to kubelet': over('distant', at(FIRST, 10250), 'node1', KUBELET),
  'pod to kubelet': over('pod', at(FIRST, 10250), 'node1', '10250/tcp from pods'),
  'administrator to SSH': over('node2', sourced(ADMINISTRATOR, at(FIRST, 22)), 'node1', SSH),
  // Translated before the firewall, which has no say in it.
  'stranger to a NodePort': over('node2', sourced(STRANGER, at(FIRST, NODE_PORT)), 'neighbour'),
  // A socket of kube-proxy, which asks whether a pod of the Service is there.
  'balancer to the health of a Service': over(
    'node2',
    sourced(STRANGER, at(FIRST, SERVICE_HEALTH)),
    'node1',
    NODE_PORTS,
  ),
  'etcd to etcd': over('node2', at(FIRST, 2380), 'node1', ETCD),
  // The plugin gave its packets the machine's address: no firewall tells them from the machine's own.
  'pod of a control plane to etcd on another': over('distant', at(FIRST, 2379), 'node1', ETCD),
  'machine to the health of kube-proxy': over('node2', at(FIRST, 10256), 'node1', HEALTH),
};

function over(from: Role, target: Target, answers: Role, needs?: string): Path {
  return { from, ...target, answers, needs };
}

/** What nobody asked for, and what was asked for others than these. */
const closed: Readonly<Record<string, Path>> = {
  'pod to a port that nobody asked for': over('pod', at(FIRST, 9100), 'node1'),
  'machine to a port that nobody asked for': over('node2', at(FIRST, 9100), 'node1'),
  'pod to etcd': over('pod', at(FIRST, 2379), 'node1'),
  'worker to etcd': over('node2', sourced(WORKER, at(FIRST, 2379)), 'node1'),
  'stranger to etcd': over('node2', sourced(STRANGER, at(FIRST, 2380)), 'node1'),
  'stranger to kubelet': over('node2', sourced(STRANGER, at(FIRST, 10250)), 'node1'),
  'stranger to the cache': over('node2', sourced(STRANGER, at(FIRST, 9253)), 'node1'),
  'stranger to SSH': over('node2', sourced(STRANGER, at(FIRST, 22)), 'node1'),
  'machine to SSH': over('node2', at(FIRST, 22), 'node1'),
};

const tcp = (...ports: number[]) => ports.map((port): Listener => ({ protocol: 'tcp', port }));
const bothOn53 = (address?: string) =>
  (['tcp', 'udp'] as const).map((protocol): Listener => ({ protocol, port: 53, address }));
const listeners: Readonly<Partial<Record<Role, readonly Listener[]>>> = {
  neighbour: tcp(8080),
  distant: [...tcp(8080), ...bothOn53()],
  node1: [
    ...tcp(22, 2379, 2380, 6443, 9100, 9253, 10250, 10256, SERVICE_HEALTH),
    ...bothOn53(CACHE),
  ],
  node2: tcp(6443),
};

/** The rendered cluster, and the network that its objects and its proxy's mode describe. */
async function build(shape: Shape, bindClusterIp = false) {
  const chart = new Chart(tempApp(), 'oslo');
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: WORKER });
  const machines = [...[1, 2, 3].map((n) => osloMachine(n)), worker];
  const cluster = new Cluster(chart, 'cluster', osloProps({ machines }));
  const Proxy = shape === IPTABLES ? IptablesKubeProxy : NftablesKubeProxy;
  new Proxy(chart, 'kube-proxy', { cluster });
  const { localIp } = new NodeLocalDns(chart, 'dns', { cluster, bindClusterIp });
  new TunedFlannel(chart, 'cni', { cluster });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  const nodes = new NodeBootstrap(chart, 'nodes', { cluster, firewall: FIREWALL });
  expect(localIp).toBe(CACHE);

  const { Backend } = JSON.parse(
    chart.toJson().find(({ data }) => data?.['net-conf.json'] !== undefined).data['net-conf.json'],
  );
  const { podCidr, serviceCidr } = cluster;
  const lab = new ServiceLab({
    addresses,
    also: { node1: [VIP], node2: [WORKER, ADMINISTRATOR, STRANGER] },
    podCidr,
    tunnel: { vni: Backend.VNI, port: Backend.Port },
  });
  opened.push(lab);
  for (const node of ['node1', 'node2'] as const) {
    lab.feed(node, shape.load, shape.rules(services, { podCidr, serviceCidr }));
    lab.feed(node, ['nft', '-f', '-'], nodePort);
    // node-cache makes a dummy; a bridge without ports serves as well, and labs need bridges anyway.
    lab.exec(
      node,
      'ip link add nodelocaldns up type bridge',
      `ip addr add ${CACHE}/32 dev nodelocaldns`,
    );
  }
  return { cluster, lab, nodes };
}

/** What both modes do with the port of a Service on a machine, in the least that does it. */
const nodePort = `table ip node-port {
  chain prerouting {
    type nat hook prerouting priority dstnat - 1
    fib daddr type local tcp dport ${NODE_PORT} dnat to ${near}
  }
}`;

/** Gives both machines the firewall that they boot with, or one without some entry of the ledger. */
function protect({ lab, cluster, nodes }: Site, without?: string): void {
  (['node1', 'node2'] as const).forEach((node, index) => {
    const machine = cluster.machines[index]!;
    const rules =
      without === undefined
        ? bootedRuleset(nodes, machine)
        : rulesetWithout(cluster, machine, without);
    lab.feed(node, ['nft', '-f', '-'], rules);
  });
}

type Site = Awaited<ReturnType<typeof build>>;

/** What every path answered. */
async function ask(lab: ServiceLab, of: Readonly<Record<string, Path>>, patience?: number) {
  const all = Object.entries(of);
  const askers = [...new Set(all.map(([, { from }]) => from))];
  const answers = await Promise.all(
    askers.map(async (asker) => {
      const own = all.filter(([, { from }]) => from === asker);
      const got = await lab.ask(
        asker,
        own.map(([, path]) => path),
        patience,
      );
      return own.map(([name], index) => [name, got[index]!]);
    }),
  );
  return Object.fromEntries(answers.flat());
}

const expected = (of: Readonly<Record<string, Path>>, answer = (path: Path) => path.answers) =>
  Object.fromEntries(Object.entries(of).map(([name, path]) => [name, answer(path)]));

for (const shape of [IPTABLES, NFTABLES]) {
  withKernel(
    `${shape.mode}: ports of the ledger open every path, and each of them is needed`,
    async () => {
      const site = await build(shape);
      const { lab } = site;
      await lab.listen(listeners);

      // Without a firewall everybody answers, so that what is silent below is so because of it.
      expect(await ask(lab, { ...paths, ...closed })).toEqual(expected({ ...paths, ...closed }));

      protect(site);
      expect(await ask(lab, paths)).toEqual(expected(paths));
      expect(await ask(lab, closed)).toEqual(expected(closed, () => 'rejected'));

      for (const port of new Set(Object.values(paths).flatMap(({ needs }) => needs ?? []))) {
        protect(site, port);
        // Nothing tells a sender that its packet died inside of a tunnel.
        const silence = port === TUNNEL ? 'lost' : 'rejected';
        const answers = await ask(lab, paths, port === TUNNEL ? 2000 : undefined);
        const without = expected(paths, ({ needs, answers: who }) =>
          needs === port ? silence : who,
        );
        expect({ port, answers }).toEqual({ port, answers: without });
      }
    },
  );

  withKernel(`${shape.mode}: every endpoint of a Service gets connections`, async () => {
    const { lab } = await build(shape);
    await lab.listen(listeners);
    // That chance leaves one of them out happens once in 10^12 runs.
    const answers = await lab.ask('pod', Array(41).fill(at('10.96.7.3', 80)));
    expect([...new Set(answers)].sort()).toEqual(['distant', 'neighbour']);
  });

  withKernel(`${shape.mode}: a cache that holds the address of the DNS Service`, async () => {
    const site = await build(shape, true);
    const { lab } = site;
    lab.exec('node1', `ip addr add ${DNS_SERVICE}/32 dev nodelocaldns`);
    await lab.listen({ ...listeners, node1: [...bothOn53(CACHE), ...bothOn53(DNS_SERVICE)] });
    protect(site);
    const questions = [at(DNS_SERVICE, 53, 'udp'), at(DNS_SERVICE, 53)];
    expect(await lab.ask('pod', questions)).toEqual(['distant', 'distant']);
    // What node-cache writes with setupIptables: kube-proxy no longer sees the packets.
    for (const protocol of ['udp', 'tcp']) {
      lab.exec(
        'node1',
        `iptables-nft -t raw -A PREROUTING -p ${protocol} -d ${DNS_SERVICE} --dport 53 -j NOTRACK`,
        `iptables-nft -t raw -A OUTPUT -p ${protocol} -s ${DNS_SERVICE} --sport 53 -j NOTRACK`,
      );
    }
    expect(await lab.ask('pod', questions)).toEqual(['node1', 'node1']);
    protect(site, '53/udp from pods');
    expect(await lab.ask('pod', questions)).toEqual(['rejected', 'node1']);
  });
}
