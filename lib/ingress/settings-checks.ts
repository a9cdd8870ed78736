import { addressAnnotations, checkInteger, familyOf, type Cluster, type Problem } from '../cluster';
import type { Settings } from './settings';
import {
  BASE_MEBIBYTES,
  connectionsWithin,
  EXIT_SECONDS,
  requestsAtOnce,
  worstCaseMebibytes,
} from './sizing';
import { EdgeKind } from './workload-options';

/** What is wrong with the options together, once every default is known. */
export function settingsProblems(settings: Settings, cluster: Cluster): Problem[] {
  const { workers, mebibytes, buffers } = settings;
  // Where not even the least fits, the default is none at all.
  const connections = Math.max(settings.connections, 256);
  const problems: Problem[] = [];
  const needed = worstCaseMebibytes(workers, connections, buffers);
  if (mebibytes < needed) {
    const fitting = connectionsWithin(mebibytes, workers, buffers);
    const lower =
      fitting > 0 ? `set workerConnections to ${fitting} or less` : 'run fewer workerProcesses';
    problems.push({
      prop: 'memoryLimit',
      allowed: `at least ${needed} MiB for ${workers} workerProcesses with ${connections} connections each, twice during a reload`,
      got: `${mebibytes} MiB`,
      remedy: `raise it or ${lower}; ${BASE_MEBIBYTES} MiB of it are the controller's own`,
    });
  }
  problems.push(
    ...checkInteger(
      'connectionsPerAddress',
      settings.connectionsPerAddress,
      { min: 0, max: requestsAtOnce(workers, connections) },
      'that is all the requests a replica has at once, half its connections; 0 means no limit',
    ),
  );
  return [...problems, ...bufferProblems(settings), ...anyEdgeProblems(settings, cluster)];
}

/** What is wrong with them whatever program stands at the edge. */
export function anyEdgeProblems(settings: Settings, cluster: Cluster): Problem[] {
  const { nodePorts } = settings;
  const ports: Problem[] =
    nodePorts.http === nodePorts.https
      ? [
          {
            prop: 'httpsNodePort',
            allowed: 'another port than httpNodePort',
            got: nodePorts.https,
            remedy: 'give one of them another number',
          },
        ]
      : [];
  return [
    ...ports,
    ...timeProblems(settings),
    ...replicaProblems(settings),
    ...addressProblems(settings, cluster),
  ];
}

/** nginx starts only when the part of an answer it is busy sending leaves one buffer free. */
function bufferProblems({ buffers }: Settings): Problem[] {
  const { count, kibibytes, header } = buffers.response;
  const busy = 2 * Math.max(kibibytes, header);
  const free = (count - 1) * kibibytes;
  return busy <= free
    ? []
    : [
        {
          prop: 'responseBuffers',
          allowed: `such that all buffers but one hold twice the larger size, ${busy} KiB`,
          got: `${count - 1} × ${kibibytes} KiB`,
          remedy: `raise responseBuffers.count to ${Math.ceil(busy / kibibytes) + 1} or responseBuffers.size`,
        },
      ];
}

function timeProblems({ timeouts, upstreamTries, shutdown }: Settings): Problem[] {
  const problems: Problem[] = [];
  if (upstreamTries > 1 && timeouts.upstreamRetry <= timeouts.upstreamConnect) {
    problems.push({
      prop: 'upstreamRetries.timeout',
      allowed: `longer than upstreamTimeouts.connect, ${timeouts.upstreamConnect / 1000} s`,
      got: `${timeouts.upstreamRetry / 1000} s`,
      remedy:
        'a backend that is gone takes all of it, and no other could be tried; raise it or set upstreamRetries.tries to 1',
    });
  }
  const least = shutdown.preStop + shutdown.drain + EXIT_SECONDS;
  if (shutdown.grace < least) {
    problems.push({
      prop: 'shutdown.grace',
      allowed: `at least ${least} s: ${shutdown.preStop} s preStop, ${shutdown.drain} s drain, ${EXIT_SECONDS} s for the exit`,
      got: `${shutdown.grace} s`,
      remedy: 'raise it or leave it out; SIGKILL would cut requests that were promised their time',
    });
  }
  return problems;
}

function replicaProblems(settings: Settings): Problem[] {
  const { autoscaling, replicas, hostPorts, kind, machines } = settings;
  if (kind === EdgeKind.DAEMON_SET) {
    return [];
  }
  const problems: Problem[] = [];
  if (autoscaling !== undefined && autoscaling.maxReplicas <= replicas) {
    problems.push({
      prop: 'autoscaling.maxReplicas',
      allowed: `more than replicas, ${replicas}`,
      got: autoscaling.maxReplicas,
      remedy: 'raise it, or leave autoscaling out',
    });
  }
  const most = autoscaling?.maxReplicas ?? replicas;
  if (hostPorts && most > machines) {
    problems.push({
      prop: autoscaling === undefined ? 'replicas' : 'autoscaling.maxReplicas',
      allowed: `at most ${machines} with EdgeExposure.HOST_PORT, one for each machine that can run it`,
      got: most,
      remedy:
        'lower it, or use EdgeKind.DAEMON_SET; ports 80 and 443 of a machine go to one replica',
    });
  }
  return problems;
}

function addressProblems({ loadBalancerAddress: got }: Settings, cluster: Cluster): Problem[] {
  if (got === undefined) {
    return [];
  }
  if (familyOf(got) === undefined) {
    return [
      {
        prop: 'loadBalancerAddress',
        allowed: 'an IP address',
        got,
        remedy: 'give one address of a pool of the load balancer',
      },
    ];
  }
  return addressAnnotations(cluster.loadBalancer, [got]) === undefined
    ? [
        {
          prop: 'loadBalancerAddress',
          allowed: 'left out without a load balancer that can be asked for an address',
          got,
          remedy:
            'add MetalLB or a Calico pool to the cluster, or say in statusAddress what clients reach the edge by',
        },
      ]
    : [];
}
