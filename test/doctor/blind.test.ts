import { CniKind, KubeProxyMode } from '../../lib';
import { VerdictLevel } from '../../lib/cluster';
import { analyse } from '../../lib/doctor/analysers';
import type { CheckId } from '../../lib/doctor/checks';
import { readRecordings } from '../../lib/doctor/protocol';
import { composed, fixture, recordings, said } from './doctor';
import { labExpectations } from './lab-cluster';

// What was not seen is unknown: it is neither well, nor gone.

const expectations = labExpectations();
const { IPTABLES, IPVS, NFTABLES, NONE } = KubeProxyMode;

/** The recordings of a collector in a fixture, as text. */
function textOf(name: string, collector: string): string {
  return fixture(name)
    .split(/^(?=collector\t)/m)
    .filter((one) => one.startsWith(`collector\t${collector} `))
    .join('');
}

describe('a recording that broke off', () => {
  const whole = recordings('healthy');

  test.each([...new Set(whole.map(({ collector }) => collector))])(
    '%s says nothing good and nothing bad, wherever it ended',
    (collector) => {
      const [text] = textOf('healthy', collector).split(/(?<=^end\t\S+\n)/m);
      const lines = text!.split('\n').slice(0, -2);
      const levels = lines.flatMap((_, index) => {
        const cut = `${lines.slice(0, index).join('\n')}\n`;
        const { measurements } = analyse(expectations, readRecordings(cut));
        return measurements
          .filter(({ check, subject }) => check !== 'DOC-RUN' && !done(cut, subject))
          .map(({ check, level }) => `${check} ${level}`);
      });
      expect([...new Set(levels)].filter((one) => !one.endsWith(' unknown'))).toEqual([]);
    },
  );

  /** Whether pings of a pair of the last size came to their end. */
  function done(cut: string, subject: string): boolean {
    const [, to] = subject.split('→');
    return (
      to !== undefined &&
      new RegExp(`^ping ${to}( 1450| 1500)?\t\\d+ packets transmitted`, 'm').test(cut)
    );
  }

  test('is told', () => {
    const cut = textOf('healthy', 'routes').replaceAll('end\troutes\n', '');
    expect(said(cut, 'DOC-RUN')[1]).toBe('unknown: not measured: routes broke off');
    expect(said(cut, 'DOC-NET-ROUTES')).toEqual([]);
  });
});

describe('kube-proxy', () => {
  const all = [
    'mode\tipvs',
    'iptables.nft\tsvc=0 sep=0 services=0 rules=9',
    'iptables.legacy\tsvc=0 sep=0 services=0 rules=0',
    'nft\tlisted',
    'ipvs\tservices=5 endpoints=9',
    'kube-ipvs0\t5',
  ];
  const without = (key: string, ...more: string[]) =>
    composed('proxy', ...all.filter((line) => !line.startsWith(`${key}\t`)), ...more);
  const rules = (text: string, proxyMode = IPVS) => said(text, 'DOC-PROXY-RULES', { proxyMode });

  test('a mode that left nothing is one whose rules were listed', () => {
    expect(rules(composed('proxy', ...all))).toEqual([
      'pass: 5 Services of ipvs mode, and none of another',
    ]);
    expect(rules(without('iptables.legacy', 'missing\tiptables-legacy-save'))).toEqual([
      'unknown: not measured: iptables-legacy-save not there',
    ]);
    expect(rules(without('nft', 'missing\tnft'))).toEqual(['unknown: not measured: nft not there']);
    expect(rules(without('nft', 'nft.table\ttable ip nat'))[0]).toMatch(/^pass/);
  });

  test('rules of the own mode that nobody listed are not gone', () => {
    const hidden = without('iptables.legacy', 'missing\tiptables-legacy-save');
    const cleared = hidden.replace(/^(ipvs|kube-ipvs0)\t.*\n/gm, '');
    expect(rules(cleared, IPTABLES)).toEqual([
      'unknown: not measured: iptables-legacy-save not there',
    ]);
    expect(rules(cleared, IPVS)).toEqual(['fail: kube-proxy has written no rules of ipvs mode']);
  });

  test('only families of the spec are needed', () => {
    const both = { proxyMode: IPVS, podCidrs: ['10.244.0.0/16', 'fd00:10:244::/56'] };
    expect(said(composed('proxy', ...all), 'DOC-PROXY-RULES', both)).toEqual([
      'unknown: not measured: proxy says nothing of it',
    ]);
    const six = all.slice(1, 3).map((line) => line.replace('iptables', 'ip6tables'));
    expect(said(composed('proxy', ...all, ...six), 'DOC-PROXY-RULES', both)[0]).toMatch(/^pass/);
  });

  test('where nothing is to run, nothing that was not looked for is well', () => {
    const blind = composed('proxy', 'missing\tcurl', 'missing\tnft', 'missing\tiptables-save');
    expect(rules(blind, NONE)).toEqual([
      'unknown: not measured: curl, nft, iptables-save not there',
    ]);
    expect(said(blind, 'DOC-PROXY-MODE', { proxyMode: NONE })).toEqual([
      'unknown: not measured: curl not there',
    ]);
    const seen = composed('proxy', ...all.slice(1, 4));
    expect(said(seen, 'DOC-PROXY-MODE', { proxyMode: NONE })).toEqual([
      'pass: no kube-proxy answers',
    ]);
    expect(rules(seen, NONE)).toEqual(['pass: there are no rules of kube-proxy']);
  });

  test('an nftables table without a Service is no rules', () => {
    const empty = composed('proxy', ...all.slice(1, 4), 'nft.ip\tservices=0 lines=8');
    expect(rules(empty, NFTABLES)).toEqual([
      'fail: kube-proxy has written no rules of nftables mode',
    ]);
  });
});

