import { Size } from 'cdk8s';
import { Machine, type KernelOptions } from '../../lib';
import { osloMachine } from '../support/oslo';
import { messages, oslo } from './support';

/** The flagship with overrides, and what else is asked for. */
function found(
  id: string,
  overrides: KernelOptions['overrides'] = {},
  ask: (made: ReturnType<typeof oslo>) => void = () => undefined,
): string[] {
  const made = oslo({}, { kernel: { overrides } });
  ask(made);
  return messages(made.cluster, id);
}

test('the flagship has none of them', () => {
  const ids = oslo()
    .cluster.findings()
    .map(({ id }) => id);
  expect(ids.filter((id) => id > 'GW-NODE-005' && id.startsWith('GW-NODE-'))).toEqual([]);
});

test('GW-NODE-006: memory that nobody gave', () => {
  const bare = (n: number) =>
    Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}` });
  const of = (machines: Machine[]) => messages(oslo({ machines }).cluster, 'GW-NODE-006');
  const workers = [1, 2, 3, 4, 5, 6, 7].map(bare);
  expect(of([osloMachine(1), bare(1)])).toEqual([
    'memory is unknown, so net.netfilter.nf_conntrack_max stays at 262144, on w-1',
  ]);
  expect(of([osloMachine(1), ...workers])).toEqual([
    'memory is unknown, so net.netfilter.nf_conntrack_max stays at 262144, on w-1, w-2, w-3, w-4, w-5 and 2 more',
  ]);
  expect(of([osloMachine(1)])).toEqual([]);
});

test("GW-NODE-007: a connection table smaller than the kernel's own", () => {
  const key = 'net.netfilter.nf_conntrack_max';
  expect(found('GW-NODE-007', { [key]: '131072' })).toEqual([
    'net.netfilter.nf_conntrack_max is 131072; the kernel takes 262144 by itself',
  ]);
  expect(found('GW-NODE-007', { [key]: '262144' })).toEqual([]);
  const machines = [osloMachine(1, { memory: Size.gibibytes(4) })];
  const small = oslo({ machines }, { kernel: { overrides: { [key]: '131072' } } });
  expect(messages(small.cluster, 'GW-NODE-007')).toEqual([]);
});

test('GW-NODE-008: tcp_fin_timeout against TIME_WAIT', () => {
  expect(found('GW-NODE-008', { 'net.ipv4.tcp_fin_timeout': '30' })).toEqual([
    'net.ipv4.tcp_fin_timeout is 30; it cures no TIME_WAIT',
  ]);
  expect(found('GW-NODE-008', { 'net.ipv4.tcp_tw_reuse': '1' })).toEqual([]);
});

describe('GW-NODE-009: parameters of modules', () => {
  const bridge = { 'net.bridge.bridge-nf-call-iptables': '1' };

  test('bridge-nf-call without br_netfilter', () => {
    expect(found('GW-NODE-009', bridge)).toEqual([
      'net.bridge.bridge-nf-call-iptables is set, and nobody asks for the module br_netfilter',
    ]);
    expect(
      found('GW-NODE-009', bridge, ({ cluster, node }) =>
        cluster.ledger.requireKernelModule('br_netfilter', { by: node, why: 'test' }),
      ),
    ).toEqual([]);
  });

  test('ip_vs; and nf_conntrack, whose module is always there', () => {
    expect(found('GW-NODE-009', { 'net.ipv4.vs.conntrack': '1' })).toEqual([
      'net.ipv4.vs.conntrack is set, and nobody asks for the module ip_vs',
    ]);
    expect(found('GW-NODE-009', { 'net.netfilter.nf_conntrack_log_invalid': '1' })).toEqual([]);
  });

  test('one machine is named, all are not', () => {
    expect(
      found('GW-NODE-009', {}, ({ cluster, node }) =>
        cluster.ledger.requireSysctl('net.ipv4.vs.conntrack', '1', {
          by: node,
          why: 'test',
          machines: ['cp-2'],
        }),
      ),
    ).toEqual(['net.ipv4.vs.conntrack is set, and nobody asks for the module ip_vs, on cp-2']);
  });
});

test('GW-NODE-010: files that set parameters themselves', () => {
  const of = (path: string) =>
    found('GW-NODE-010', {}, ({ cluster, node }) =>
      cluster.ledger.requireFile(path, { by: node, why: 'test', content: 'vm.swappiness = 0\n' }),
    );
  expect(of('/etc/sysctl.conf')).toEqual(['/etc/sysctl.conf is a file of its own']);
  expect(of('/etc/sysctl.d/99-kubernetes.conf')).toEqual([
    '/etc/sysctl.d/99-kubernetes.conf is a file of its own',
  ]);
  expect(of('/etc/other.conf')).toEqual([]);
});

describe('GW-NODE-011: modules that are loaded by hand', () => {
  const script = (content: string, module?: string) =>
    found('GW-NODE-011', {}, ({ cluster, node }) => {
      cluster.ledger.requireFile('/usr/local/bin/load', { by: node, why: 'test', content });
      if (module !== undefined) {
        cluster.ledger.requireKernelModule(module, { by: node, why: 'test' });
      }
    });

  test.each([
    ['modprobe br_netfilter', ['br_netfilter']],
    ['  modprobe -a ip_vs ip_vs_rr || true', ['ip_vs', 'ip_vs_rr']],
    ['/sbin/modprobe -- br-netfilter # for bridges', ['br_netfilter']],
    ['test -e /x && modprobe dummy numdummies=2; echo', ['dummy']],
    ['# modprobe ip_vs', []],
    ['cat /etc/modprobe.d/x.conf', []],
    ['modprobe overlay', []],
  ])('%s', (line, modules) => {
    expect(script(`#!/bin/sh\n${line}\n`)).toEqual(
      modules.map((name) => `/usr/local/bin/load loads ${name}, and nobody asks for it at boot`),
    );
  });

  test('the same module in the ledger, and a unit', () => {
    expect(script('modprobe br_netfilter\n', 'br_netfilter')).toEqual([]);
    expect(
      found('GW-NODE-011', {}, ({ cluster, node }) =>
        cluster.ledger.requireUnit('load.service', {
          by: node,
          why: 'test',
          content: '[Service]\nExecStart=/sbin/modprobe ip_vs\n',
        }),
      ),
    ).toEqual(['load.service loads ip_vs, and nobody asks for it at boot']);
  });
});

