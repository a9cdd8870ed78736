import { VerdictLevel, type Histogram, type Measurement } from '../../cluster';
import type { CheckId } from '../checks';
import type { Expectations } from '../expectations';
import { lineOf, linesOf, numberOf, type Recording } from '../protocol';
import { LEAST_SAMPLES, thresholds } from '../thresholds';
import { counted, measurement, short, unknown, whyAbsent } from './judge';

const { FAIL, INFO, PASS, WARN } = VerdictLevel;
const MS = 1e6;
const DISK =
  'give etcd a drive with power-loss protection that nobody shares; on a VPS ask whether the volume is local NVMe';

/** Bounds of a verdict, in milliseconds. */
interface Bounds {
  readonly fastMs: number;
  readonly unsafeMs: number;
}

/** A run of fio, before or beside etcd. */
export function analyseFsync(expectations: Expectations, recording: Recording): Measurement[] {
  const { node } = recording;
  const bounds = fsyncBounds(expectations);
  const refused = lineOf(recording, 'refused');
  if (refused !== undefined) {
    return [unknown('DOC-ETCD-FSYNC', node, intendedOf(bounds), refused)];
  }
  const run = readFio(linesOf(recording, 'json').join('\n'));
  if (run === undefined) {
    return [unknown('DOC-ETCD-FSYNC', node, intendedOf(bounds), whyAbsent(recording))];
  }
  if (run.samples < LEAST_SAMPLES) {
    const why = `${run.samples} fsyncs are too few for the slowest of 100`;
    return [unknown('DOC-ETCD-FSYNC', node, intendedOf(bounds), why)];
  }
  const p99 = run.p99Ns / MS;
  const seconds = numberOf(recording, 'seconds') ?? run.seconds;
  const brief = Math.min(seconds, run.seconds + 1) < thresholds.fsyncSeconds.value;
  const verdict = judge('DOC-ETCD-FSYNC', node, p99, bounds, 'fsyncs that fio asked for');
  return [
    brief && verdict.level === PASS
      ? {
          ...verdict,
          level: INFO,
          message: `${verdict.message}; in ${short(run.seconds)} s burst credit may hide what the disk does later`,
          remedy: `measure for ${thresholds.fsyncSeconds.value} seconds`,
        }
      : verdict,
  ];
}

/** What etcd itself counted in a window. */
export function analyseEtcdMetrics(
  expectations: Expectations,
  recording: Recording,
): Measurement[] {
  const { node } = recording;
  const commit: Bounds = {
    fastMs: thresholds.commitUnsafeNs.value / MS,
    unsafeMs: thresholds.commitUnsafeNs.value / MS,
  };
  const of = (id: CheckId, metric: string, bounds: Bounds, noun: string) => {
    const window = histogramWindow(recording, metric);
    const total = window?.at(-1)?.count ?? 0;
    if (window === undefined || total < LEAST_SAMPLES) {
      const why =
        window === undefined
          ? `${whyAbsent(recording)}, or etcd was restarted in between`
          : `${total} samples are too few for the slowest of 100`;
      return unknown(id, node, intendedOf(bounds), why, 'watch for longer, while etcd works');
    }
    return judge(id, node, quantileMs(window, 0.99), bounds, noun);
  };
  const fsync = of('DOC-ETCD-FSYNC', WAL, fsyncBounds(expectations), 'fsyncs of the running etcd');
  return [fsync, of('DOC-ETCD-COMMIT', COMMIT, commit, 'commits'), leader(recording)];
}

const WAL = 'etcd_disk_wal_fsync_duration_seconds';
const COMMIT = 'etcd_disk_backend_commit_duration_seconds';

function judge(id: CheckId, node: string, p99: number, bounds: Bounds, noun: string): Measurement {
  const level = p99 >= bounds.unsafeMs ? FAIL : p99 >= bounds.fastMs ? WARN : PASS;
  const distance = `${short(p99 / bounds.fastMs)} times the ${short(bounds.fastMs)} ms of a drive with power-loss protection`;
  const messages = {
    [FAIL]: `99 of 100 ${noun} take up to ${short(p99)} ms, and from ${short(bounds.unsafeMs)} ms on leaders change under load`,
    [WARN]: `99 of 100 ${noun} take up to ${short(p99)} ms: enough for etcd, and ${distance}`,
    [PASS]: `99 of 100 ${noun} take less than ${short(p99)} ms`,
  };
  return measurement(id, node, {
    value: `${short(p99)} ms`,
    intended: intendedOf(bounds),
    level,
    message: messages[level],
    ...(level === PASS ? {} : { remedy: DISK }),
    number: p99,
    unit: 'ms',
  });
}