describe('pings that were not sent', () => {
  const probe = (...output: string[]) =>
    [
      ...[
        'collector\tdf-probe 1',
        'node\tcp-1',
        'network\tpod',
        'target\tw-1 10.244.1.2 eth0 1450',
      ],
      ...[100, 1450].flatMap((size) => [
        `size\tw-1 ${size}`,
        ...output.map((line) => `ping w-1 ${size}\t${line}`),
      ]),
      ...['end\tdf-probe', ''],
    ].join('\n');
  const bare = {
    podNetwork: { ...expectations.podNetwork!, kind: CniKind.CALICO, devices: [] },
  };

  test('for want of a right, they accuse no provider', () => {
    const refused = probe('ping: socket: Operation not permitted');
    expect(said(refused, 'DOC-NET-POD-ADDRESS', bare)).toEqual([]);
    expect(said(refused, 'DOC-MTU-POD', bare)).toEqual([
      'unknown: not measured: ping: socket: Operation not permitted',
    ]);
    const other = probe("ping: invalid option -- 'M'", 'Usage: ping [OPTIONS] HOST');
    expect(said(other, 'DOC-MTU-POD', bare)).toEqual([
      "unknown: not measured: ping: invalid option -- 'M'",
    ]);
  });

  test('for want of a route, they say so', () => {
    expect(said(probe('ping: connect: Network unreachable'), 'DOC-MTU-POD', bare)).toEqual([
      'fail: nothing can be sent there: ping: connect: Network unreachable',
    ]);
  });

  test('nor is a round trip silent that nobody made', () => {
    const text = composed('round-trip', 'target\tw-1 10.20.0.12', 'missing\tping');
    expect(said(text, 'DOC-NET-RTT')).toEqual(['unknown: not measured: ping not there']);
    const refused = composed(
      'round-trip',
      'target\tw-1 10.20.0.12',
      'ping w-1\tping: socket: Operation not permitted',
    );
    expect(said(refused, 'DOC-NET-RTT')).toEqual([
      'unknown: not measured: ping: socket: Operation not permitted',
    ]);
  });
});

test('without the log of the kernel nobody knows whether the table was full', () => {
  const blind = textOf('traffic', 'counters').replace('end\t', 'missing\tdmesg\nend\t');
  expect(said(blind, 'DOC-CT-FULL')).toEqual([
    'unknown: 122 of 262144 connections are tracked (0.05 %); whether it was full before, only the kernel log would say',
  ]);
  const full = textOf('table-full', 'counters').replace('end\t', 'missing\tdmesg\nend\t');
  expect(said(full, 'DOC-CT-FULL')[0]).toMatch(/^fail/);
});

