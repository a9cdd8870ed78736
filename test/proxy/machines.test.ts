import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { KubeProxyMode, Machine, OperatingSystem } from '../../lib/cluster';
import { NodeBootstrap } from '../../lib/node';
import { IpvsScheduler } from '../../lib/proxy';
import { connectionTableBits } from '../../lib/proxy/machine-needs';
import { conntrackRows } from '../../lib/proxy/tuning-conntrack';
import { osloCluster, osloMachine } from '../support/oslo';
import { render, renderMode } from './support';

const machines = [
  osloMachine(1),
  osloMachine(2, { memory: Size.gibibytes(2) }),
  osloMachine(3, { memory: undefined }),
  Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', memory: Size.gibibytes(64) }),
];

function needs(name: string, ...args: Parameters<typeof render>) {
  const { cluster } = render(...args);
  const { ledger } = cluster;
  expect(ledger.clashes(cluster.machines)).toEqual([]);
  return ledger.forMachine(cluster.machines.find((m) => m.name === name)!);
}

/** The proxy with the machines' own bootstrap beside it. */
function withMachines(facts: Parameters<typeof render>[1]) {
  const rendered = render({}, facts);
  new NodeBootstrap(rendered.chart, 'nodes', { cluster: rendered.cluster });
  return rendered;
}

const values = (entries: Array<{ key: string; value: string }>) =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

test('asks for the modules of IPVS mode and its scheduler, and for no legacy name', () => {
  const modules = (options = {}) => needs('cp-1', options).kernelModules.map(({ key }) => key);
  expect(modules()).toEqual([
    'dummy',
    'ip_set',
    'ip_set_bitmap_port',
    'ip_set_hash_ip',
    'ip_set_hash_ipport',
    'ip_set_hash_ipportip',
    'ip_set_hash_ipportnet',
    'ip_vs',
    'ip_vs_rr',
    'nf_conntrack',
    'xt_addrtype',
    'xt_comment',
    'xt_conntrack',
    'xt_mark',
    'xt_set',
  ]);
  expect(modules({ scheduler: IpvsScheduler.LC })).toContain('ip_vs_lc');
  expect(modules({ scheduler: IpvsScheduler.LC })).not.toContain('ip_vs_rr');
});

test.each([
  ['cp-1', '524288', '17'],
  ['cp-2', '65536', '14'],
  ['cp-3', '262144', '16'],
  ['w-1', '1048576', '18'],
])('sizes the connection table of %s by its memory', (name, size, bits) => {
  const { sysctls, kernelModuleOptions } = needs(name, {}, { machines });
  // The machine's own bootstrap asks for the conntrack table.
  expect(sysctls).toEqual([]);
  expect(values(kernelModuleOptions)).toEqual({
    'dummy numdummies': '0',
    'ip_vs conn_tab_bits': bits,
  });
  const { cluster } = withMachines({ machines });
  const { sysctls: own } = cluster.ledger.forMachine(machines.find((m) => m.name === name)!);
  expect(values(own)).toMatchObject({ 'net.netfilter.nf_conntrack_max': size });
});

test('every conntrack setting has exactly one owner', () => {
  for (const foreign of [false, true]) {
    const { cluster, configuration } = foreign ? render({}, {}, true) : withMachines({});
    const { conntrack } = configuration;
    const written = {
      nf_conntrack_max: conntrack.maxPerCore > 0,
      nf_conntrack_tcp_timeout_established: conntrack.tcpEstablishedTimeout !== '0s',
      nf_conntrack_tcp_timeout_close_wait: conntrack.tcpCloseWaitTimeout !== '0s',
    };
    expect([conntrack.udpTimeout, conntrack.udpStreamTimeout]).toEqual(['0s', '0s']);
    const asked = cluster.ledger.forMachine(cluster.machines[0]).sysctls.map(({ key }) => key);
    for (const [name, byKubeProxy] of Object.entries(written)) {
      expect([name, asked.includes(`net.netfilter.${name}`)]).toEqual([name, !byKubeProxy]);
      expect(byKubeProxy).toBe(foreign);
    }
  }
});

test('the minimum of kube-proxy on machines of others follows the peak, as far as every memory allows', () => {
  const minimum = (facts: Parameters<typeof render>[1]) =>
    render({}, facts, true).configuration.conntrack.min;
  const machine = (gibibytes: number | undefined, peakConnections?: number) => ({
    machines: [
      osloMachine(1, { memory: gibibytes === undefined ? undefined : Size.gibibytes(gibibytes) }),
      osloMachine(2, { peakConnections }),
      osloMachine(3),
    ],
  });
  expect(minimum({})).toBe(262144);
  expect(minimum(machine(16, 200_000))).toBe(524288);
  expect(minimum(machine(16, 5_000_000))).toBe(524288);
  // Two per cent of 4 GiB; upstream's own minimum.
  expect(minimum(machine(4, 200_000))).toBe(131072);
  expect(minimum(machine(undefined, 200_000))).toBe(262144);
});

