import { KubeProxyMode } from '../../lib';
import type { CheckId } from '../../lib/doctor/checks';
import type { Expectations } from '../../lib/doctor/expectations';
import { composed, fixture, said } from './doctor';
import { labExpectations } from './lab-cluster';

// Where one level ends and the next begins.

const expectations = labExpectations();

/** The level alone. */
function level(text: string, check: CheckId, changes: Partial<Expectations> = {}): string {
  return said(text, check, changes)[0]!.split(':')[0]!;
}

describe('time of CPUs', () => {
  /** Ticks of user, idle, softirq and steal in a window. */
  const counters = (seconds: number, [user, idle, softirq, steal]: readonly number[]) =>
    composed(
      'counters',
      ...['before.uptime\t100.00 1', `after.uptime\t${100 + seconds}.00 1`],
      ...['cpu', 'cpu0'].flatMap((cpu) => [
        `before.stat\t${cpu}  5000 0 0 5000 0 0 5000 5000 0 0`,
        `after.stat\t${cpu}  ${5000 + user!} 0 0 ${5000 + idle!} 0 0 ${5000 + softirq!} ${5000 + steal!} 0 0`,
      ]),
    );

  test('stolen for a minute is a failure, for less a warning', () => {
    expect(level(counters(60, [900, 0, 0, 100]), 'DOC-CPU-STEAL')).toBe('fail');
    expect(level(counters(59, [900, 0, 0, 100]), 'DOC-CPU-STEAL')).toBe('warn');
    expect(level(counters(60, [970, 0, 0, 30]), 'DOC-CPU-STEAL')).toBe('warn');
    expect(level(counters(60, [990, 0, 0, 10]), 'DOC-CPU-STEAL')).toBe('pass');
    expect(level(counters(60, [90, 900, 0, 10]), 'DOC-CPU-STEAL')).toBe('unknown');
  });

  test('idle time may go back by some ticks, no other', () => {
    expect(level(counters(10, [900, -5, 0, 0]), 'DOC-CPU-STEAL')).toBe('pass');
    expect(level(counters(10, [900, -500, 0, 0]), 'DOC-CPU-STEAL')).toBe('unknown');
    expect(level(counters(10, [900, 0, -1, 0]), 'DOC-NET-SOFTIRQ')).toBe('unknown');
  });

  test('a CPU is full of network work from nine tenths on', () => {
    expect(level(counters(10, [100, 0, 900, 0]), 'DOC-NET-SOFTIRQ')).toBe('fail');
    expect(level(counters(10, [110, 0, 890, 0]), 'DOC-NET-SOFTIRQ')).toBe('pass');
  });
});

describe('counters of TCP and of connections', () => {
  const tcp = (sent: number, again: number) =>
    composed(
      'counters',
      ...['before', 'after'].flatMap((when, n) => [
        `${when}.snmp\tTcp: OutSegs RetransSegs`,
        `${when}.snmp\tTcp: ${sent * n} ${again * n}`,
      ]),
    );

  test('one segment of a hundred, and a thousand at least', () => {
    expect(level(tcp(1000, 10), 'DOC-NET-RETRANS')).toBe('warn');
    expect(level(tcp(1000, 9), 'DOC-NET-RETRANS')).toBe('pass');
    expect(level(tcp(999, 500), 'DOC-NET-RETRANS')).toBe('unknown');
  });

  const table = (count: number, early = 0) =>
    composed(
      'counters',
      'before.conntrack\tcpu=0   \tfound=0 early_drop=0',
      `after.conntrack\tcpu=0   \tfound=0 early_drop=${early}`,
      `after.conntrack.count\t${count}`,
      'after.conntrack.max\t1000',
    );

  test('three quarters, nine tenths, and any that was thrown out', () => {
    expect(level(table(750), 'DOC-CT-FULL')).toBe('pass');
    expect(level(table(751), 'DOC-CT-FULL')).toBe('warn');
    expect(level(table(901), 'DOC-CT-FULL')).toBe('fail');
    expect(level(table(1, 1), 'DOC-CT-FULL')).toBe('fail');
  });
});

