import { checkInteger, type Problem } from '../cluster';
import type { HardenedNginxIngressOptions } from './options';
import { MAX_KEEPALIVE } from './sizing';

const DEFAULT = 'leave it out to take the default';

/** What is wrong with the counts and ports. */
export function numberProblems(options: HardenedNginxIngressOptions): Problem[] {
  return [...capacityProblems(options), ...protectionProblems(options), ...placeProblems(options)];
}

function capacityProblems(options: HardenedNginxIngressOptions): Problem[] {
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
      { min: 1, max: MAX_KEEPALIVE },
      'leave it out to take 64',
    ),
    ...checkInteger(
      'expectedConcurrency',
      options.expectedConcurrency,
      { min: 1, max: 1_000_000 },
      'give the requests in flight to the busiest Service at the peak, or leave it out',
    ),
    ...checkInteger(
      'headerBuffers.count',
      options.headerBuffers?.count,
      { min: 1, max: 16 },
      'leave it out to take 4',
    ),
    ...checkInteger(
      'responseBuffers.count',
      options.responseBuffers?.count,
      { min: 2, max: 64 },
      'leave it out to take 8',
    ),
    ...checkInteger(
      'upstreamRetries.tries',
      options.upstreamRetries?.tries,
      { min: 1, max: 10 },
      'leave it out to take 3',
    ),
  ];
}

function protectionProblems({
  requestRate,
  keepaliveRequests,
  http2MaxStreams,
}: HardenedNginxIngressOptions): Problem[] {
  return [
    ...checkInteger('keepaliveRequests', keepaliveRequests, { min: 1, max: 1_000_000 }, DEFAULT),
    ...checkInteger('http2MaxStreams', http2MaxStreams, { min: 1, max: 256 }, DEFAULT),
    ...checkInteger(
      'requestRate.perSecond',
      requestRate?.perSecond,
      { min: 1, max: 100_000 },
      'leave requestRate out for no limit',
    ),
    ...checkInteger('requestRate.burst', requestRate?.burst, { min: 0, max: 100_000 }, DEFAULT),
  ];
}

function placeProblems(options: HardenedNginxIngressOptions): Problem[] {
  const nodePort = { min: 30000, max: 32767 };
  const outside = 'the API server assigns node ports from this range and refuses others';
  return [
    ...checkInteger(
      'replicas',
      options.replicas,
      { min: 2, max: 100 },
      'one replica alone makes the loss of its machine an outage',
    ),
    ...checkInteger(
      'autoscaling.maxReplicas',
      options.autoscaling?.maxReplicas,
      { min: 2, max: 100 },
      'leave autoscaling out for a fixed number',
    ),
    ...checkInteger(
      'autoscaling.targetCpuPercent',
      options.autoscaling?.targetCpuPercent,
      { min: 10, max: 90 },
      'leave it out to take 60',
    ),
    ...checkInteger('httpNodePort', options.httpNodePort, nodePort, outside),
    ...checkInteger('httpsNodePort', options.httpsNodePort, nodePort, outside),
  ];
}