function leader(recording: Recording): Measurement {
  const intended = 'no change';
  if (sample(linesOf(recording, 'after'), 'etcd_server_has_leader') === 0) {
    return measurement('DOC-ETCD-LEADER', recording.node, {
      value: 'no leader',
      intended,
      level: FAIL,
      message: 'this member of etcd has no leader: nothing can be written through it',
      remedy:
        'see the log of etcd on every control plane, and whether they reach port 2380 of each other',
    });
  }
  const [before, after] = ['before', 'after'].map((when) =>
    sample(linesOf(recording, when), 'etcd_server_leader_changes_seen_total'),
  );
  if (before === undefined || after === undefined || after < before || restarted(recording)) {
    const why = `${whyAbsent(recording)}, or etcd was restarted in between`;
    return unknown('DOC-ETCD-LEADER', recording.node, intended, why);
  }
  const changes = after - before;
  return measurement('DOC-ETCD-LEADER', recording.node, {
    value: counted(changes, 'change'),
    intended,
    level: changes > 0 ? WARN : PASS,
    message:
      changes > 0
        ? `the leader changed ${counted(changes, 'time')} while it was watched`
        : `the leader stayed; it changed ${counted(after, 'time')} since etcd started`,
    ...(changes > 0
      ? { remedy: 'look at the disk, at steal, and at the round trip between the control planes' }
      : {}),
    number: changes,
  });
}

function fsyncBounds({ etcd }: Expectations): Bounds {
  return { fastMs: etcd.fsyncFastNs / MS, unsafeMs: etcd.fsyncUnsafeNs / MS };
}

function intendedOf({ fastMs, unsafeMs }: Bounds): string {
  return fastMs === unsafeMs
    ? `less than ${short(unsafeMs)} ms`
    : `less than ${short(fastMs)} ms, never ${short(unsafeMs)} ms`;
}

interface FioRun {
  readonly p99Ns: number;
  readonly samples: number;
  readonly seconds: number;
}

/** fio may say something before its JSON. */
function readFio(text: string): FioRun | undefined {
  const job = parse(text)?.jobs?.[0];
  const sync = job?.sync?.lat_ns;
  const p99Ns = sync?.percentile?.['99.000000'];
  const samples = sync?.N ?? job?.sync?.total_ios;
  return typeof p99Ns === 'number' && typeof samples === 'number' && job?.error === 0
    ? { p99Ns, samples, seconds: Number(job?.job_runtime ?? 0) / 1000 }
    : undefined;
}

interface FioJson {
  readonly jobs?: ReadonlyArray<{
    readonly error?: number;
    readonly job_runtime?: number;
    readonly sync?: {
      readonly total_ios?: number;
      readonly lat_ns?: { readonly N?: number; readonly percentile?: Record<string, number> };
    };
  }>;
}

function parse(text: string): FioJson | undefined {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{')))) as FioJson;
  } catch {
    return undefined;
  }
}

/** Cumulative counts up to an upper bound in seconds, the last one unbounded. */
interface Bucket {
  readonly upTo: number;
  readonly count: number;
}

/** What a histogram of Prometheus gained between two looks; undefined where it was set back. */
export function histogramWindow(recording: Recording, metric: string): Bucket[] | undefined {
  const [before, after] = ['before', 'after'].map((when) =>
    bucketsOf(linesOf(recording, when), metric),
  );
  if (!before?.length || !after?.length || restarted(recording)) {
    return undefined;
  }
  const gained = after.map(({ upTo, count }) => ({
    upTo,
    count: count - (before.find((one) => one.upTo === upTo)?.count ?? 0),
  }));
  return gained.some(({ count }) => count < 0) ? undefined : gained;
}

/** Counters of a process begin at zero. */
function restarted(recording: Recording): boolean {
  const [before, after] = ['before', 'after'].map((when) =>
    sample(linesOf(recording, when), 'process_start_time_seconds'),
  );
  return before !== after;
}

function bucketsOf(lines: readonly string[], metric: string): Bucket[] {
  return lines
    .flatMap((line) => {
      const found = /^(\w+)_bucket\{.*?le="([^"]+)".*?\}\s+(\S+)/.exec(line);
      return found?.[1] === metric
        ? [{ upTo: found[2] === '+Inf' ? Infinity : Number(found[2]), count: Number(found[3]) }]
        : [];
    })
    .sort((a, b) => a.upTo - b.upTo);
}

/** As Prometheus does it: inside of a bucket samples are taken to be spread evenly. */
function quantileMs(buckets: readonly Bucket[], share: number): number {
  const rank = share * buckets.at(-1)!.count;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const lower = index === 0 ? { upTo: 0, count: 0 } : buckets[index - 1]!;
  const { upTo, count } = buckets[index]!;
  return upTo === Infinity
    ? lower.upTo * 1000
    : (lower.upTo + (upTo - lower.upTo) * ((rank - lower.count) / (count - lower.count))) * 1000;
}

function sample(lines: readonly string[], name: string): number | undefined {
  const line = lines.find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.trim().split(' ').at(-1));
}

/** The fsyncs of every control plane in the window, one histogram each. */
export function fsyncHistograms(recordings: readonly Recording[]): Histogram[] {
  return recordings.flatMap((recording) => {
    const window = histogramWindow(recording, WAL);
    return window === undefined || window.at(-1)!.count === 0
      ? []
      : [
          {
            title: `fsyncs of etcd on ${recording.node}`,
            unit: 'ms',
            buckets: window.map(({ upTo, count }, index) => ({
              upTo: upTo === Infinity ? 'longer' : short(upTo * 1000),
              count: count - (index === 0 ? 0 : window[index - 1]!.count),
            })),
          },
        ];
  });
}