describe('pings', () => {
  const probe = (received: number) =>
    composed(
      'df-probe',
      'target\tw-1 10.20.0.12 eno1 1500',
      ...[100, 1500].flatMap((size) => [
        `size\tw-1 ${size}`,
        `ping w-1 ${size}\t3 packets transmitted, ${size === 100 ? 3 : received} received`,
      ]),
    );

  test('of which some came back', () => {
    expect(said(probe(2), 'DOC-MTU-HOST')).toEqual([
      'warn: 1 of 3 packets of 1500 bytes were lost',
    ]);
    expect(level(probe(3), 'DOC-MTU-HOST')).toBe('pass');
    expect(level(probe(0), 'DOC-MTU-HOST')).toBe('fail');
  });

  const round = (average: number, received = 20) =>
    composed(
      'round-trip',
      'target\tw-1 10.20.0.12',
      `ping w-1\t20 packets transmitted, ${received} received`,
      `ping w-1\trtt min/avg/max/mdev = 0.1/${average}/200/0.1 ms`,
    );
  const members = {
    machines: expectations.machines.map((one) => ({ ...one, controlPlane: true })),
    etcd: { ...expectations.etcd, electionMs: 1000 },
  };

  test('that take longer than the spec says, or than elections bear', () => {
    expect(level(round(1), 'DOC-NET-RTT', members)).toBe('pass');
    expect(said(round(1.1), 'DOC-NET-RTT', members)).toEqual([
      'warn: the round trip is 1.1 ms, longer than the 1 ms of the spec',
    ]);
    expect(said(round(101), 'DOC-NET-RTT', members)).toEqual([
      'fail: the round trip is 101 ms, more than the 100 ms that elections of 1000 ms bear',
    ]);
    // A worker holds no election.
    expect(level(round(101), 'DOC-NET-RTT', { etcd: members.etcd })).toBe('warn');
    expect(said(round(1, 19), 'DOC-NET-RTT')).toEqual([
      'warn: the round trip is 1 ms, 1 of 20 were lost',
    ]);
  });
});

describe('the machine', () => {
  const facts = (...lines: string[]) => composed('facts', ...lines);

  test('more than the spec says is worth knowing', () => {
    expect(level(facts('cpus\t4'), 'DOC-HOST-CPU')).toBe('info');
    expect(level(facts('cpus\t2'), 'DOC-HOST-CPU')).toBe('pass');
    expect(level(facts('cpus\t1'), 'DOC-HOST-CPU')).toBe('fail');
    // Firmware and kernel keep up to a tenth.
    const kib = 24 * 1024 * 1024;
    expect(level(facts(`memory.kib\t${kib * 0.91}`), 'DOC-HOST-MEMORY')).toBe('pass');
    expect(level(facts(`memory.kib\t${kib * 0.89}`), 'DOC-HOST-MEMORY')).toBe('fail');
  });

  test('one queue for many CPUs, unless they share its work', () => {
    const nic = (cpus: number, queues: number, rps: string) =>
      facts('link\teno1 1500', `cpus\t${cpus}`, `nic.queues\t${queues}`, `nic.rps\t${rps}`);
    expect(level(nic(4, 1, '0'), 'DOC-HOST-NIC')).toBe('info');
    expect(level(nic(4, 1, 'f'), 'DOC-HOST-NIC')).toBe('pass');
    expect(level(nic(4, 1, '00000000,0000000e'), 'DOC-HOST-NIC')).toBe('pass');
    expect(level(nic(4, 2, '0'), 'DOC-HOST-NIC')).toBe('pass');
    expect(level(nic(2, 1, '0'), 'DOC-HOST-NIC')).toBe('pass');
    expect(said(facts('link\tens3 1500'), 'DOC-HOST-NIC')).toEqual([
      'fail: there is no interface eno1',
    ]);
  });

  test('a processor without AES', () => {
    const x86 = (...flags: string[]) =>
      facts('architecture\tx86_64', ...flags.map((flag) => `cpu.flag\t${flag}`));
    expect(said(x86('hypervisor'), 'DOC-HOST-VIRT')).toEqual([
      'warn: the machine is a guest of a hypervisor, without AES instructions',
    ]);
    expect(level(x86('aes', 'hypervisor'), 'DOC-HOST-VIRT')).toBe('pass');
  });

  test('pods that are smaller than the spec send more packets, larger ones send into a hole', () => {
    const pod = (mtu: number) => facts('link\tflannel.1 1450', `link\tveth1 ${mtu}`);
    expect(level(pod(1450), 'DOC-MTU-DEVICE')).toBe('pass');
    expect(level(pod(1400), 'DOC-MTU-DEVICE')).toBe('warn');
    expect(level(pod(1500), 'DOC-MTU-DEVICE')).toBe('fail');
    expect(said(facts('link\tveth1 1450'), 'DOC-MTU-DEVICE')[0]).toMatch(
      /^fail: flannel \S+ has not made flannel\.1$/,
    );
  });

  test('a parameter that is not there', () => {
    const machines = expectations.machines.map((one) => ({ ...one, sysctls: { 'a.b': '1' } }));
    expect(said(facts('sysctl.absent\ta.b'), 'DOC-HOST-SYSCTL', { machines })).toEqual([
      'fail: a.b is not there, its module is not loaded',
    ]);
  });
});

