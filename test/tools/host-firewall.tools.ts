import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  EtcdOnNvme,
  IptablesKubeProxy,
  IpvsKubeProxy,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  TunedFlannel,
  Zone,
  type ClusterProps,
  type HostFirewallOptions,
} from '../../lib';
import { dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp, tempDir } from '../support/temp-app';
import { bootedRuleset, FIREWALL } from './host-firewall';
import { addNamespace, removeLabs, run } from './netns-machine';
import { withTools } from './programs';
import { missing, ServiceLab, type Role } from './service-lab';

// The kernel reads the rulesets of every kind of cluster, and machines behind one are asked what a list
// of ports cannot say: neighbours, the size of packets, and what is left when a file is wrong.

const LACKS = missing();
const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
if (LACKS.length > 0 && !REQUIRED) {
  process.stderr.write(`skipped, no firewall can be loaded without ${LACKS.join(', ')}\n`);
}
const withKernel = LACKS.length === 0 || REQUIRED ? test : test.skip;

const opened: ServiceLab[] = [];
afterEach(() => {
  opened.splice(0).forEach((lab) => lab.close());
  removeLabs();
});

const PROXIES = { IptablesKubeProxy, NftablesKubeProxy, IpvsKubeProxy };

function site(
  Proxy: (typeof PROXIES)[keyof typeof PROXIES],
  Cni: typeof TunedCalico | typeof TunedFlannel,
  props: Partial<ClusterProps> = {},
  firewall: HostFirewallOptions = FIREWALL,
) {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', osloProps(props));
  new Proxy(chart, 'kube-proxy', { cluster });
  new NodeLocalDns(chart, 'dns', { cluster });
  new Cni(chart, 'cni', { cluster });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  const nodes = new NodeBootstrap(chart, 'nodes', { cluster, firewall });
  const machine = cluster.machines[0]!;
  const file = (path: string) => nodes.nodeFiles()[`nodes/${machine.name}/files${path}`]!;
  return { rules: bootedRuleset(nodes, machine), file };
}

const v6: Partial<ClusterProps> = {
  podCidr: 'fd00:244::/56',
  serviceCidr: 'fd00:96::/112',
  endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
  machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
};
const FAMILIES = { IPv4: {}, 'IPv4 and IPv6': dualStack(), IPv6: v6 };
const FIREWALLS: Readonly<Record<string, HostFirewallOptions>> = {
  'the least': FIREWALL,
  'everything in it': {
    sshFrom: ['0.0.0.0/0', '::/0', '10.0.0.0/8'],
    sshPort: 2222,
    allow: [
      {
        port: '9100-9110',
        protocol: 'tcp',
        why: 'exporters',
        from: ['10.20.0.0/24', '10.20.0.9/32'],
      },
      { port: '9105', protocol: 'tcp', why: 'an exporter', from: ['fd00::/8'] },
      { port: '', protocol: '112', why: 'VRRP "keepalived"\n; drop' },
      { port: '3868', protocol: 'sctp', why: 'Diameter' },
    ],
    loadBalancerCidrs: ['198.51.101.0/24', '198.51.101.0/28', 'fd00:1::/64'],
    trustZoneNetworks: true,
    logRefused: false,
  },
};

describe.each(Object.entries(PROXIES))('%s', (_mode, Proxy) => {
  withKernel('the kernel takes the rules of every network', () => {
    const name = `gw-firewall-${process.pid}`;
    addNamespace(name);
    for (const Cni of [TunedCalico, TunedFlannel]) {
      for (const [family, props] of Object.entries(FAMILIES)) {
        for (const [what, firewall] of Object.entries(FIREWALLS)) {
          const file = join(tempDir(), 'firewall.nft');
          writeFileSync(file, site(Proxy, Cni, props, firewall).rules);
          const { status, output } = run('ip', 'netns', 'exec', name, 'nft', '-c', '-f', file);
          expect({ Cni: Cni.name, family, what, status, output }).toMatchObject({ status: 0 });
        }
      }
    }
  });
});

const ADDRESSES: Readonly<Record<Role, string>> = {
  pod: '10.244.0.2',
  neighbour: '10.244.0.3',
  node1: '10.20.0.11',
  node2: '10.20.0.12',
  distant: '10.244.1.2',
};

