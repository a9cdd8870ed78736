import { SizeRoundingBehavior, type Duration, type Size } from 'cdk8s';

/** Milliseconds of a duration, also when they are not whole. */
export function millis(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}

/** A size in bytes; a part of a KiB is dropped. */
export function bytesOf(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
}
