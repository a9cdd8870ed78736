import type { Duration } from 'cdk8s';
import type { Problem } from '../../cluster';

/** A problem when a time is outside of its range, else nothing. */
export function durationProblems(
  prop: string,
  got: Duration | undefined,
  range: { readonly min: Duration; readonly max: Duration },
): Problem[] {
  const { min, max } = range;
  if (got === undefined || (secondsOf(got) >= secondsOf(min) && secondsOf(got) <= secondsOf(max))) {
    return [];
  }
  return [
    {
      prop,
      allowed: `between ${min.toHumanString()} and ${max.toHumanString()}`,
      got: got.toHumanString(),
      remedy: 'leave it out for the default',
    },
  ];
}

/** Seconds, with a fraction where there is one. */
export function secondsOf(duration: Duration): number {
  return duration.toSeconds({ integral: false });
}
