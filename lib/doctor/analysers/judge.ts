import { VerdictLevel, type Measurement } from '../../cluster';
import { checks, type Check, type CheckId } from '../checks';
import type { Recording } from '../protocol';

/** A verdict before it has its check and its subject. */
export interface Verdict extends Pick<
  Measurement,
  'value' | 'intended' | 'level' | 'message' | 'remedy' | 'number' | 'unit' | 'findingId'
> {}

/** One measurement; the catalogue of checks knows the finding and the step of the runbook. */
export function measurement(id: CheckId, subject: string, verdict: Verdict): Measurement {
  const { findingId, runbook }: Check = checks[id];
  const found = verdict.findingId ?? findingId;
  return {
    check: id,
    subject,
    ...verdict,
    ...(found === undefined ? {} : { findingId: found }),
    ...(runbook === undefined ? {} : { runbook }),
  };
}

/** Nothing can be said of a subject. */
export function unknown(
  id: CheckId,
  subject: string,
  intended: string,
  why: string,
  remedy = 'run the collector again where it is complete',
): Measurement {
  const { UNKNOWN: level } = VerdictLevel;
  const message = `not measured: ${why}`;
  return measurement(id, subject, { value: 'not measured', intended, level, message, remedy });
}

/** Why a recording without a certain value does not have it. */
export function whyAbsent({ missing, complete, collector }: Recording): string {
  if (missing.length > 0) {
    return `${[...new Set(missing)].join(', ')} not there`;
  }
  return complete ? `${collector} says nothing of it` : `${collector} was cut off`;
}

/** How a pair is named. */
export function pairOf(from: string, to: string): string {
  return `${from}→${to}`;
}

/** A number of things, for people. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share as people read it, with as many digits as it needs. */
export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toFixed(value !== 0 && Math.abs(value) < 1 ? 2 : 1))} %`;
}

/** A number with no more than two decimals. */
export function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** The value below which this share of the samples lies, by the nearest rank. */
export function quantile(samples: readonly number[], share: number): number | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
