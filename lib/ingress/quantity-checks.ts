import { SizeRoundingBehavior, type Duration, type Size } from 'cdk8s';
import type { Problem } from '../cluster';
import type { EdgeIntent } from './intent';

/** What is wrong with the timeouts. */
export function timeoutProblems({
  clientTimeouts = {},
  upstreamTimeouts = {},
  upstreamRetries = {},
  shutdown = {},
  hstsMaxAge,
}: EdgeIntent) {
  const day = 24 * 3600;
  return [
    ...durationProblem('clientTimeouts.header', clientTimeouts.header, 1, 300),
    ...durationProblem('clientTimeouts.body', clientTimeouts.body, 1, 3600),
    ...durationProblem('clientTimeouts.send', clientTimeouts.send, 1, 300),
    ...durationProblem('clientTimeouts.keepalive', clientTimeouts.keepalive, 1, 3600),
    ...durationProblem('upstreamTimeouts.connect', upstreamTimeouts.connect, 1, 75),
    ...durationProblem('upstreamTimeouts.read', upstreamTimeouts.read, 1, day),
    ...durationProblem('upstreamTimeouts.send', upstreamTimeouts.send, 1, day),
    ...durationProblem('upstreamRetries.timeout', upstreamRetries.timeout, 1, day),
    ...durationProblem('shutdown.preStop', shutdown.preStop, 0, 300, 1000),
    ...durationProblem('shutdown.drain', shutdown.drain, 1, 3600, 1000),
    ...durationProblem('shutdown.grace', shutdown.grace, 1, 7200, 1000),
    ...durationProblem('hstsMaxAge', hstsMaxAge, 0, 730 * day, 1000),
  ];
}

/** A problem when the time is outside the range of seconds or between steps of milliseconds, else nothing. */
export function durationProblem(
  prop: string,
  got: Duration | undefined,
  min: number,
  max: number,
  step = 1,
): Problem[] {
  const milliseconds = got?.toMilliseconds();
  if (milliseconds === undefined) {
    return [];
  }
  const inside = milliseconds >= min * 1000 && milliseconds <= max * 1000;
  if (inside && Number.isInteger(milliseconds / step)) {
    return [];
  }
  const unit = step === 1 ? 'milliseconds' : 'seconds';
  return [
    {
      prop,
      allowed: `between ${min} s and ${max} s in whole ${unit}`,
      got: `${milliseconds / 1000} s`,
      remedy: 'leave it out to take the default',
    },
  ];
}

/** What is wrong with the sizes. */
export function sizeProblems({
  clientMaxBodySize,
  grpcMaxBodySize,
  clientBodyBuffer,
  memoryLimit,
  headerBuffers,
  responseBuffers,
}: EdgeIntent) {
  const mebibyte = 1024;
  return [
    ...sizeProblem('clientMaxBodySize', clientMaxBodySize, 1, 16 * 1024 * mebibyte, 1),
    ...sizeProblem('grpcMaxBodySize', grpcMaxBodySize, 0, 16 * 1024 * mebibyte, 1),
    ...sizeProblem('clientBodyBuffer', clientBodyBuffer, 8, mebibyte, 1),
    ...sizeProblem('responseBuffers.size', responseBuffers?.size, 4, 64, 1),
    ...sizeProblem('responseBuffers.header', responseBuffers?.header, 4, 64, 1),
    ...sizeProblem('memoryLimit', memoryLimit, mebibyte, 1024 * 1024 * mebibyte, mebibyte),
    ...sizeProblem('headerBuffers.size', headerBuffers?.size, 1, 64, 1),
  ];
}

/** A problem when the size is outside the range of KiB or between steps of KiB, else nothing. */
export function sizeProblem(
  prop: string,
  got: Size | undefined,
  min: number,
  max: number,
  step: number,
): Problem[] {
  const kibibytes = got?.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
  if (kibibytes === undefined) {
    return [];
  }
  if (kibibytes >= min && kibibytes <= max && Number.isInteger(kibibytes / step)) {
    return [];
  }
  return [
    {
      prop,
      allowed: `between ${min} KiB and ${max} KiB in steps of ${step} KiB`,
      got: `${kibibytes} KiB`,
      remedy: 'leave it out to take the default',
    },
  ];
}
