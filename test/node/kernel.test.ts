import { App, Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  KernelProfile,
  Machine,
  MergeRule,
  NodeBootstrap,
  Zone,
  type ClusterProps,
  type KernelOptions,
  type LedgerEntry,
} from '../../lib';
import { backlog, neighbourLimit } from '../../lib/node/kernel/network-rows';
import { inotifyWatches } from '../../lib/node/kernel/resource-rows';
import { dualStack } from '../support/dual-stack';
import { osloCluster, osloMachine } from '../support/oslo';
import { oslo, unpacked } from './support';

const values = (entries: LedgerEntry[]) => Object.fromEntries(entries.map((e) => [e.key, e.value]));

/** What the first machine gets. */
function sysctls(kernel: KernelOptions = {}, changes: Partial<ClusterProps> = {}) {
  const { cluster } = oslo(changes, { kernel });
  return values(cluster.ledger.forMachine(cluster.machines[0]!).sysctls);
}

function many(count: number): Partial<ClusterProps> {
  const workers = Array.from({ length: count - 3 }, (_, n) =>
    Machine.worker(`w-${n}`, {
      zone: 'oslo-1',
      address: `10.20.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`,
      memory: Size.gibibytes(64),
    }),
  );
  return {
    podCidr: '10.128.0.0/12',
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/16' })],
    machines: [osloMachine(1), osloMachine(2), osloMachine(3), ...workers],
  };
}

test('the whole table, with its values', () => {
  expect(sysctls()).toEqual({
    'fs.aio-max-nr': '1048576',
    'fs.inotify.max_user_instances': '8192',
    'fs.inotify.max_user_watches': '524288',
    'kernel.keys.root_maxbytes': '25000000',
    'kernel.keys.root_maxkeys': '1000000',
    'kernel.panic': '10',
    'kernel.panic_on_oops': '1',
    'net.core.somaxconn': '4096',
    'net.ipv4.conf.all.accept_redirects': '0',
    'net.ipv4.conf.all.send_redirects': '0',
    'net.ipv4.conf.default.accept_redirects': '0',
    'net.ipv4.conf.default.send_redirects': '0',
    'net.ipv4.conf.eno1.send_redirects': '0',
    'net.ipv4.ip_forward': '1',
    'net.ipv4.neigh.default.gc_thresh1': '1024',
    'net.ipv4.neigh.default.gc_thresh2': '2048',
    'net.ipv4.neigh.default.gc_thresh3': '4096',
    'net.ipv4.tcp_keepalive_intvl': '60',
    'net.ipv4.tcp_keepalive_probes': '5',
    'net.ipv4.tcp_keepalive_time': '600',
    'net.ipv4.tcp_max_syn_backlog': '4096',
    'net.netfilter.nf_conntrack_max': '524288',
    'net.netfilter.nf_conntrack_tcp_timeout_close_wait': '3600',
    'net.netfilter.nf_conntrack_tcp_timeout_established': '86400',
    'net.netfilter.nf_conntrack_udp_timeout': '30',
    'net.netfilter.nf_conntrack_udp_timeout_stream': '120',
    'vm.max_map_count': '1048576',
    'vm.overcommit_memory': '1',
    'vm.panic_on_oom': '0',
  });
});

describe('what follows from the size of machines and cluster', () => {
  test.each([
    [4, '131072', '524288'],
    [16, '524288', '524288'],
    [64, '1048576', '1048576'],
  ])('%i GiB', (memory, conntrack, watches) => {
    const machines = [osloMachine(1, { memory: Size.gibibytes(memory) })];
    expect(sysctls({}, { machines })).toMatchObject({
      'net.netfilter.nf_conntrack_max': conntrack,
      'fs.inotify.max_user_watches': watches,
    });
  });

  test.each([
    [3, '4096', '4096'],
    [100, '4096', '4096'],
    [1000, '8192', '4096'],
    [1100, '8192', '8192'],
  ])('%i machines', (count, neighbours, queue) => {
    expect(sysctls({}, many(count))).toMatchObject({
      'net.ipv4.neigh.default.gc_thresh1': String(Number(neighbours) / 4),
      'net.ipv4.neigh.default.gc_thresh2': String(Number(neighbours) / 2),
      'net.ipv4.neigh.default.gc_thresh3': neighbours,
      'net.core.somaxconn': queue,
      'net.ipv4.tcp_max_syn_backlog': queue,
    });
  });

  test('IPv6 machines get the parameters of their family', () => {
    expect(sysctls({}, dualStack())).toMatchObject({
      'net.ipv6.conf.all.forwarding': '1',
      'net.ipv6.conf.default.forwarding': '1',
      'net.ipv6.neigh.default.gc_thresh3': '4096',
    });
    expect(Object.keys(sysctls()).filter((key) => key.includes('ipv6'))).toEqual([]);
  });

  test('formulas only grow, and stay within their bounds', () => {
    const count = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(count, count, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        for (const formula of [neighbourLimit, backlog]) {
          expect(formula(less)).toBeLessThanOrEqual(formula(more));
          expect(formula(less)).toBeGreaterThanOrEqual(4096);
          expect(Number.isInteger(Math.log2(formula(more)))).toBe(true);
        }
        expect(neighbourLimit(more)).toBeGreaterThanOrEqual(4 * (110 + more));
        expect(neighbourLimit(more)).toBeLessThanOrEqual(Math.max(4096, 8 * (110 + more)));
        expect(inotifyWatches(less)).toBeLessThanOrEqual(inotifyWatches(more));
      }),
    );
  });

  // 1 % of memory at 1280 bytes, the kernel's own arithmetic; its reserve makes it a little less.
  test('no machine loses inotify watches that the kernel would give it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 512, max: 2 ** 21 }), (mebibytes) => {
        const kernel = Math.min(1_048_576, (mebibytes * 1024 * 1024 * 0.01) / 1280);
        expect(inotifyWatches(mebibytes)).toBeGreaterThanOrEqual(Math.floor(kernel));
      }),
    );
  });
});

