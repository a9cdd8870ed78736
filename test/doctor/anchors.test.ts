import { Duration } from 'cdk8s';
import { Residency } from '../../lib';
import { VerdictLevel } from '../../lib/cluster';
import { analyseRoundTrip } from '../../lib/doctor/analysers/probes';
import { roundTripArguments } from '../../lib/doctor/arguments';
import { expectationsOf } from '../../lib/doctor/expectations';
import { readRecordings } from '../../lib/doctor/protocol';
import { osloCluster } from '../support/oslo';

const near = {
  name: 'nix',
  address: '192.0.2.1',
  country: 'NO',
  maxRoundTripTime: Duration.millis(2),
};
const cluster = osloCluster(undefined, { residency: Residency.of(['NO'], { anchors: [near] }) });
const expectations = expectationsOf(cluster);

const ping = (min: number) => [
  '20 packets transmitted, 20 received, 0% packet loss, time 3801ms',
  `rtt min/avg/max/mdev = ${min}/${min + 3}/${min + 9}/0.1 ms`,
];
const measured = (lines: readonly string[], name = 'nix') => {
  const text = [
    'collector\tround-trip 1',
    'node\tcp-1',
    'network\thost',
    `target\tanchor:${name} 192.0.2.1`,
    ...lines.map((line) => `ping anchor:${name}\t${line}`),
    'end\tround-trip',
  ].join('\n');
  return analyseRoundTrip(expectations, readRecordings(text)[0]!);
};

test('machines measure the anchors of their zone', () => {
  expect(expectations.anchors).toEqual([
    { name: 'nix', address: '192.0.2.1', country: 'NO', roundTripMs: 2, zones: ['oslo-1'] },
  ]);
  const from = expectations.machines[0]!;
  expect(roundTripArguments(expectations, from)).toEqual([
    '20',
    'cp-2=10.20.0.12',
    'cp-3=10.20.0.13',
    'anchor:nix=192.0.2.1',
  ]);
  const anchors = expectations.anchors.map((one) => ({ ...one, zones: ['bergen-1'] }));
  expect(roundTripArguments({ ...expectations, anchors }, from)).toHaveLength(3);
  expect(expectationsOf(osloCluster()).anchors).toEqual([]);
});

test('the shortest round trip bounds the distance', () => {
  expect(measured(ping(1))).toEqual([
    {
      check: 'DOC-NET-ANCHOR',
      subject: 'cp-1→nix',
      value: '1 ms',
      intended: '2 ms',
      level: VerdictLevel.PASS,
      message: 'the shortest round trip to nix in NO is 1 ms: cp-1 is at most 150 km from it',
      number: 1,
      unit: 'ms',
      findingId: 'GW-STORAGE-009',
      runbook: 'round-trip',
    },
  ]);
});

test('a long one is a warning, and says what it shows all the same', () => {
  expect(measured(ping(30))[0]).toMatchObject({
    level: VerdictLevel.WARN,
    message:
      'the shortest round trip to nix in NO is 30 ms, longer than the 2 ms of the spec: it bounds the distance at 4497 km only',
  });
});

test('no answer is unknown, and a stranger is only told', () => {
  expect(measured([])[0]).toMatchObject({ level: VerdictLevel.UNKNOWN, intended: '2 ms' });
  expect(measured(ping(1), 'other')[0]).toMatchObject({ level: VerdictLevel.INFO });
});
