import { SizeRoundingBehavior, type Size } from 'cdk8s';

/** A size in bytes; a part of a KiB is dropped. */
export function bytesOf(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
}
