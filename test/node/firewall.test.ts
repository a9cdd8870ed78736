import { App, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  EtcdOnNvme,
  HardenedNginxIngress,
  IptablesKubeProxy,
  IpvsKubeProxy,
  KubeProxyMode,
  LoadBalancerKind,
  Machine,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  TunedFlannel,
  Zone,
  type ClusterProps,
  type HostFirewallOptions,
  type TunedCalicoOptions,
} from '../../lib';
import { NodeFile } from '../../lib/testing';
import { dualMachine, dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { messages, oslo, unpacked, userData } from './support';
import { ready } from './trial';

const FILE = '/etc/groundwork/firewall.nft';
const SSH: HostFirewallOptions = { sshFrom: ['192.0.2.0/24'] };

const PROXIES = {
  [KubeProxyMode.IPTABLES]: IptablesKubeProxy,
  [KubeProxyMode.NFTABLES]: NftablesKubeProxy,
  [KubeProxyMode.IPVS]: IpvsKubeProxy,
};
type Mode = keyof typeof PROXIES;

const worker = (address = '10.20.0.21', addressV6?: string) =>
  Machine.worker('w-1', { zone: 'oslo-1', address, addressV6 });
const withWorker = { machines: [...[1, 2, 3].map((n) => osloMachine(n)), worker()] };

interface Site {
  readonly mode?: Mode;
  readonly props?: Partial<ClusterProps>;
  readonly calico?: TunedCalicoOptions;
  readonly firewall?: HostFirewallOptions;
}

/** A cluster in which every room asks for what it needs, behind its firewall. */
function site({ mode = KubeProxyMode.IPTABLES, props = withWorker, calico, firewall = SSH }: Site) {
  const chart = new Chart(new App(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', osloProps(props));
  new PROXIES[mode](chart, 'kube-proxy', { cluster });
  new NodeLocalDns(chart, 'dns', { cluster });
  if (calico === undefined) {
    new TunedFlannel(chart, 'cni', { cluster });
  } else {
    new TunedCalico(chart, 'cni', { cluster, ...calico });
  }
  new EtcdOnNvme(chart, 'etcd', { cluster });
  new HardenedNginxIngress(chart, 'ingress', { cluster });
  const nodes = new NodeBootstrap(chart, 'nodes', { cluster, firewall });
  const files = nodes.nodeFiles();
  return { cluster, files, rules: (machine: string) => unpacked(files, machine, FILE) };
}

/** The rules of a ruleset, without sets, comments and what always stands there. */
function accepted(rules: string): string[] {
  const { input } = new NodeFile(FILE, rules).nft()['inet groundwork']!.chains;
  return input!.rules.filter(
    (rule) => / accept$/.test(rule) && !/^(ct|iif|icmp|icmpv6|udp sport|ip6 saddr fe80)/.test(rule),
  );
}

/** What each accepting rule lets in, in the words of the ledger; written apart from what renders them. */
function opened(rules: string): string[] {
  const words: Record<string, string> = {
    '@machines': 'machines',
    '@control_planes': 'control-plane',
    '@pods': 'pods',
  };
  const list = (text: string) => text.replace(/^\{ | \}$/g, '').split(', ');
  return accepted(rules).flatMap((rule) => {
    const [, source = '', what = ''] =
      /^(?:ip6? saddr (@\w+|\{.*?\}|\S+) )?(.+) accept$/.exec(rule) ?? [];
    const from = source === '' ? 'anywhere' : (words[source.replace(/6$/, '')] ?? source);
    const [, protocol, ports] = /^(\w+) dport (.+)$/.exec(what) ?? [];
    if (protocol !== undefined) {
      return list(ports!).map((port) => `${port}/${protocol} from ${from}`);
    }
    const [, numbers] = /^meta l4proto (.+)$/.exec(what) ?? [];
    if (numbers !== undefined) {
      return list(numbers).map((number) => `protocol ${number} from ${from}`);
    }
    return list(/^ip6? daddr (.+)$/.exec(what)![1]!).map((network) => `to ${network} from ${from}`);
  });
}

describe('ports of the ledger and rules of the firewall', () => {
  const sites: Array<[string, Site]> = [
    ['iptables mode, flannel', {}],
    ['nftables mode, Calico', { mode: KubeProxyMode.NFTABLES, calico: { wireguard: {} } }],
    ['IPVS mode, flannel', { mode: KubeProxyMode.IPVS }],
    [
      'IPVS mode, Calico, two families',
      {
        mode: KubeProxyMode.IPVS,
        calico: {
          bgp: { advertiseServiceCidr: true, serviceLoadBalancerIps: ['198.51.101.0/24'] },
        },
        props: dualStack({
          machines: [...[1, 2, 3].map((n) => dualMachine(n)), worker('10.20.0.21', 'fd00:20::21')],
        }),
      },
    ],
    [
      'one family, which is IPv6',
      {
        mode: KubeProxyMode.NFTABLES,
        firewall: {
          sshFrom: ['2001:db8::/32'],
          allow: [{ port: '', protocol: '112', why: 'VRRP' }],
        },
        props: {
          podCidr: 'fd00:244::/56',
          serviceCidr: 'fd00:96::/112',
          endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
          zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
          machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
        },
      },
    ],
  ];

  test.each(sites)('are the same: %s', (_name, one) => {
    const { cluster, rules } = site(one);
    for (const machine of cluster.machines) {
      const asked = cluster.ledger.forMachine(machine).ports.map(({ key }) =>
        // A single address loses its prefix.
        key.replace(/(?<=from \d+(\.\d+){3})\/32\b/, ''),
      );
      // The range of NodePorts holds those that the ingress names.
      const inRange = (key: string) => /^30\d\d\d\/tcp from anywhere$/.test(key);
      expect([...new Set(opened(rules(machine.name)))].sort()).toEqual(
        asked.filter((key) => !inRange(key)).sort(),
      );
    }
  });

  test('workers let nobody reach an etcd, and control planes only each other', () => {
    const { rules } = site({});
    expect(accepted(rules('w-1')).filter((rule) => /2379|6443/.test(rule))).toEqual([]);
    expect(accepted(rules('cp-1'))).toContain(
      'ip saddr @control_planes tcp dport 2379-2380 accept',
    );
    expect(rules('cp-1')).toContain('elements = { 10.20.0.11, 10.20.0.12, 10.20.0.13 }');
  });

  test('machines are told by address, or by the network of their zone', () => {
    expect(site({}).rules('w-1')).toContain(
      'elements = { 10.20.0.11, 10.20.0.12, 10.20.0.13, 10.20.0.21 }',
    );
    const zones = site({ firewall: { ...SSH, trustZoneNetworks: true } }).rules('cp-1');
    expect(zones).toContain('elements = { 10.20.0.0/24 }');
    // Never for etcd.
    expect(zones).toContain('elements = { 10.20.0.11, 10.20.0.12, 10.20.0.13 }');
  });

  test('every rule stands under its reasons', () => {
    const rules = site({}).rules('cp-1');
    expect(rules).toContain('    # 53/tcp, 53/udp: DNS cache (oslo/dns)\n');
    expect(rules).toContain('    # 22/tcp: SSH for administrators (oslo/nodes)\n');
  });

  test('sets hold nothing twice: nft would refuse the file', () => {
    const firewall: HostFirewallOptions = {
      sshFrom: ['10.1.0.0/16', '10.0.0.0/8', 'fd00::/8', 'fd00:1::/32', '192.0.2.1/32'],
      allow: [
        { port: '9100-9110', protocol: 'tcp', why: 'exporters' },
        { port: '9105', protocol: 'tcp', why: 'one of them' },
        { port: '9111', protocol: 'tcp', why: 'the next one' },
      ],
    };
    const rules = accepted(site({ firewall }).rules('w-1'));
    expect(rules).toContain('ip saddr { 10.0.0.0/8, 192.0.2.1 } tcp dport 22 accept');
    expect(rules).toContain('ip6 saddr fd00::/8 tcp dport 22 accept');
    expect(rules).toContain('tcp dport { 9100-9110, 9111, 30000-32767 } accept');
  });
});

describe('what every machine gets', () => {
  const { files } = oslo({}, { firewall: SSH });

  test('nothing without the option', () => {
    const without = oslo().files();
    expect(Object.keys(without).filter((path) => /firewall|nftables/.test(path))).toEqual([]);
  });

  test('its own table and the INPUT hook, nothing of others', () => {
    const rules = unpacked(files(), 'cp-1', FILE);
    expect(rules).not.toMatch(/flush|forward|output|postrouting/);
    expect(rules.match(/hook \w+/g)).toEqual(['hook input']);
    expect(rules.match(/table \w+ \w+/g)).toEqual(Array(3).fill('table inet groundwork'));
    expect(rules.indexOf('\ndelete table')).toBeGreaterThan(rules.indexOf('\ntable'));
  });

  test('a unit that bootstrap starts, and the package it needs', () => {
    expect(unpacked(files(), 'cp-1', '/etc/groundwork/units.list')).toContain(
      '\ngroundwork-firewall.service\n',
    );
    expect(unpacked(files(), 'cp-1', '/etc/groundwork/packages.list')).toContain('\nnftables\n');
    const unit = unpacked(files(), 'cp-1', '/etc/systemd/system/groundwork-firewall.service');
    expect(unit).toContain('\nBefore=network-pre.target\n');
    expect(unit).toContain(`\nExecStart=/usr/sbin/nft -f ${FILE}\n`);
    expect(unit).not.toContain('flush');
  });

  test("Debian's own unit empties nothing", () => {
    const dropIn = '/etc/systemd/system/nftables.service.d/60-groundwork.conf';
    const lines = unpacked(files(), 'cp-1', dropIn).split('\n');
    expect(lines).toContain(`ConditionPathExists=!${FILE}`);
    expect(lines).toContain('ExecStop=');
  });

  test('the log can be left out', () => {
    expect(unpacked(files(), 'cp-1', FILE)).toContain('log prefix "groundwork refused: "');
    const quiet = oslo({}, { firewall: { ...SSH, logRefused: false } });
    expect(unpacked(quiet.files(), 'cp-1', FILE)).not.toContain('log');
    const logs = (cluster: Cluster) =>
      cluster.decisions().filter(({ key }) => key.includes('input log'));
    expect(logs(oslo({}, { firewall: SSH }).cluster)).toHaveLength(1);
    expect(logs(quiet.cluster)).toEqual([]);
  });

  test('little of the user-data', () => {
    const names = ['firewall.nft', 'groundwork-firewall.service', 'nftables.service.d'];
    const bytes = userData(site({}).files, 'cp-1')
      .write_files.filter(({ path }: { path: string }) => names.some((name) => path.includes(name)))
      .reduce((sum: number, { content }: { content: string }) => sum + content.length, 0);
    expect(bytes).toBeLessThan(6 * 1024);
  });
});

test.each<[string, HostFirewallOptions, string]>([
  [
    'nobody for SSH',
    { sshFrom: [] },
    'firewall.sshFrom must be at least one canonical CIDR, got nothing; name the network that you administer from, or that of your jump host',
  ],
  [
    'a network with host bits',
    { sshFrom: ['10.0.0.1/8'] },
    'firewall.sshFrom must be canonical CIDRs, got 10.0.0.1/8; write the network address with its prefix length, and /32 or /128 behind a single one',
  ],
  [
    'an SSH port that is none',
    { ...SSH, sshPort: 0 },
    'firewall.sshPort must be between 1 and 65535, got 0; give the port of the SSH servers',
  ],
  [
    'an empty list of pools',
    { ...SSH, loadBalancerCidrs: [] },
    'firewall.loadBalancerCidrs must be at least one canonical CIDR, got nothing; leave it out, or name a network',
  ],
  [
    'an allowance without a reason, from nowhere',
    { ...SSH, allow: [{ port: '9100', protocol: 'tcp', why: ' ', from: [] }] },
    'firewall.allow[0].from must be at least one canonical CIDR, got nothing; leave it out, or name a network\n' +
      '[nodes] firewall.allow[0].why must be a reason, got nothing; say who connects and what for; it is all that people find on the machine',
  ],
  [
    'a port that is none',
    { ...SSH, allow: [{ port: '99999', protocol: 'tcp', why: 'x' }] },
    'port must be a number from 1 to 65535, a range such as 2379-2380, or empty, got 99999; leave it empty for a protocol without ports',
  ],
])('throws: %s', (_name, firewall, message) => {
  expect(() => oslo({}, { firewall })).toThrow(`[nodes] ${message}`);
});

describe('findings', () => {
  const found = (id: string, one: Site) => messages(site(one).cluster, id);

  test('none of them without a firewall', () => {
    const ids = oslo({
      loadBalancer: LoadBalancerKind.METALLB_L2,
      kubeProxyMode: KubeProxyMode.IPVS,
    })
      .cluster.findings()
      .map(({ id }) => id);
    expect(ids.filter((id) => /^GW-NODE-0(4[5-9]|5[0-4])$/.test(id))).toEqual([]);
  });

  test('GW-NODE-045: SSH from everybody', () => {
    const firewall = { sshFrom: ['0.0.0.0/0', '::/0', '10.0.0.0/8'] };
    expect(found('GW-NODE-045', { firewall })).toEqual([
      'SSH is let in from 0.0.0.0/0',
      'SSH is let in from ::/0',
    ]);
    expect(found('GW-NODE-045', {})).toEqual([]);
  });

  test('GW-NODE-046: a load balancer of which the firewall knows nothing', () => {
    const props = { ...withWorker, loadBalancer: LoadBalancerKind.METALLB_L2 };
    const ipvs = { mode: KubeProxyMode.IPVS as Mode, props };
    expect(found('GW-NODE-046', ipvs)).toEqual([
      'Services of type LoadBalancer get addresses from metallb-l2, and the firewall knows none of them',
    ]);
    const firewall = { ...SSH, loadBalancerCidrs: ['10.20.0.128/28'] };
    expect(found('GW-NODE-046', { ...ipvs, firewall })).toEqual([]);
    expect(found('GW-NODE-046', { props })).toEqual([]);
    expect(found('GW-NODE-046', { mode: KubeProxyMode.IPVS })).toEqual([]);
  });

  test('GW-NODE-047: no kube-proxy', () => {
    const { cluster } = oslo({ kubeProxyMode: KubeProxyMode.NONE }, { firewall: SSH });
    expect(messages(cluster, 'GW-NODE-047')).toEqual([
      'no test sent packets through the firewall without a kube-proxy',
    ]);
    expect(found('GW-NODE-047', {})).toEqual([]);
  });

  test('GW-NODE-048: what a firewall of the machine does not see', () => {
    expect(found('GW-NODE-048', {})).toEqual([
      'NodePorts and host ports of pods are open whatever the firewall says',
    ]);
    expect(found('GW-NODE-048', { mode: KubeProxyMode.IPVS })).toEqual([
      'host ports of pods are open whatever the firewall says',
    ]);
  });

  test('GW-NODE-049: host endpoints of Calico', () => {
    expect(found('GW-NODE-049', { calico: { hostEndpoints: {} } })).toEqual([
      'machines have a host firewall and host endpoints of Calico',
    ]);
    expect(found('GW-NODE-049', { calico: {} })).toEqual([]);
  });

  test('GW-NODE-050: strangers on the network of the machines', () => {
    expect(found('GW-NODE-050', { firewall: { ...SSH, trustZoneNetworks: true } })).toEqual([
      'every address of 10.20.0.0/24 passes for a machine',
    ]);
    expect(found('GW-NODE-050', {})).toEqual([]);
  });

  test('GW-NODE-051: an allowance that opens what is guarded', () => {
    const allow = (port: string, from?: string[], machines?: string[]) =>
      found('GW-NODE-051', {
        firewall: { ...SSH, allow: [{ port, protocol: 'tcp', why: 'test', from, machines }] },
      });
    expect(allow('2380')).toEqual([
      '2380/tcp is let in from anywhere; 2379-2380/tcp was asked for control-plane only',
    ]);
    // Machines are wider than control planes, and no wider than machines.
    expect(allow('2379', ['10.20.0.0/24'])).toHaveLength(1);
    expect(allow('10250', ['10.20.0.0/24'])).toEqual([]);
    expect(allow('10250', ['192.0.2.0/24'])).toHaveLength(1);
    // No etcd there.
    expect(allow('2379', undefined, ['w-1'])).toEqual([]);
    expect(allow('9100')).toEqual([]);
    expect(allow('6443')).toEqual([]);
  });
});

describe('new rules on a machine that runs', () => {
  const RELOAD = 'systemctl reload groundwork-firewall.service';

  test('are loaded once, and not before the unit ran', () => {
    const trial = ready('cp-1');
    trial.write(FILE, 'one\n');
    trial.stub('systemctl', '[ "$*" != "is-active --quiet groundwork-firewall.service" ]');
    expect(trial.run().code).toBe(0);
    expect(trial.calls).not.toContain(RELOAD);

    trial.stub('systemctl', 'exit 0');
    expect(trial.run('--only', 'config').code).toBe(0);
    expect(trial.calls).not.toContain(RELOAD);
    trial.write(FILE, 'two\n');
    expect(trial.run('--only', 'config').code).toBe(0);
    expect(trial.run('--only', 'config').code).toBe(0);
    expect(trial.calls.filter((call) => call === RELOAD)).toHaveLength(1);
  });

  test('stop the run when nft does not take them, and are tried again', () => {
    const trial = ready('cp-1');
    expect(trial.run().code).toBe(0);
    trial.write(FILE, 'wrong\n');
    trial.stub('systemctl', '[ "$1" != reload ]');
    for (const _ of [1, 2]) {
      const { code, output } = trial.run('--only', 'config');
      expect({ code, output }).toMatchObject({ code: 1 });
      expect(output).toContain(
        'nft does not take /etc/groundwork/firewall.nft, see journalctl -u groundwork-firewall; the rules from before are still in force',
      );
    }
  });
});