describe('etcd', () => {
  const slow = fixture('etcd-slow');

  test('a leader that changed', () => {
    const changed = slow.replace(/^(after\tetcd_server_leader_changes_seen_total) .*$/m, '$1 3');
    expect(said(changed, 'DOC-ETCD-LEADER')).toEqual([
      'warn: the leader changed 2 times while it was watched',
    ]);
  });

  test('commits have a histogram and a bound of their own', () => {
    // All that the window gained took between 16 and 32 ms, 99 of 100 up to 31.84.
    const buckets = [
      ...slow.matchAll(/^after\t(etcd_disk_backend_commit\S+_bucket\{le="(\S+)"\}) /gm),
    ];
    const gained = (seconds: string) => (Number(seconds.replace('+', '')) < 0.032 ? 0 : 1000);
    const lines = buckets.flatMap(([, name, edge]) => [
      `before\t${name} 0`,
      `after\t${name} ${gained(edge!)}`,
    ]);
    const text = composed('etcd-metrics', ...lines);
    expect(said(text, 'DOC-ETCD-COMMIT')).toEqual([
      'fail: 99 of 100 commits take up to 31.84 ms, and from 25 ms on leaders change under load',
    ]);
    expect(level(text, 'DOC-ETCD-FSYNC')).toBe('unknown');
  });
});

describe('the network', () => {
  test('a router that this machine has no session with may be that of others', () => {
    const bgp = { mesh: true, peers: ['10.20.0.1'] };
    expect(said(fixture('bgp-up'), 'DOC-BGP-SESSION', { bgp })).toEqual([
      'info: 1 session established, none with 10.20.0.1',
    ]);
  });

  test('rules in both backends of iptables', () => {
    const both = fixture('proxy-leftover').replace(
      'iptables.legacy\tsvc=0 sep=0',
      'iptables.legacy\tsvc=3 sep=3',
    );
    expect(said(both, 'DOC-PROXY-RULES', { proxyMode: KubeProxyMode.IPTABLES })).toEqual([
      'fail: there are rules in both backends of iptables, which nobody updates any more',
    ]);
  });

  test('questions that were not answered, and answers from elsewhere', () => {
    const storm = (failed: number) =>
      composed('dns-storm', 'server\t10.96.0.10', `worker\t40 0 ${failed} 1`);
    expect(level(storm(0), 'DOC-DNS-ANSWER')).toBe('pass');
    expect(level(storm(1), 'DOC-DNS-ANSWER')).toBe('warn');
    expect(level(storm(40), 'DOC-DNS-ANSWER')).toBe('fail');
    expect(said(storm(0), 'DOC-DNS-ANSWER', { dnsIps: ['169.254.20.10'] })).toEqual([
      'info: 10.96.0.10 answers, which is not where pods ask',
    ]);
  });
});
