import type { Duration } from 'cdk8s';
import type { Problem } from '../cluster';

const HOUR_MS = 3_600_000;
const MOST_HOURS = 168;

/** Every member reads its whole database for it, so a comparison every few minutes is load and no safety. */
export function corruptCheckProblems(asked: Duration | undefined): Problem[] {
  const hours = asked === undefined ? 1 : asked.toMilliseconds() / HOUR_MS;
  return Number.isInteger(hours) && hours >= 1 && hours <= MOST_HOURS
    ? []
    : [
        {
          prop: 'corruptCheckTime',
          allowed: `a whole number of hours between 1 and ${MOST_HOURS}`,
          got: `${hours} h`,
          remedy: 'leave it out: members compare at start and after each compaction anyway',
        },
      ];
}