test.each([
  [KubeProxyMode.IPVS, OperatingSystem.UBUNTU_22_04, true],
  [KubeProxyMode.NFTABLES, OperatingSystem.UBUNTU_22_04, true],
  [KubeProxyMode.IPTABLES, OperatingSystem.UBUNTU_22_04, false],
  [KubeProxyMode.IPVS, OperatingSystem.DEBIAN_12, false],
  [KubeProxyMode.NFTABLES, OperatingSystem.DEBIAN_12, false],
])('mode %s: packets outside the window', (mode, operatingSystem, liberal) => {
  const cluster = osloCluster(undefined, { operatingSystem });
  expect(conntrackRows(cluster, mode, undefined).tcpBeLiberal.value).toBe(liberal);
  expect(conntrackRows(cluster, mode, !liberal).tcpBeLiberal.value).toBe(!liberal);
});

test('the explain page names every size once', () => {
  const { cluster } = render({}, { machines });
  const value = (key: string) => cluster.decisions().find((d) => d.key === key)?.value;
  expect(value('modprobe.ip_vs.conn_tab_bits')).toBe('14, 16, 17, 18');
});

test('opens metrics only when they are served to others', () => {
  const ports = (metricsBindAddress?: string) =>
    needs('cp-1', { metricsBindAddress }).ports.map(({ key }) => key);
  const always = [
    '10256/tcp from machines',
    '30000-32767/tcp from anywhere',
    '30000-32767/udp from anywhere',
    'to 10.96.0.0/16 from pods',
  ];
  expect(ports()).toEqual(always);
  expect(ports('127.0.0.1:9999')).toEqual(always);
  expect(ports('0.0.0.0:10249')).toEqual([
    '10249/tcp from machines',
    '10249/tcp from pods',
    ...always,
  ]);
});

test('the connection table grows with conntrack, within what every kernel takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1024, max: 2 ** 26 }),
      fc.integer({ min: 0, max: 2 ** 20 }),
      (max, more) => {
        const bits = connectionTableBits(max);
        expect(bits).toBeGreaterThanOrEqual(12);
        expect(bits).toBeLessThanOrEqual(20);
        expect(connectionTableBits(max + more)).toBeGreaterThanOrEqual(bits);
        expect(bits === 12 || 2 ** bits <= max / 4).toBe(true);
      },
    ),
  );
});

describe('the other modes', () => {
  const asked = (mode: KubeProxyMode.IPTABLES | KubeProxyMode.NFTABLES) => {
    const { cluster } = renderMode(mode);
    return cluster.ledger.forMachine(cluster.machines[0]!);
  };
  const keys = (entries: Array<{ key: string }>) => entries.map(({ key }) => key);

  test('iptables mode asks for the matches and targets of its rules', () => {
    expect(keys(asked(KubeProxyMode.IPTABLES).kernelModules)).toEqual([
      'ip6t_REJECT',
      'ipt_REJECT',
      'nf_conntrack',
      'nf_tables',
      'nft_chain_nat',
      'nft_compat',
      'xt_MASQUERADE',
      'xt_addrtype',
      'xt_comment',
      'xt_conntrack',
      'xt_mark',
      'xt_nat',
      'xt_recent',
      'xt_statistic',
      'xt_tcpudp',
    ]);
  });

  test('nftables mode asks for the expressions of its rules', () => {
    expect(keys(asked(KubeProxyMode.NFTABLES).kernelModules)).toEqual([
      'nf_conntrack',
      'nf_tables',
      'nft_chain_nat',
      'nft_ct',
      'nft_fib',
      'nft_fib_ipv4',
      'nft_fib_ipv6',
      'nft_masq',
      'nft_nat',
      'nft_numgen',
      'nft_reject',
      'nft_reject_ipv4',
      'nft_reject_ipv6',
    ]);
  });

  test.each([KubeProxyMode.IPTABLES, KubeProxyMode.NFTABLES] as const)(
    '%s mode has the ports of IPVS mode without the addresses, and nothing else of it',
    (mode) => {
      const ours = asked(mode);
      const ipvs = needs('cp-1');
      expect(values(ours.sysctls)).toEqual(values(ipvs.sysctls));
      const ports = keys(ipvs.ports).filter((key) => key !== 'to 10.96.0.0/16 from pods');
      expect(keys(ours.ports)).toEqual(ports);
      // The connection table is the bootstrap's, whichever proxy there is.
      expect(keys(ours.kernelModuleOptions)).toEqual([]);
    },
  );

  test('the port of the health check follows its address', () => {
    const { cluster } = renderMode(KubeProxyMode.NFTABLES, { healthzBindAddress: '0.0.0.0:10356' });
    expect(keys(cluster.ledger.forMachine(cluster.machines[0]!).ports)).toContain(
      '10356/tcp from machines',
    );
  });
});
