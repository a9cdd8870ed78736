import { Chart } from 'cdk8s';
import {
  Cluster,
  EtcdOnNvme,
  IptablesKubeProxy,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedFlannel,
} from '../../lib';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { firewall } from './host-firewall';
import { removeLabs } from './netns-machine';
import type { Listener, Target } from './service-agent';
import { missing, ServiceLab, type Role } from './service-lab';
import { IPTABLES, NFTABLES, type Service, type Shape } from './service-rules';

// Services behind a host firewall: the kernel says whether pods reach what they need when the machines
// open nothing but the ports that the constructs asked for, and whether each of those is needed.

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
const CACHE = '169.254.20.10';
const DNS_SERVICE = '10.96.0.10';
const addresses: Readonly<Record<Role, string>> = {
  pod: '10.244.0.2',
  neighbour: '10.244.0.3',
  node1: FIRST,
  node2: SECOND,
  distant: '10.244.1.2',
};

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

/** Who asks for what, who must answer, and the port without which nobody does. */
interface Path extends Target {
  readonly from: Role;
  readonly answers: string;
  readonly needs?: string;
}

const API = '6443/tcp from anywhere';
const ETCD = '2379-2380/tcp from control-plane';
const HEALTH = '10256/tcp from machines';
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
  'pod to metrics of the cache': over('pod', at(FIRST, 9253), 'node1', '9253/tcp from pods'),
  'pod to the API on its machine': over('pod', at('10.96.0.1', 443), 'node1', API),
  'pod to the API on the other machine': over('pod', at('10.96.0.2', 443), 'node2', API),
  'machine to the API on the other machine': over('node1', at('10.96.0.2', 443), 'node2', API),
  'machine to the virtual IP': over('node2', at(VIP, 6443), 'node1', API),
  'API server to kubelet': over('node2', at(FIRST, 10250), 'node1', '10250/tcp from control-plane'),
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
  'pod to kubelet': over('pod', at(FIRST, 10250), 'node1'),
  'machine to the cache of another': over('node2', at(FIRST, 9253), 'node1'),
};

const tcp = (...ports: number[]) => ports.map((port): Listener => ({ protocol: 'tcp', port }));
const bothOn53 = (address?: string) =>
  (['tcp', 'udp'] as const).map((protocol): Listener => ({ protocol, port: 53, address }));
const listeners: Readonly<Partial<Record<Role, readonly Listener[]>>> = {
  neighbour: tcp(8080),
  distant: [...tcp(8080), ...bothOn53()],
  node1: [...tcp(2379, 2380, 6443, 9100, 9253, 10250, 10256), ...bothOn53(CACHE)],
  node2: tcp(6443),
};

/** The rendered cluster, and the network that its objects and its proxy's mode describe. */
async function build(shape: Shape, bindClusterIp = false) {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', osloProps());
  const Proxy = shape === IPTABLES ? IptablesKubeProxy : NftablesKubeProxy;
  new Proxy(chart, 'kube-proxy', { cluster });
  const { localIp } = new NodeLocalDns(chart, 'dns', { cluster, bindClusterIp });
  new TunedFlannel(chart, 'cni', { cluster });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  new NodeBootstrap(chart, 'nodes', { cluster });
  expect(localIp).toBe(CACHE);

  const { Backend } = JSON.parse(
    chart.toJson().find(({ data }) => data?.['net-conf.json'] !== undefined).data['net-conf.json'],
  );
  const { podCidr, serviceCidr } = cluster;
  const lab = new ServiceLab({
    addresses,
    alsoNode1: [VIP],
    podCidr,
    tunnel: { vni: Backend.VNI, port: Backend.Port },
  });
  opened.push(lab);
  for (const node of ['node1', 'node2'] as const) {
    lab.feed(node, shape.load, shape.rules(services, { podCidr, serviceCidr }));
    // node-cache makes a dummy; a bridge without ports serves as well, and labs need bridges anyway.
    lab.exec(
      node,
      'ip link add nodelocaldns up type bridge',
      `ip addr add ${CACHE}/32 dev nodelocaldns`,
    );
  }
  return { cluster, lab };
}

/** Gives both machines their firewall, without some ports. */
function protect(lab: ServiceLab, cluster: Cluster, without?: string): void {
  (['node1', 'node2'] as const).forEach((node, index) => {
    lab.feed(node, ['nft', '-f', '-'], firewall(cluster, cluster.machines[index]!, without));
  });
}

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
      const { cluster, lab } = await build(shape);
      await lab.listen(listeners);

      // Without a firewall everybody answers, so that what is silent below is so because of it.
      expect(await ask(lab, { ...paths, ...closed })).toEqual(expected({ ...paths, ...closed }));

      protect(lab, cluster);
      expect(await ask(lab, paths)).toEqual(expected(paths));
      expect(await ask(lab, closed)).toEqual(expected(closed, () => 'rejected'));

      for (const port of new Set(Object.values(paths).flatMap(({ needs }) => needs ?? []))) {
        protect(lab, cluster, port);
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
    const { cluster, lab } = await build(shape, true);
    lab.exec('node1', `ip addr add ${DNS_SERVICE}/32 dev nodelocaldns`);
    await lab.listen({ ...listeners, node1: [...bothOn53(CACHE), ...bothOn53(DNS_SERVICE)] });
    protect(lab, cluster);
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
    protect(lab, cluster, '53/udp from pods');
    expect(await lab.ask('pod', questions)).toEqual(['rejected', 'node1']);
  });
}
