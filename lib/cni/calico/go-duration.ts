import type { Duration } from 'cdk8s';
import { millis } from '../../cluster';

/** A duration as Calico's schema takes it: a whole number with a unit; "1.5s" is refused. */
export function goDuration(duration: Duration): string {
  const milliseconds = millis(duration);
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${Math.round(milliseconds)}ms`;
}
