import type { Heard } from './recordings';
import { VerdictLevel, type DoctorReport, type Measurement } from '../../cluster';
import { analyse, ALWAYS } from '../../doctor/analysers';
import type { Expectations } from '../../doctor/expectations';
import { lineOf, type Recording } from '../../doctor/protocol';
import type { Load } from '../../doctor/run-document';

const { FAIL, PASS, UNKNOWN, WARN } = VerdictLevel;

/** How a run ends; below 3 are the codes of every command. */
export const exitCodes = { good: 0, unknown: 3, warn: 4, fail: 5, interrupted: 130 } as const;

/** Checks whose answer is not known without a load, and the load that shows it. */
const SHOWN_BY: Readonly<Record<string, Load>> = {
  'DOC-CPU-STEAL': 'cpu',
  'DOC-NET-RETRANS': 'network',
  'DOC-ETCD-FSYNC': 'disk',
};

/**
 * What recordings say, settled: a check that looked at one thing several times, as counters do in each of
 * their windows, is known where one of them knows, and is as bad as the worst of them.
 *
 * @param wanted collectors that somebody asked for; all where absent
 */
export function judge(
  expectations: Expectations,
  { recordings, trouble }: Heard,
  wanted?: readonly string[],
): DoctorReport {
  const needed = ALWAYS.filter((one) => wanted === undefined || wanted.includes(one));
  const report = analyse(expectations, recordings, { needed, trouble });
  return { ...report, measurements: settled(report.measurements) };
}

/** Levels from the one that says least to the one that matters most. */
const WEIGHT = [UNKNOWN, PASS, VerdictLevel.INFO, WARN, FAIL];

function settled(measurements: readonly Measurement[]): Measurement[] {
  const worst = new Map<string, Measurement>();
  for (const one of measurements) {
    const key = keyOf(one);
    const known = worst.get(key);
    if (known === undefined || WEIGHT.indexOf(one.level) > WEIGHT.indexOf(known.level)) {
      worst.set(key, one);
    }
  }
  return [...worst.values()];
}

/** Each reason why a machine was not measured stands by itself. */
function keyOf({ check, subject, message }: Measurement): string {
  return `${check}\n${subject}\n${check === 'DOC-RUN' ? message : ''}`;
}

/**
 * What is unknown and was meant to be known. A check that only a load shows is not meant to be known
 * without that load, nor in a quiet window beside it.
 */
export function openQuestions(
  { measurements }: DoctorReport,
  recordings: readonly Recording[],
): Measurement[] {
  const loaded = new Set(recordings.flatMap(loadOf));
  const known = new Set(measurements.flatMap((m) => (m.level === UNKNOWN ? [] : m.check)));
  return measurements.filter(({ level, check }) => {
    const load = SHOWN_BY[check];
    return level === UNKNOWN && (load === undefined || (loaded.has(load) && !known.has(check)));
  });
}

/** What only a load prints. */
const LOADS: Readonly<Record<string, Load>> = { fsync: 'disk', iperf: 'network' };

function loadOf(recording: Recording): Load[] {
  const burns = recording.collector === 'counters' && lineOf(recording, 'load') === 'burn';
  const load = burns ? 'cpu' : LOADS[recording.collector];
  return load === undefined ? [] : [load];
}

/** The exit code: what hurts most decides. */
export function exitCode(report: DoctorReport, recordings: readonly Recording[]): number {
  const has = (level: VerdictLevel) => report.measurements.some((one) => one.level === level);
  if (has(FAIL)) {
    return exitCodes.fail;
  }
  if (has(WARN)) {
    return exitCodes.warn;
  }
  const open = openQuestions(report, recordings).length > 0 || report.measurements.length === 0;
  return open ? exitCodes.unknown : exitCodes.good;
}
