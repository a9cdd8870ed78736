import type { Duration } from 'cdk8s';
import type { Problem } from '../../cluster';

/** A problem when a time is outside of its range or no whole number of seconds, else nothing. */
export function durationProblems(
  prop: string,
  got: Duration | undefined,
  range: { readonly min: Duration; readonly max: Duration },
): Problem[] {
  const { min, max } = range;
  if (got === undefined) {
    return [];
  }
  const seconds = got.toSeconds({ integral: false });
  const inRange = seconds >= secondsOf(min) && seconds <= secondsOf(max);
  // Scripts compute with it, and shells know whole numbers only.
  return inRange && Number.isInteger(seconds)
    ? []
    : [
        {
          prop,
          allowed: `${inRange ? 'whole seconds ' : ''}between ${min.toHumanString()} and ${max.toHumanString()}`,
          got: inRange ? `${seconds} seconds` : got.toHumanString(),
          remedy: 'leave it out for the default',
        },
      ];
}

/** Whole seconds, which `durationProblems` makes sure of. */
export function secondsOf(duration: Duration): number {
  return duration.toSeconds();
}