function machinesOfLab(): ServiceLab {
  const made = new ServiceLab({
    addresses: ADDRESSES,
    also: { node1: ['fd00:20::11'], node2: ['fd00:20::12'] },
    podCidr: '10.244.0.0/16',
    tunnel: { vni: 1, port: 8472 },
  });
  opened.push(made);
  return made;
}

const load = (on: ServiceLab, rules: string) => on.feed('node1', ['nft', '-f', '-'], rules);

/** The same rules without the lines that say this. */
const less = (rules: string, word: string) =>
  rules
    .split('\n')
    .filter((line) => !line.trim().startsWith(word))
    .join('\n');

withKernel('a machine learns that a path carries smaller packets', () => {
  const { rules } = site(NftablesKubeProxy, TunedFlannel);
  const machines = machinesOfLab();
  // Behind the other machine; and connection tracking knows nothing of it, as with untracked tunnels.
  machines.exec('node2', 'ip link set distant mtu 1280');
  machines.feed(
    'node1',
    ['nft', '-f', '-'],
    'table ip raw { chain out { type filter hook output priority raw; icmp type echo-request notrack; }; chain in { type filter hook prerouting priority raw; icmp type echo-reply notrack; }; }',
  );
  const learned = () => {
    machines.exec('node1', 'ip route flush cache');
    const ask = `ping -c 2 -W 2 -M do -s 1350 ${ADDRESSES.distant} >/dev/null 2>&1 || true`;
    machines.exec('node1', ask);
    return machines.read('node1', `ip route get ${ADDRESSES.distant}`).includes('mtu 1280');
  };
  load(machines, rules);
  expect(learned()).toBe(true);
  load(machines, less(rules, 'icmp type'));
  expect(learned()).toBe(false);
});

withKernel('neighbours find each other, and nobody else comes in', async () => {
  const { rules } = site(NftablesKubeProxy, TunedFlannel, dualStack());
  const machines = machinesOfLab();
  await machines.listen({
    node1: [6443, 9100].map((port) => ({ protocol: 'tcp', port, address: 'fd00:20::11' })),
  });
  const ask = (port: number) => {
    ['node1', 'node2'].forEach((node) => machines.exec(node as Role, 'ip -6 neigh flush all'));
    const target = { protocol: 'tcp' as const, address: 'fd00:20::11', port };
    return machines.ask('node2', [target], 4000);
  };
  expect(await ask(9100)).toEqual(['node1']);
  load(machines, rules);
  expect(await ask(6443)).toEqual(['node1']);
  expect((await ask(9100))[0]).toMatch(/^(rejected|EACCES)$/);
  load(machines, less(rules, 'icmpv6 type'));
  expect(await ask(6443)).not.toEqual(['node1']);
});

withKernel('a wrong file leaves the rules from before, and never touches those of others', () => {
  const { rules, file } = site(NftablesKubeProxy, TunedFlannel);
  const machines = machinesOfLab();
  const [start, stop] = ['ExecReload', 'ExecStop'].map(
    (key) =>
      new RegExp(`^${key}=(.+)$`, 'm').exec(
        file('/etc/systemd/system/groundwork-firewall.service'),
      )![1]!,
  ) as [string, string];
  const path = join(tempDir(), 'firewall.nft');
  const reload = start.replace('/etc/groundwork/firewall.nft', path);
  const list = () => machines.read('node1', 'nft list ruleset');
  const others = list();
  expect(others).toContain('table ip plugin');

  writeFileSync(path, rules);
  machines.exec('node1', reload);
  const loaded = list();
  expect(loaded).toContain('table inet groundwork');
  machines.exec('node1', reload);
  expect(list()).toBe(loaded);
  for (const wrong of [rules.replace(' dport ', ' dprt '), `${rules}delete table ip nobody\n`]) {
    writeFileSync(path, wrong);
    expect(() => machines.exec('node1', reload)).toThrow();
    expect(list()).toBe(loaded);
  }
  machines.exec('node1', stop);
  expect(list()).toBe(others);
});

withTools(['systemd-analyze'], 'systemd finds nothing in the unit', () => {
  const { file } = site(NftablesKubeProxy, TunedFlannel);
  const path = join(tempDir(), 'groundwork-firewall.service');
  writeFileSync(path, file('/etc/systemd/system/groundwork-firewall.service'));
  const options = ['verify', '--man=no', '--recursive-errors=no', path];
  const complaints = run('systemd-analyze', ...options).output.split('\n');
  expect(complaints.filter((line) => line.includes('groundwork-firewall'))).toEqual([]);
});
