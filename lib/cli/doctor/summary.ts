import { VerdictLevel, type DoctorReport, type Measurement } from '../../cluster';
import { Change, changesBetween } from '../../report';

const SHOWN = [VerdictLevel.FAIL, VerdictLevel.WARN, VerdictLevel.UNKNOWN];
const COUNTED = [...SHOWN, VerdictLevel.INFO, VerdictLevel.PASS];
const MOST = 20;

/** The result for a terminal: what is wrong in full, what is well as a number. */
export function summaryLines(report: DoctorReport, open: readonly Measurement[]): string[] {
  const { measurements, cluster } = report;
  const counts = COUNTED.flatMap((level) => {
    const count = measurements.filter((one) => one.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  const shown = SHOWN.flatMap((level) =>
    measurements.filter(
      (one) => one.level === level && (level !== VerdictLevel.UNKNOWN || open.includes(one)),
    ),
  );
  return [
    `${cluster}: ${counts.join(', ') || 'nothing was measured'}`,
    ...shown.slice(0, MOST).map(line),
    ...(shown.length > MOST ? [`  and ${shown.length - MOST} more`] : []),
  ];
}

function line({ level, check, subject, message, remedy }: Measurement): string {
  const what = remedy === undefined ? message : `${message}; ${remedy}`;
  return `  ${level.padEnd(7)}  ${check}  ${subject}: ${what}`;
}

/** Verdicts that changed since another run; values that differ between any two runs are on the page. */
export function changeLines(earlier: DoctorReport, now: DoctorReport): string[] {
  const changed = changesBetween(earlier, now).filter(
    ({ change }) => change !== Change.SAME && change !== Change.OTHER,
  );
  const value = (one?: Measurement) => (one === undefined ? 'not measured' : one.value);
  return [
    `beside the run before, ${changed.length} verdicts changed`,
    ...changed
      .slice(0, MOST)
      .map(
        ({ change, check, subject, before, now: after }) =>
          `  ${change.padEnd(11)}  ${check}  ${subject}: ${value(before)} → ${value(after)}`,
      ),
    ...(changed.length > MOST ? [`  and ${changed.length - MOST} more`] : []),
  ];
}