test('a CPU that went between two looks takes its row of an old kernel along', () => {
  const softnet = (...after: string[]) =>
    composed(
      'counters',
      ...['before.uptime\t10.00 1', 'before.softnet\t00000010 00000000 00000000'],
      ...['before.softnet\t00001000 00000005 00000000', 'after.uptime\t20.00 1'],
      ...after.map((row) => `after.softnet\t${row}`),
    );
  const [idle, busy] = ['00000020 00000000 00000000', '00001010 00000005 00000000'];
  expect(said(softnet(idle!, busy!), 'DOC-NET-SOFTNET')[0]).toMatch(/^pass/);
  expect(said(softnet(busy!), 'DOC-NET-SOFTNET')[0]).toMatch(/^unknown/);
});

describe('a storm that nobody answered', () => {
  const storm = (...workers: string[]) =>
    readRecordings(
      composed(
        'dns-storm',
        'server\t10.96.0.10',
        'before.uptime\t100.00 1',
        ...workers.map((one) => `worker\t${one}`),
        'after.uptime\t101.00 1',
      ).replace('network\thost', 'network\tpod'),
    );
  const counters = recordings('traffic')[0]!;
  const around = {
    ...counters,
    lines: {
      ...counters.lines,
      ['before.uptime']: ['99.00 1'],
      ['after.uptime']: ['109.00 1'],
      ['before.conntrack']: counters.lines['after.conntrack']!,
    },
  };
  const race = (...workers: string[]) =>
    analyse(expectations, [...storm(...workers), around])
      .measurements.filter(({ check }) => check === 'DOC-DNS-RACE')
      .map(({ level, message }) => `${level}: ${message}`);

  test('says nothing of parallel questions', () => {
    expect(race('40 0 40 1', '40 0 40 2')).toEqual([
      'unknown: not measured: no question was answered',
    ]);
  });

  test('those that were answered are counted', () => {
    expect(race('40 0 1 1', '40 0 0 2')).toEqual([
      'pass: 79 questions in parallel were answered, the slowest in 0.02 s',
    ]);
  });

  test('a busybox without nslookup asked nothing', () => {
    const none = composed('dns-storm', 'server\t10.96.0.10', 'missing\tnslookup of busybox');
    for (const check of ['DOC-DNS-RACE', 'DOC-DNS-ANSWER'] as CheckId[]) {
      expect(said(none, check)).toEqual(['unknown: not measured: nslookup of busybox not there']);
    }
  });
});

describe('etcd', () => {
  const slow = fixture('etcd-slow');

  test('a member without a leader does not keep one', () => {
    const alone = slow.replace(
      'after\tetcd_server_has_leader 1',
      'after\tetcd_server_has_leader 0',
    );
    expect(said(slow, 'DOC-ETCD-LEADER')[0]).toMatch(/^pass/);
    expect(said(alone, 'DOC-ETCD-LEADER')).toEqual([
      'fail: this member of etcd has no leader: nothing can be written through it',
    ]);
  });

  test('one that was restarted has counted anew, whatever it counted', () => {
    const again = slow.replace(
      /^after\tprocess_start_time_seconds .*$/m,
      'after\tprocess_start_time_seconds 1.79577099e+09',
    );
    for (const check of ['DOC-ETCD-LEADER', 'DOC-ETCD-FSYNC', 'DOC-ETCD-COMMIT'] as CheckId[]) {
      expect(said(again, check)).toEqual([
        'unknown: not measured: etcd-metrics says nothing of it, or etcd was restarted in between',
      ]);
    }
  });

  test('what it counted since it started is no window', () => {
    const once = slow.replace(/^before\t.*\n/gm, '');
    expect(said(once, 'DOC-ETCD-FSYNC')[0]).toMatch(/^unknown/);
    expect(analyse(expectations, readRecordings(once)).histograms).toEqual([]);
  });
});