describe('profiles', () => {
  const added = (profile: KernelProfile) => {
    const balanced = sysctls();
    return Object.fromEntries(
      Object.entries(sysctls({ profile })).filter(([key, value]) => balanced[key] !== value),
    );
  };

  test('balanced is what there is without a word', () => {
    expect(added(KernelProfile.BALANCED)).toEqual({});
  });

  test('latency', () => {
    expect(added(KernelProfile.LATENCY)).toEqual({
      'net.ipv4.tcp_keepalive_intvl': '30',
      'net.ipv4.tcp_keepalive_probes': '4',
      'net.ipv4.tcp_keepalive_time': '120',
      'net.ipv4.tcp_notsent_lowat': '131072',
      'net.ipv4.tcp_slow_start_after_idle': '0',
    });
  });

  test('throughput', () => {
    expect(added(KernelProfile.THROUGHPUT)).toEqual({
      'net.core.netdev_max_backlog': '16384',
      'net.core.rmem_max': '16777216',
      'net.core.somaxconn': '32768',
      'net.core.wmem_max': '16777216',
      'net.ipv4.ip_local_port_range': '10240 65535',
      'net.ipv4.tcp_max_syn_backlog': '32768',
      'net.ipv4.tcp_rmem': '4096 131072 16777216',
      'net.ipv4.tcp_slow_start_after_idle': '0',
      'net.ipv4.tcp_wmem': '4096 16384 16777216',
    });
  });

  test('a profile takes nothing away from a large cluster', () => {
    const { cluster } = oslo({ machines: [osloMachine(1)] }, {});
    expect(cluster.decisions().length).toBeGreaterThan(0);
    for (const profile of Object.values(KernelProfile)) {
      const large = sysctls({ profile }, many(1100));
      expect(Number(large['net.core.somaxconn'])).toBeGreaterThanOrEqual(8192);
    }
  });
});

describe('overrides', () => {
  const overrides = { 'net.core.somaxconn': '1024', 'vm.dirty_ratio': '10' };

  test('replace ours, come on top, and are decisions that keep our reason', () => {
    expect(sysctls({ overrides })).toMatchObject(overrides);
    const { cluster } = oslo({}, { kernel: { overrides } });
    const decision = (key: string) => cluster.decisions().find((d) => d.key === `sysctl ${key}`);
    expect(decision('net.core.somaxconn')).toMatchObject({
      value: '1024',
      upstream: '4096 since Linux 5.4',
      why: expect.stringMatching(/^Chosen in the spec\. Ours is for this reason: when an API/),
    });
    expect(decision('vm.dirty_ratio')).toMatchObject({
      value: '10',
      why: 'Chosen in the spec; the library has no opinion on it',
      source: 'kernel.overrides of the spec',
    });
    expect(cluster.ledger.clashes(cluster.machines)).toEqual([]);
  });

  test('what another construct needs more of is an error that names both', () => {
    const { cluster, node } = oslo({}, { kernel: { overrides } });
    cluster.ledger.requireSysctl('net.core.somaxconn', '8192', {
      by: cluster,
      merge: MergeRule.AT_LEAST,
      why: 'test',
    });
    expect(cluster.ledger.clashes(cluster.machines)).toEqual([
      `net.core.somaxconn must have one value, got 1024 from ${node.node.path} and at least 8192 from oslo`,
    ]);
  });

  test("another size of somebody else's for the connection table is an error", () => {
    const { cluster } = oslo();
    cluster.ledger.requireSysctl('net.netfilter.nf_conntrack_max', '131072', {
      by: cluster,
      why: 'a guide says so',
    });
    expect(cluster.ledger.clashes(cluster.machines)).toEqual([
      'net.netfilter.nf_conntrack_max must have one value, got 524288 from nodes and 131072 from oslo',
    ]);
  });

  test('what the kubelet and kubeadm demand cannot be changed', () => {
    const build = (changes: Record<string, string>) => () =>
      new NodeBootstrap(new App(), 'nodes', {
        cluster: osloCluster(),
        kernel: { overrides: changes },
      });
    expect(build({ 'vm.overcommit_memory': '0', 'net.ipv4.ip_forward': '0' })).toThrow(
      '[nodes] kernel.overrides vm.overcommit_memory must be 1, got 0; leave it out; the kubelet does not start on another value\n' +
        '[nodes] kernel.overrides net.ipv4.ip_forward must be 1, got 0; leave it out; kubeadm refuses a machine that does not forward',
    );
    expect(build({ 'kernel.panic': '10' })).not.toThrow();
    expect(build({ 'net/ipv4/tcp_ecn': '1' })).toThrow(
      '[nodes] sysctl key must be words joined by dots, got net/ipv4/tcp_ecn; write it with dots, for example net.ipv4.ip_forward',
    );
  });
});

