import { VerdictLevel, type Matrix, type Measurement } from '../../cluster';
import type { CheckId } from '../checks';
import type { Expectations } from '../expectations';
import { lineOf, linesOf, type Network, type Recording } from '../protocol';
import { thresholds } from '../thresholds';
import { measurement, pairOf, percent, short, unknown, whyAbsent } from './judge';

const { FAIL, INFO, PASS, UNKNOWN, WARN } = VerdictLevel;
const MEGA = 1e6;

/** One run of iperf3 between two machines, or between pods of them. */
export interface Run {
  readonly from: string;
  readonly to: string;
  readonly network: Network;
  readonly protocol: string;
  /** Why there is no result. */
  readonly error?: string;
  /** Seconds since 1970 at the client. */
  readonly start: number;
  readonly seconds: number;
  readonly mbits: number;
  readonly retransmits?: number;
  readonly segments?: number;
  /** Share of UDP packets, and milliseconds. */
  readonly loss?: number;
  readonly jitterMs?: number;
}

interface Sum {
  readonly seconds?: number;
  readonly bytes?: number;
  readonly bits_per_second?: number;
  readonly retransmits?: number;
  readonly lost_percent?: number;
  readonly jitter_ms?: number;
  readonly packets?: number;
}

interface IperfJson {
  readonly error?: string;
  readonly start?: {
    readonly timestamp?: { readonly timesecs?: number };
    readonly tcp_mss_default?: number;
  };
  readonly end?: { readonly sum_sent?: Sum; readonly sum_received?: Sum; readonly sum?: Sum };
}

export function runOf(recording: Recording): Run {
  const [to = '', , protocol = 'tcp'] = (lineOf(recording, 'pair') ?? '').split(' ');
  const json = parse(linesOf(recording, 'json').join('\n'));
  const sent = json?.end?.sum_sent;
  const received = json?.end?.sum_received ?? json?.end?.sum;
  const loss = json?.end === undefined ? undefined : lossOf(json.end);
  const error =
    json?.error ?? (received?.bits_per_second === undefined ? whyAbsent(recording) : undefined);
  const mss = json?.start?.tcp_mss_default;
  return {
    from: recording.node,
    to,
    network: recording.network,
    protocol,
    ...(error === undefined ? {} : { error }),
    start: json?.start?.timestamp?.timesecs ?? 0,
    seconds: received?.seconds ?? 0,
    mbits: (received?.bits_per_second ?? 0) / MEGA,
    ...(protocol === 'tcp' && sent?.retransmits !== undefined && mss !== undefined && mss > 0
      ? { retransmits: sent.retransmits, segments: Math.ceil((sent.bytes ?? 0) / mss) }
      : {}),
    ...(protocol === 'udp' && loss !== undefined
      ? { loss, jitterMs: json?.end?.sum?.jitter_ms ?? 0 }
      : {}),
  };
}

/** A way that is alive has less than this share of a run's packets under way when the run ends. */
const UNDER_WAY = 0.05;

/**
 * The receiver counts a packet as lost when a later one arrives: where the way went dead it counts none,
 * and what was sent after the last that it saw is lost as well.
 */
function lossOf({ sum, sum_sent, sum_received }: NonNullable<IperfJson['end']>) {
  if (sum?.lost_percent === undefined || sum.packets === 0) {
    return undefined;
  }
  const sent = sum_sent?.packets ?? 0;
  const unheard = sent === 0 ? 0 : 1 - (sum_received?.packets ?? sent) / sent;
  return sum.lost_percent / 100 + (unheard > UNDER_WAY ? unheard : 0);
}

/** The whole matrix: every pair, of machines and of pods, each way. */
export function analyseThroughput(
  expectations: Expectations,
  recordings: readonly Recording[],
): Measurement[] {
  const runs = recordings.map(runOf);
  const disturbed = overlapping(runs);
  const tcp = runs.filter(({ protocol }) => protocol === 'tcp');
  const pods = tcp.filter(({ network }) => network === 'pod');
  return [
    ...pods.map((pod) => ratio(pod, tcp, disturbed)),
    ...tcp.map((run) => retransmits(run, disturbed)),
    ...runs.filter(({ protocol }) => protocol === 'udp').map((run) => udp(run, disturbed)),
    ...(expectations.machines.length < 2
      ? [
          unknown(
            'DOC-NET-THROUGHPUT',
            expectations.machines[0]!.name,
            RATIO,
            'there is no other machine',
          ),
        ]
      : []),
  ];
}

const RATIO = `at least ${percent(thresholds.podThroughput.value)} of what the machines get`;

function ratio(pod: Run, tcp: readonly Run[], disturbed: ReadonlySet<Run>): Measurement {
  const id: CheckId = 'DOC-NET-THROUGHPUT';
  const subject = pairOf(pod.from, pod.to);
  const host = tcp.find(
    (one) => one.network === 'host' && one.from === pod.from && one.to === pod.to,
  );
  const why = pod.error ?? (host === undefined ? 'no run between the machines' : host.error);
  if (why !== undefined || host === undefined || host.mbits === 0) {
    return unknown(id, subject, RATIO, why ?? 'nothing arrived between the machines');
  }
  if (disturbed.has(pod) || disturbed.has(host)) {
    return unknown(id, subject, RATIO, 'another pair was measured at the same time', ONE_BY_ONE);
  }
  const share = pod.mbits / host.mbits;
  const bad = share < thresholds.podThroughput.value;
  return measurement(id, subject, {
    value: `${short(pod.mbits)} of ${short(host.mbits)} Mbit/s (${percent(share)})`,
    intended: RATIO,
    level: bad ? FAIL : PASS,
    message: `pods get ${percent(share)} of the ${short(host.mbits)} Mbit/s between the machines`,
    ...(bad
      ? {
          remedy:
            'headers cost 3.5 % at most; beyond that it is CPU: look at softirq, at offload of the tunnel device, and at a larger MTU',
        }
      : {}),
    number: pod.mbits,
    unit: 'Mbit/s',
  });
}

