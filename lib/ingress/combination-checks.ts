import type { Problem } from '../cluster';
import type { HardenedNginxIngressOptions } from './options';
import { EdgePreset } from './preset';
import { EdgeExposure, EdgeKind } from './workload-options';

/** What cannot stand beside one another, whatever the cluster. */
export function combinationProblems(options: HardenedNginxIngressOptions): Problem[] {
  return [...presetProblems(options), ...hstsProblems(options), ...kindProblems(options)];
}

function presetProblems(o: HardenedNginxIngressOptions): Problem[] {
  const problems: Problem[] = [];
  if (o.preset === EdgePreset.BEHIND_POOLING_LB && !o.realIp && !o.trustedProxies?.length) {
    problems.push({
      prop: 'realIp',
      allowed: 'given with EdgePreset.BEHIND_POOLING_LB',
      got: undefined,
      remedy:
        'name the balancer in RealIp.fromProxies or RealIp.fromProxyProtocol; without it all clients share one address and one limit',
    });
  }
  if (o.preset === EdgePreset.GRPC_STREAMING && o.http2 === false) {
    problems.push({
      prop: 'http2',
      allowed: 'true with EdgePreset.GRPC_STREAMING',
      got: false,
      remedy: 'leave it out; gRPC is HTTP/2',
    });
  }
  return problems;
}

function hstsProblems(o: HardenedNginxIngressOptions): Problem[] {
  if (!o.hstsPreload) {
    return [];
  }
  const days = o.hstsMaxAge?.toDays({ integral: false }) ?? 365;
  const problems: Problem[] = [];
  if (!o.hstsIncludeSubdomains) {
    problems.push({
      prop: 'hstsIncludeSubdomains',
      allowed: 'true with hstsPreload',
      got: o.hstsIncludeSubdomains ?? false,
      remedy: 'the list of the browsers takes whole domains only; set it, or leave hstsPreload out',
    });
  }
  if (days < 365) {
    problems.push({
      prop: 'hstsMaxAge',
      allowed: 'at least 365 days with hstsPreload',
      got: `${days} days`,
      remedy: 'the list of the browsers takes nothing shorter; leave it out to take a year',
    });
  }
  return problems;
}

function kindProblems(o: HardenedNginxIngressOptions): Problem[] {
  const hostPorts = o.exposure === EdgeExposure.HOST_PORT;
  const daemons = o.kind === EdgeKind.DAEMON_SET || (o.kind === undefined && hostPorts);
  if (!daemons) {
    return [];
  }
  const counted = (prop: string, got: unknown): Problem => ({
    prop,
    allowed: 'left out with EdgeKind.DAEMON_SET',
    got,
    remedy: 'there is one replica on each machine; set kind to EdgeKind.DEPLOYMENT for a number',
  });
  return [
    ...(o.replicas === undefined ? [] : [counted('replicas', o.replicas)]),
    ...(o.autoscaling === undefined
      ? []
      : [counted('autoscaling', `at most ${o.autoscaling.maxReplicas}`)]),
  ];
}