describe('decisions', () => {
  const machines = [
    osloMachine(1),
    osloMachine(2, { memory: Size.gibibytes(2) }),
    osloMachine(3, { memory: undefined }),
    Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', memory: Size.gibibytes(64) }),
  ];

  test('every size once, with what it costs', () => {
    const { cluster } = oslo({ machines });
    const value = (key: string) => cluster.decisions().find((d) => d.key === key)?.value;
    expect(value('sysctl net.netfilter.nf_conntrack_max')).toBe('65536, 262144, 524288, 1048576');
    expect(value('modprobe nf_conntrack hashsize')).toBe('65536, 262144, 524288, 1048576');
    expect(value('memory of the connection table')).toBe('26 MiB, 102 MiB, 204 MiB, 408 MiB');
  });

  test.each(Object.values(KernelProfile))(
    '%s: everything that is rendered is decided, with a reason',
    (profile) => {
      const { cluster, files } = oslo(
        { ...dualStack(), loadBalancer: undefined },
        { kernel: { profile, overrides: { 'vm.dirty_ratio': '10' } } },
      );
      const decided = new Map(cluster.decisions().map((d) => [d.key, d]));
      const rendered = unpacked(files(), 'cp-1', '/etc/sysctl.d/zz-groundwork.conf')
        .split('\n')
        .filter((line) => line.includes(' = '))
        .map((line) => line.split(' = ') as [string, string]);
      expect(rendered.length).toBeGreaterThan(30);
      for (const [key, value] of rendered) {
        const decision = decided.get(`sysctl ${key}`);
        expect([key, decision?.why.length ?? 0]).toEqual([key, expect.any(Number)]);
        expect(decision!.why.length).toBeGreaterThan(20);
        expect(decision!.source).not.toBe('');
        if (key !== 'net.ipv4.ip_local_reserved_ports') {
          expect(decision!.value.split(', ')).toContain(value);
        }
      }
    },
  );
});

describe('reserved source ports', () => {
  const KEY = 'net.ipv4.ip_local_reserved_ports';
  const reserved = (kernel: KernelOptions, ports: Array<[string, string]> = []) => {
    const { cluster, node, files } = oslo({}, { kernel });
    for (const [port, protocol] of ports) {
      cluster.ledger.requirePort(port, {
        by: node,
        protocol,
        from: 'machines' as never,
        why: 'test',
      });
    }
    const text = unpacked(files(), 'cp-1', '/etc/sysctl.d/zz-groundwork.conf');
    return new RegExp(`^${KEY} = (.*)$`, 'm').exec(text)?.[1];
  };

  test("none while nothing listens in the kernel's own range", () => {
    expect(reserved({})).toBeUndefined();
    expect(
      reserved({}, [
        ['4789', 'udp'],
        ['', '4'],
      ]),
    ).toBeUndefined();
  });

  test("a port that lies in it, such as WireGuard's", () => {
    expect(
      reserved({}, [
        ['51820', 'udp'],
        ['51821', 'udp'],
        ['51820', 'tcp'],
      ]),
    ).toBe('51820-51821');
  });

  test('a widened range leaves out NodePorts and what Kubernetes listens on', () => {
    expect(reserved({ profile: KernelProfile.THROUGHPUT })).toBe('10248-10259,30000-32767');
    expect(
      reserved({ overrides: { 'net.ipv4.ip_local_port_range': '1024 65535' } }, [
        ['30000-32767', 'tcp'],
      ]),
    ).toBe('2379-2380,6443,10248-10259,30000-32767');
  });

  test('what somebody reserved stays', () => {
    const overrides = { [KEY]: '40000,9000-9010' };
    expect(reserved({ overrides })).toBe('9000-9010,40000');
    expect(reserved({ overrides }, [['51820', 'udp']])).toBe('9000-9010,40000,51820');
  });
});