function retransmits(run: Run, disturbed: ReadonlySet<Run>): Measurement {
  const id: CheckId = 'DOC-NET-RETRANS';
  const subject = `${pairOf(run.from, run.to)} (${run.network})`;
  const intended = `less than ${percent(thresholds.retransmits.value)} of the segments`;
  if (run.error !== undefined || run.segments === undefined || run.segments === 0) {
    return unknown(id, subject, intended, run.error ?? 'this kernel does not tell retransmits');
  }
  const share = run.retransmits! / run.segments;
  const bad = share >= thresholds.retransmits.value;
  return measurement(id, subject, {
    value: `${percent(share)} (${run.retransmits} of ${run.segments})`,
    intended,
    level: bad ? (disturbed.has(run) ? UNKNOWN : WARN) : PASS,
    message: `TCP sent ${percent(share)} of its segments again`,
    ...(bad
      ? {
          remedy: disturbed.has(run)
            ? ONE_BY_ONE
            : 'where only pods lose, look at MTU and offload; where machines lose too, at the uplink',
        }
      : {}),
    number: share * 100,
    unit: '%',
  });
}

function udp(run: Run, disturbed: ReadonlySet<Run>): Measurement {
  const id: CheckId = 'DOC-NET-UDP';
  const subject = `${pairOf(run.from, run.to)} (${run.network})`;
  const intended = `at most ${percent(thresholds.udpLoss.value)} lost`;
  if (run.error !== undefined || run.loss === undefined) {
    return unknown(id, subject, intended, run.error ?? 'iperf3 says nothing of loss');
  }
  const bad = run.loss > thresholds.udpLoss.value;
  return measurement(id, subject, {
    value: `${percent(run.loss)} lost, jitter ${short(run.jitterMs!)} ms`,
    intended,
    level: bad ? (disturbed.has(run) ? UNKNOWN : WARN) : PASS,
    message: `${percent(run.loss)} of the packets were lost at ${short(run.mbits)} Mbit/s, jitter ${short(run.jitterMs!)} ms`,
    ...(bad
      ? {
          remedy: disturbed.has(run)
            ? ONE_BY_ONE
            : 'compare host and pod: where machines lose as well it is the uplink, which the provider has to answer for',
        }
      : {}),
    number: run.loss * 100,
    unit: '%',
  });
}

const ONE_BY_ONE = 'measure one pair at a time';

/** Runs that were not alone: each took from the other, and neither says what the way carries. */
function overlapping(runs: readonly Run[]): ReadonlySet<Run> {
  const timed = runs.filter(({ start, seconds }) => start > 0 && seconds > 0);
  const disturbed = new Set<Run>();
  const sorted = [...timed].sort((a, b) => a.start - b.start);
  for (const [index, one] of sorted.entries()) {
    for (const other of sorted.slice(index + 1)) {
      // Clocks of machines differ by a little, and starts are whole seconds.
      if (other.start + 1 >= one.start + one.seconds) {
        break;
      }
      disturbed.add(one).add(other);
    }
  }
  return disturbed;
}

/** Throughput of every pair, for machines and for pods, worst values marked. */
export function throughputMatrices(
  { machines }: Expectations,
  recordings: readonly Recording[],
): Matrix[] {
  const names = machines.map(({ name }) => name);
  const every = recordings.map(runOf);
  const disturbed = overlapping(every);
  const runs = every.filter((r) => r.protocol === 'tcp' && r.error === undefined);
  return (['host', 'pod'] as const).flatMap((network): Matrix[] => {
    const those = runs.filter((run) => run.network === network);
    const find = (from: string, to: string, which: readonly Run[]) =>
      which.find((run) => run.from === from && run.to === to);
    const level = (from: string, to: string): VerdictLevel => {
      const run = find(from, to, those);
      const host = find(
        from,
        to,
        runs.filter((one) => one.network === 'host'),
      );
      if (run === undefined) {
        return UNKNOWN;
      }
      if (network === 'pod' && host !== undefined && [run, host].some((r) => disturbed.has(r))) {
        return UNKNOWN;
      }
      return network === 'host' || host === undefined || host.mbits === 0
        ? INFO
        : run.mbits / host.mbits < thresholds.podThroughput.value
          ? FAIL
          : PASS;
    };
    return those.length === 0
      ? []
      : [
          {
            title: network === 'host' ? 'Throughput between machines' : 'Throughput between pods',
            unit: 'Mbit/s',
            rows: names,
            columns: names,
            values: names.map((a) => names.map((b) => find(a, b, those)?.mbits ?? null)),
            level: names.map((a) => names.map((b) => level(a, b))),
          },
        ];
  });
}

function parse(text: string): IperfJson | undefined {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{')))) as IperfJson;
  } catch {
    return undefined;
  }
}
