import { VerdictLevel, type DoctorReport, type Matrix, type Measurement } from '../../cluster';
import type { Expectations, MachineExpectation } from '../expectations';
import type { Network, Recording } from '../protocol';
import { analyseBgp } from './bgp';
import { analyseCounters } from './counters';
import { analyseEtcdMetrics, analyseFsync, fsyncHistograms } from './etcd';
import { analyseFacts } from './facts';
import { measurement, unknown } from './judge';
import { analyseProxy, analyseRoutes } from './network';
import { analyseArp, analyseDfProbe, analyseRoundTrip, largestAnswered, probed } from './probes';
import { analyseConnects, analyseStorm, connectHistogram } from './services';
import { analyseThroughput, throughputMatrices } from './throughput';

const { UNKNOWN } = VerdictLevel;

/** Collectors that a machine is not measured without. */
export const ALWAYS = ['facts', 'counters', 'proxy', 'routes'] as const;

/** Collectors whose targets stand for themselves: what one that broke off has said of them, it has said. */
const PIECEWISE: readonly string[] = ['df-probe', 'round-trip'];

/** What a run is known to lack, so that it is not asked for or is told better. */
export interface RunLimits {
  /** Collectors without which a machine is not measured; fewer where somebody wanted fewer. */
  readonly needed?: readonly string[];
  /** Why machines were not measured, or not to the end: machine → sentences. */
  readonly trouble?: Readonly<Record<string, readonly string[]>>;
}

/**
 * What all recordings of a run say of a cluster. Pure: the same recordings give the same report. Those of
 * machines that the spec does not have are said to be strangers, and judged no further.
 */
export function analyse(
  expectations: Expectations,
  recordings: readonly Recording[],
  limits: RunLimits = {},
): DoctorReport {
  const known = new Set(expectations.machines.map(({ name }) => name));
  const strangers = [...new Set(recordings.map(({ node }) => node))].filter((n) => !known.has(n));
  const all = recordings.filter(({ node }) => known.has(node));
  const ours = all.filter(({ complete, collector }) => complete || PIECEWISE.includes(collector));
  const iperf = ours.filter(({ collector }) => collector === 'iperf');
  return {
    cluster: expectations.cluster,
    measurements: [
      ...strangers.sort().map(stranger),
      ...expectations.machines.flatMap((machine) => [
        ...completeness(
          machine,
          all.filter(({ node }) => node === machine.name),
          limits,
        ),
        ...analyseMachine(
          expectations,
          machine,
          ours.filter(({ node }) => node === machine.name),
        ),
      ]),
      ...(iperf.length > 0 ? analyseThroughput(expectations, iperf) : []),
    ],
    matrices: [...mtuMatrices(expectations, ours), ...throughputMatrices(expectations, iperf)],
    histograms: [
      ...connectHistogram(ours.filter(({ collector }) => collector === 'connect')),
      ...fsyncHistograms(ours.filter(({ collector }) => collector === 'etcd-metrics')),
    ],
  };
}

/** All that was measured on one machine, or from it. */
function analyseMachine(
  expectations: Expectations,
  machine: MachineExpectation,
  recordings: readonly Recording[],
): Measurement[] {
  const of = (collector: string, network?: Network) =>
    recordings.filter(
      (one) => one.collector === collector && (network === undefined || one.network === network),
    );
  const counters = of('counters');
  return [
    ...of('facts').flatMap((one) => analyseFacts(expectations, machine, one)),
    ...counters.flatMap((one) => analyseCounters(expectations, one)),
    ...of('proxy').flatMap((one) => analyseProxy(expectations, one)),
    ...of('routes').flatMap((one) => analyseRoutes(expectations, machine, one)),
    ...of('bgp').flatMap((one) => analyseBgp(expectations, machine, one)),
    ...of('df-probe').flatMap((one) => analyseDfProbe(expectations, one)),
    ...of('round-trip').flatMap((one) => analyseRoundTrip(expectations, one)),
    ...of('arp').flatMap((one) => analyseArp(expectations, one)),
    ...of('connect', 'host').flatMap((one) =>
      analyseConnects(expectations, one, of('connect', 'pod')[0]),
    ),
    ...of('dns-storm').flatMap((one) => analyseStorm(expectations, one, counters)),
    ...of('fsync').flatMap((one) => analyseFsync(expectations, one)),
    ...of('etcd-metrics').flatMap((one) => analyseEtcdMetrics(expectations, one)),
  ];
}

/** A machine that nobody looked at, or whose recordings break off, is not well: it is unknown. */
function completeness(
  { name }: MachineExpectation,
  recordings: readonly Recording[],
  { needed = ALWAYS, trouble = {} }: RunLimits,
): Measurement[] {
  const there = new Set(recordings.map(({ collector }) => collector));
  const absent = needed.filter((collector) => !there.has(collector));
  const broken = recordings.filter(({ complete }) => !complete).map(({ collector }) => collector);
  const intended = needed.join(', ');
  const why = trouble[name] ?? [];
  return [
    ...why.map((sentence) =>
      unknown('DOC-RUN', name, 'to the end', sentence, 'see to that and run the doctor again'),
    ),
    ...(absent.length > 0 && why.length === 0
      ? [unknown('DOC-RUN', name, intended, `no recording of ${absent.join(', ')}`)]
      : []),
    ...(broken.length > 0
      ? [unknown('DOC-RUN', name, 'to the end', `${broken.join(', ')} broke off`)]
      : []),
  ];
}

function stranger(name: string): Measurement {
  return measurement('DOC-RUN', name, {
    value: 'measured',
    intended: 'no such machine',
    level: UNKNOWN,
    message: `${name} is no machine of the spec, nothing says what it must measure`,
    remedy: 'add it to the spec, or set NODE_NAME to its name there',
  });
}

/** The largest packet that arrives, for every pair, between machines and between pods. */
function mtuMatrices(expectations: Expectations, recordings: readonly Recording[]): Matrix[] {
  const names = expectations.machines.map(({ name }) => name);
  return (['host', 'pod'] as const).flatMap((network): Matrix[] => {
    const probes = recordings.filter((r) => r.collector === 'df-probe' && r.network === network);
    const pairs = new Map(
      probes.flatMap(probed).map((one) => [`${one.from} ${one.to}`, largestAnswered(one)]),
    );
    const levels = new Map(
      probes
        .flatMap((one) => analyseDfProbe(expectations, one))
        .map(({ subject, level }) => [subject.replace('→', ' '), level]),
    );
    const title =
      network === 'host' ? 'Largest packet between machines' : 'Largest packet between pods';
    return pairs.size === 0
      ? []
      : [
          {
            title,
            unit: 'bytes',
            rows: names,
            columns: names,
            values: names.map((a) => names.map((b) => pairs.get(`${a} ${b}`) ?? null)),
            level: names.map((a) => names.map((b) => levels.get(`${a} ${b}`) ?? UNKNOWN)),
          },
        ];
  });
}

/** Levels from the best to the worst; the worst decides how a run ends. */
const ORDER = [
  VerdictLevel.PASS,
  VerdictLevel.INFO,
  VerdictLevel.UNKNOWN,
  VerdictLevel.WARN,
  VerdictLevel.FAIL,
];

/** The worst of all measurements; what is unknown is worse than good, and better than trouble. */
export function worstOf({ measurements }: DoctorReport): VerdictLevel {
  return measurements.reduce<VerdictLevel>(
    (worst, { level }) => (ORDER.indexOf(level) > ORDER.indexOf(worst) ? level : worst),
    measurements.length === 0 ? UNKNOWN : VerdictLevel.PASS,
  );
}
