import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VerdictLevel } from '../../lib/cluster';
import { analyse, worstOf } from '../../lib/doctor/analysers';
import { checks, runbookAnchors, type Check } from '../../lib/doctor/checks';
import { recordings, report } from './doctor';
import { labExpectations } from './lab-cluster';

const healthy = report('healthy');

test('machines that are well have no warning and no failure', () => {
  const { WARN, FAIL } = VerdictLevel;
  expect(healthy.measurements.filter(({ level }) => level === WARN || level === FAIL)).toEqual([]);
  expect(
    healthy.measurements.filter(({ level }) => level === VerdictLevel.PASS).length,
  ).toBeGreaterThan(45);
});

test('what is unknown of them is said, and why', () => {
  const unknown = healthy.measurements.filter(({ level }) => level === VerdictLevel.UNKNOWN);
  expect([...new Set(unknown.map((m) => `${m.check} ${m.message}`))].sort()).toEqual([
    'DOC-CPU-STEAL 0.17 % was stolen at 74.9 % load, and an idle guest is never robbed',
    'DOC-ETCD-COMMIT not measured: 63 samples are too few for the slowest of 100',
    'DOC-NET-RETRANS not measured: 0 segments were sent, too few to say anything',
  ]);
});

test('pairs are drawn as matrices, a machine has no way to itself', () => {
  expect(
    healthy.matrices.map(({ title, unit, values, level }) => ({ title, unit, values, level })),
  ).toEqual([
    {
      title: 'Largest packet between machines',
      unit: 'bytes',
      values: [
        [null, 1500],
        [1500, null],
      ],
      level: [
        ['unknown', 'pass'],
        ['pass', 'unknown'],
      ],
    },
    {
      title: 'Largest packet between pods',
      unit: 'bytes',
      values: [
        [null, 1450],
        [1450, null],
      ],
      level: [
        ['unknown', 'pass'],
        ['pass', 'unknown'],
      ],
    },
    {
      title: 'Throughput between machines',
      unit: 'Mbit/s',
      values: [
        [null, expect.closeTo(191, 0)],
        [null, null],
      ],
      level: [
        ['unknown', 'info'],
        ['unknown', 'unknown'],
      ],
    },
    {
      title: 'Throughput between pods',
      unit: 'Mbit/s',
      values: [
        [null, expect.closeTo(175.8, 0)],
        [null, null],
      ],
      level: [
        ['unknown', 'pass'],
        ['unknown', 'unknown'],
      ],
    },
  ]);
});

test('fsyncs are drawn as a histogram of the window, not since etcd started', () => {
  expect(healthy.histograms).toHaveLength(1);
  const [{ title, unit, buckets }] = healthy.histograms as [(typeof healthy.histograms)[number]];
  expect({ title, unit }).toEqual({ title: 'fsyncs of etcd on cp-1', unit: 'ms' });
  expect(buckets[0]!.upTo).toBe('1');
  expect(buckets.at(-1)).toEqual({ upTo: 'longer', count: 0 });
});

test('a machine that nobody looked at is unknown, and so is a recording that broke off', () => {
  const expectations = labExpectations();
  const none = analyse(expectations, []);
  expect(none.measurements.map((m) => `${m.level} ${m.subject}: ${m.message}`)).toEqual([
    'unknown cp-1: not measured: no recording of facts, counters, proxy, routes',
    'unknown w-1: not measured: no recording of facts, counters, proxy, routes',
  ]);
  expect(worstOf(none)).toBe(VerdictLevel.UNKNOWN);
  const cut = recordings('healthy').map((one) =>
    one.collector === 'routes' && one.node === 'cp-1' ? { ...one, complete: false } : one,
  );
  expect(
    analyse(expectations, cut).measurements.filter(({ check }) => check === 'DOC-RUN'),
  ).toMatchObject([
    { subject: 'cp-1', level: 'unknown', message: 'not measured: routes broke off' },
  ]);
});

test('a machine that is not in the spec is said to be a stranger', () => {
  const [first] = recordings('traffic');
  const { measurements } = analyse(labExpectations(), [{ ...first!, node: 'w-9' }]);
  expect(measurements[0]).toMatchObject({
    check: 'DOC-RUN',
    level: 'unknown',
    message: 'w-9 is no machine of the spec, nothing says what it must measure',
  });
});

test('the worst level decides', () => {
  expect(worstOf(healthy)).toBe(VerdictLevel.UNKNOWN);
  expect(worstOf(report('steal-some'))).toBe(VerdictLevel.WARN);
  expect(worstOf(report('mtu-black-hole'))).toBe(VerdictLevel.FAIL);
});

test('every step of the runbook that is named is led to', () => {
  const used = new Set(Object.values(checks).flatMap((one: Check) => one.runbook ?? []));
  expect([...runbookAnchors].sort()).toEqual([...used].sort());
});

test('every finding that a verdict can name is one of the review', () => {
  const documented = readFileSync(join(__dirname, '../../docs/checks.md'), 'utf8');
  const rooms = join(__dirname, '../../lib/doctor');
  const sources = readdirSync(rooms, { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.ts'),
  );
  const named = sources.flatMap(
    (file) => readFileSync(join(rooms, file), 'utf8').match(/GW-[A-Z]+-\d{3}/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((id) => !documented.includes(`| ${id} |`))).toEqual([]);
});
