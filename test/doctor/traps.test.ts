import { VerdictLevel } from '../../lib/cluster';
import { analyse } from '../../lib/doctor/analysers';
import { added, added32 } from '../../lib/doctor/analysers/kernel-counters';
import { readPing } from '../../lib/doctor/analysers/ping';
import { readRecordings, type Recording } from '../../lib/doctor/protocol';
import { composed, fixture, recordings } from './doctor';
import { labExpectations } from './lab-cluster';

const expectations = labExpectations();

function say(text: string, check: string): string[] {
  return judged(readRecordings(text), check);
}

function judged(those: readonly Recording[], check: string): string[] {
  return analyse(expectations, those)
    .measurements.filter((one) => one.check === check)
    .map(({ level, message }) => `${level}: ${message}`);
}

describe('counters', () => {
  test.each([
    [5, 7, 2],
    [0xfffffffe, 3, 5],
    [70000, 0, undefined],
    [0x90000000, 0, 0x70000000],
  ])('of 32 bits, from %d to %d', (before, after, grew) => {
    expect(added32(before, after)).toBe(grew);
  });

  test('of 64 bits never go over their end', () => {
    expect(added(2 ** 33, 5)).toBeUndefined();
    expect(added(2 ** 33, 2 ** 33 + 5)).toBe(5);
  });

  test('a program that is not there is named', () => {
    const without = fixture('traffic')
      .split('\n')
      .filter((line) => !/^(before|after)\.conntrack\t/.test(line))
      .join('\n')
      .replace('end\tcounters', 'missing\tconntrack\nend\tcounters');
    expect(say(without, 'DOC-CT-INSERT')).toEqual(['unknown: not measured: conntrack not there']);
    expect(say(without, 'DOC-NET-SOFTIRQ')[0]).toMatch(/^pass/);
  });
});

describe('a DNS storm in a pod', () => {
  const storm = recordings('healthy').find((one) => one.collector === 'dns-storm')!;
  const counters = recordings('healthy').find((one) => one.collector === 'counters')!;

  test('is judged with the counters of its machine, not with those of the pod', () => {
    expect(storm.network).toBe('pod');
    expect(judged([storm], 'DOC-DNS-RACE')).toEqual([
      'unknown: not measured: no question waited, and nobody counted what connection tracking dropped',
    ]);
    expect(judged([storm, counters], 'DOC-DNS-RACE')).toEqual([
      'pass: 400 questions in parallel were answered, the slowest in 0.26 s',
    ]);
  });

  test('counters of another time say nothing of it', () => {
    const [later] = recordings('traffic');
    expect(judged([storm, later!], 'DOC-DNS-RACE')[0]).toMatch(/^unknown/);
  });

  test('slow answers without a dropped packet are something else', () => {
    const slow = fixture('dns-race').replace(
      /insert_failed=\d+ drop=\d+/g,
      'insert_failed=0 drop=0',
    );
    expect(say(slow, 'DOC-DNS-RACE')).toEqual([
      'warn: 120 of 153 questions took up to 5.25 s, and nobody counted what connection tracking dropped',
    ]);
  });
});

describe('throughput', () => {
  const runs = recordings('healthy').filter((one) => one.collector === 'iperf');

  test('two runs at the same time say nothing', () => {
    const start = (run: Recording) =>
      run.lines.json!.map((line) => line.replace(/"timesecs":\s*\d+/, '"timesecs": 1795770000'));
    const together = runs.map((run) => ({ ...run, lines: { ...run.lines, json: start(run) } }));
    expect(judged(together, 'DOC-NET-THROUGHPUT')).toEqual([
      'unknown: not measured: another pair was measured at the same time',
    ]);
    expect(judged(runs, 'DOC-NET-THROUGHPUT')[0]).toMatch(/^pass: pods get 9\d/);
  });

  test('a server that is not there is said', () => {
    const refused = composed(
      'iperf',
      'pair\tw-1 10.20.0.12 tcp',
      'json\t{"error": "unable to connect to server"}',
    );
    expect(say(refused, 'DOC-NET-RETRANS')).toEqual([
      'unknown: not measured: unable to connect to server',
    ]);
  });

  test('less between pods than nine tenths of what the machines get', () => {
    const slower = runs.map((run) => ({
      ...run,
      lines: {
        ...run.lines,
        json:
          run.network === 'pod'
            ? run.lines.json!.map((line) =>
                line.replace(/"bits_per_second":\s*[\d.]+/, '"bits_per_second": 90000000'),
              )
            : run.lines.json!,
      },
    }));
    expect(judged(slower, 'DOC-NET-THROUGHPUT')[0]).toMatch(/^fail: pods get 47/);
    const [, pods] = analyse(expectations, slower).matrices;
    expect(pods!.level[0]).toEqual([VerdictLevel.UNKNOWN, VerdictLevel.FAIL]);
  });
});