describe('the machine', () => {
  const facts = (...lines: string[]) => composed('facts', ...lines);

  test('an ARM says nowhere in its flags that it is a guest', () => {
    const arm = ['architecture\taarch64', 'cpu.flag\taes'];
    expect(said(facts(...arm), 'DOC-HOST-VIRT')).toEqual([
      'unknown: not measured: neither the CPU nor systemd-detect-virt says whether the machine is a guest',
    ]);
    expect(said(facts(...arm, 'dmi.sys_vendor\tQEMU'), 'DOC-HOST-VIRT')).toEqual([
      'info: neither the CPU nor systemd-detect-virt says whether the machine is a guest; its firmware is of QEMU',
    ]);
    expect(said(facts(...arm, 'virt\tnone'), 'DOC-HOST-VIRT')).toEqual([
      'pass: the machine is bare metal',
    ]);
    expect(said(facts('architecture\tx86_64', 'cpu.flag\taes'), 'DOC-HOST-VIRT')).toEqual([
      'pass: the machine is bare metal',
    ]);
  });

  test('without any interface of a pod there is nothing that has the MTU', () => {
    const podNetwork = { ...expectations.podNetwork!, devices: [] };
    const links = ['link\tlo 65536', 'link\teno1 1500'];
    expect(said(facts(...links), 'DOC-MTU-DEVICE', { podNetwork })).toEqual([
      'unknown: not measured: no interface of a pod is there',
    ]);
    expect(said(facts(...links, 'link\tcali1 1450'), 'DOC-MTU-DEVICE', { podNetwork })).toEqual([
      'pass: 1 pod and 0 tunnel devices with an MTU of 1450',
    ]);
  });

  test('a parameter that may not be read is not read', () => {
    const machines = expectations.machines.map((m) => ({ ...m, sysctls: { 'a.b': '1' } }));
    expect(said(facts('sysctl\ta.b '), 'DOC-HOST-SYSCTL', { machines })).toEqual([
      'unknown: not measured: 1 of 1 were not read, such as a.b',
    ]);
  });

  test('a table that nobody sizes as the spec knows is not judged', () => {
    const machines = expectations.machines.map((m) => ({ ...m, conntrackMax: undefined }));
    expect(said(facts('conntrack.max\t131072'), 'DOC-CT-MAX', { machines })).toEqual([]);
  });
});

test('UDP of which nothing was counted was not lost in no part', () => {
  // As iperf3 3.12 to 3.21 count: packets of the sum are those of the sender, gaps are the receiver's.
  const udp = (sent: number, heard: number, lost: number) => {
    const end = {
      sum: {
        ...{ seconds: 1, bits_per_second: 0, packets: sent, jitter_ms: 0 },
        lost_percent: sent === 0 ? 0 : (100 * lost) / sent,
      },
      sum_sent: { packets: sent },
      sum_received: { seconds: 1, bits_per_second: 0, packets: heard },
    };
    const json = JSON.stringify({ end });
    return said(
      composed('iperf', 'pair\tw-1 10.20.0.12 udp', `json\t${json}`),
      'DOC-NET-UDP',
    )[0]!.replace(/ at .*/, '');
  };
  expect(udp(0, 0, 0)).toBe('unknown: not measured: iperf3 says nothing of loss');
  expect(udp(1000, 0, 0)).toBe('warn: 100 % of the packets were lost');
  expect(udp(1000, 500, 10)).toBe('warn: 51 % of the packets were lost');
  // What is under way when the run ends is not lost.
  expect(udp(1000, 990, 0)).toBe('pass: 0 % of the packets were lost');
  expect(udp(1000, 1000, 19)).toBe('warn: 1.9 % of the packets were lost');
});

test('a pair that was disturbed is not red in the drawing either', () => {
  const runs = recordings('healthy').filter(({ collector }) => collector === 'iperf');
  const together = runs.map((run) => ({
    ...run,
    lines: {
      ...run.lines,
      json: run.lines.json!.map((line) =>
        line
          .replace(/"timesecs":\s*\d+/, '"timesecs": 1795770000')
          .replace(
            /"bits_per_second":\s*[\d.]+/,
            `"bits_per_second": ${run.network === 'pod' ? 1 : 9}`,
          ),
      ),
    },
  }));
  const [, pods] = analyse(expectations, together).matrices;
  expect(pods!.title).toBe('Throughput between pods');
  expect(pods!.level[0]).toEqual([VerdictLevel.UNKNOWN, VerdictLevel.UNKNOWN]);
});
