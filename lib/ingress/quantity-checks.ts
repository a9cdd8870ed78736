import { SizeRoundingBehavior, type Duration, type Size } from 'cdk8s';
import { checkInteger, type Problem } from '../cluster';
import type { HardenedNginxIngressOptions } from './options';

/** What is wrong with the timeouts. */
export function timeoutProblems({
  clientTimeouts = {},
  upstreamTimeouts = {},
  hstsMaxAge,
}: HardenedNginxIngressOptions) {
  const day = 24 * 3600;
  return [
    ...durationProblem('clientTimeouts.header', clientTimeouts.header, 1, 300),
    ...durationProblem('clientTimeouts.body', clientTimeouts.body, 1, 300),
    ...durationProblem('clientTimeouts.send', clientTimeouts.send, 1, 300),
    ...durationProblem('clientTimeouts.keepalive', clientTimeouts.keepalive, 1, 3600),
    ...durationProblem('upstreamTimeouts.connect', upstreamTimeouts.connect, 1, 75),
    ...durationProblem('upstreamTimeouts.read', upstreamTimeouts.read, 1, day),
    ...durationProblem('upstreamTimeouts.send', upstreamTimeouts.send, 1, day),
    ...durationProblem('hstsMaxAge', hstsMaxAge, 0, 730 * day, 1000),
  ];
}

function durationProblem(
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
  memoryLimit,
  headerBuffers,
}: HardenedNginxIngressOptions) {
  const mebibyte = 1024;
  return [
    ...sizeProblem('clientMaxBodySize', clientMaxBodySize, 1, 16 * 1024 * mebibyte, 1),
    ...sizeProblem('memoryLimit', memoryLimit, mebibyte, 1024 * 1024 * mebibyte, mebibyte),
    ...sizeProblem('headerBuffers.size', headerBuffers?.size, 1, 64, 1),
  ];
}

function sizeProblem(
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

/** What is wrong with the counts and ports. */
export function numberProblems(options: HardenedNginxIngressOptions): Problem[] {
  const nodePort = { min: 30000, max: 32767 };
  const outside = 'the API server assigns node ports from this range and refuses others';
  return [
    ...checkInteger(
      'workerProcesses',
      options.workerProcesses,
      { min: 1, max: 64 },
      'give one for each core the edge may use',
    ),
    ...checkInteger(
      'workerConnections',
      options.workerConnections,
      { min: 256, max: 65536 },
      'leave it out to let memoryLimit decide',
    ),
    ...checkInteger(
      'upstreamKeepalive',
      options.upstreamKeepalive,
      { min: 1, max: 1024 },
      'leave it out to take 64',
    ),
    ...checkInteger(
      'headerBuffers.count',
      options.headerBuffers?.count,
      { min: 1, max: 16 },
      'leave it out to take 4',
    ),
    ...checkInteger(
      'replicas',
      options.replicas,
      { min: 2, max: 100 },
      'one replica alone makes the loss of its machine an outage',
    ),
    ...checkInteger('httpNodePort', options.httpNodePort, nodePort, outside),
    ...checkInteger('httpsNodePort', options.httpsNodePort, nodePort, outside),
  ];
}