describe('disks', () => {
  const fio = (p99Ns: number, seconds: number, samples = 5000) =>
    composed(
      'fsync',
      `seconds\t${seconds}`,
      'json\tfio: this line is no JSON',
      `json\t${JSON.stringify({
        jobs: [
          {
            error: 0,
            job_runtime: seconds * 1000,
            sync: {
              total_ios: samples,
              lat_ns: { N: samples, percentile: { '99.000000': p99Ns } },
            },
          },
        ],
      })}`,
    );

  test('the bounds are those of the gate before kubeadm', () => {
    expect(say(fio(999_999, 60), 'DOC-ETCD-FSYNC')[0]).toMatch(/^pass/);
    expect(say(fio(1_000_000, 60), 'DOC-ETCD-FSYNC')).toEqual([
      'warn: 99 of 100 fsyncs that fio asked for take up to 1 ms: enough for etcd, and 1 times the 1 ms of a drive with power-loss protection',
    ]);
    expect(say(fio(9_999_999, 60), 'DOC-ETCD-FSYNC')[0]).toMatch(/^warn/);
    expect(say(fio(10_000_000, 60), 'DOC-ETCD-FSYNC')[0]).toMatch(/^fail/);
  });

  test('a good result of a short run may be burst credit, a bad one is not', () => {
    expect(say(fio(500_000, 20), 'DOC-ETCD-FSYNC')).toEqual([
      'info: 99 of 100 fsyncs that fio asked for take less than 0.5 ms; in 20 s burst credit may hide what the disk does later',
    ]);
    expect(say(fio(50_000_000, 20), 'DOC-ETCD-FSYNC')[0]).toMatch(/^fail/);
  });

  test('few samples, a refusal and an fio that broke off are unknown', () => {
    expect(say(fio(500_000, 60, 99), 'DOC-ETCD-FSYNC')[0]).toMatch(
      /^unknown: not measured: 99 fsyncs/,
    );
    expect(say(composed('fsync', 'refused\tetcd has data here'), 'DOC-ETCD-FSYNC')).toEqual([
      'unknown: not measured: etcd has data here',
    ]);
    expect(say(composed('fsync', 'json\t{'), 'DOC-ETCD-FSYNC')).toEqual([
      'unknown: not measured: fsync says nothing of it',
    ]);
  });

  test('an etcd that was restarted in between has counted from zero', () => {
    const restarted = fixture('etcd-slow').replace(/^before\t(.*) \d+$/gm, 'before\t$1 99999');
    expect(say(restarted, 'DOC-ETCD-FSYNC')).toEqual([
      'unknown: not measured: etcd-metrics says nothing of it, or etcd was restarted in between',
    ]);
  });
});

test('connections that are refused at once are no stall', () => {
  const refused = composed(
    'connect',
    'target\tdns 10.96.0.10 53',
    'connect dns\t0 failed',
    'connect dns\t1 failed',
  );
  expect(say(refused, 'DOC-NET-OFFLOAD')).toEqual([
    'unknown: 2 of 2 connections were refused at once: nothing listens there',
  ]);
});

test('hosts that answer no echo at all are no black hole', () => {
  const silent = fixture('mtu-black-hole')
    .split('collector\t')[1]!
    .replace(/ 3 received/g, ' 0 received')
    .replace(/^/, 'collector\t');
  expect(say(silent, 'DOC-MTU-HOST')).toEqual([
    'unknown: no echo is answered, of any size: a firewall may drop them',
  ]);
});

test('ping of IPv6 and of older iputils is read as well', () => {
  expect(
    readPing([
      'From fd00:20::1 icmp_seq=1 Packet too big: mtu=1400',
      'ping: sendmsg: Message too long',
      '3 packets transmitted, 1 received, +2 errors, 66.6667% packet loss, time 406ms',
      'rtt min/avg/max/mdev = 0.030/0.040/0.050/0.003 ms',
    ]),
  ).toEqual({
    sent: 3,
    received: 1,
    routerMtu: 1400,
    router: 'fd00:20::1',
    rtt: { min: 0.03, avg: 0.04, max: 0.05 },
  });
  expect(readPing([])).toEqual({ sent: 0, received: 0 });
});

describe('the protocol', () => {
  test('several recordings behind each other, with foreign lines between them', () => {
    const text = `sh: warning\n${composed('a', 'k\t1', 'k\t2\r')}noise\n${composed('b', 'k\ta\tb', '__proto__\tx')}`;
    expect(readRecordings(text).map(({ collector, lines: { k } }) => [collector, k])).toEqual([
      ['a', ['1', '2']],
      ['b', ['a\tb']],
    ]);
  });

  test('another version, and a recording without a machine, are passed over', () => {
    expect(readRecordings('collector\ta 2\nnode\tcp-1\nnetwork\thost\nend\ta\n')).toEqual([]);
    expect(readRecordings('collector\ta 1\nnetwork\thost\nend\ta\n')).toEqual([]);
  });

  test('one that was cut off is not complete', () => {
    const [cut] = readRecordings('collector\ta 1\nnode\tcp-1\nnetwork\tpod\nmissing\tping\n');
    expect(cut).toMatchObject({ complete: false, missing: ['ping'], network: 'pod' });
  });
});