test('GW-NODE-012: swappiness without swap', () => {
  expect(found('GW-NODE-012', { 'vm.swappiness': '0' })).toEqual([
    'vm.swappiness is 0; it has no effect without swap',
  ]);
  expect(found('GW-NODE-012', { 'vm.dirty_ratio': '10' })).toEqual([]);
});

test('GW-NODE-013: loopback for neighbours', () => {
  expect(found('GW-NODE-013', { 'net.ipv4.conf.all.route_localnet': '1' })).toEqual([
    'net.ipv4.conf.all.route_localnet is 1',
  ]);
  expect(found('GW-NODE-013', { 'net.ipv4.conf.all.route_localnet': '0' })).toEqual([]);
});

test('GW-NODE-014: names that are gone', () => {
  expect(found('GW-NODE-014', { 'net.ipv4.tcp_tw_recycle': '1' })).toEqual([
    'net.ipv4.tcp_tw_recycle is gone since Linux 4.12',
  ]);
  expect(
    found('GW-NODE-014', {
      'net.ipv4.netfilter.ip_conntrack_max': '65536',
      'net.ipv4.ip_forward': '1',
      'kernel.sched_migration_cost_ns': '5000000',
    }),
  ).toEqual([
    'kernel.sched_migration_cost_ns is gone since Linux 5.13, to debugfs',
    'net.ipv4.netfilter.ip_conntrack_max is gone and has its names below net.netfilter.nf_conntrack_',
  ]);
  const module = (name: string) =>
    found('GW-NODE-014', {}, ({ cluster, node }) =>
      cluster.ledger.requireKernelModule(name, { by: node, why: 'test' }),
    );
  expect(module('nf_conntrack_ipv4')).toEqual([
    'module nf_conntrack_ipv4 is part of nf_conntrack since Linux 4.19',
  ]);
  expect(module('nf_conntrack_ftp')).toEqual([]);
});

test('what is asked for after the rules have run is seen the next time', () => {
  const { cluster, node } = oslo();
  expect(messages(cluster, 'GW-NODE-012')).toEqual([]);
  cluster.ledger.requireSysctl('vm.swappiness', '10', { by: node, why: 'test' });
  expect(messages(cluster, 'GW-NODE-012')).toHaveLength(1);
});
