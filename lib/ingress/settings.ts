import { LoadBalancerKind, type Cluster } from '../cluster';
import type { HardenedNginxIngressOptions } from './options';
import {
  breakEvenRate,
  connectionsWithin,
  defaultMebibytes,
  defaultReplicas,
  defaultWorkers,
  machinesForReplicas,
  requestsAtOnce,
  temporaryMebibytes,
  type Buffers,
} from './sizing';

/** Every open question of the room answered: what the user said, else what follows from the facts. */
export interface Settings {
  readonly image: string;
  readonly className: string;
  readonly isDefaultClass: boolean;
  readonly replicas: number;
  /** How many machines can run a replica. */
  readonly machines: number;
  readonly workers: number;
  readonly connections: number;
  /** Requests in flight of a replica, over all processes. */
  readonly requests: number;
  readonly mebibytes: number;
  readonly buffers: Buffers;
  /** New connections a second at which slow clients fill one replica. */
  readonly breakEvenRate: number;
  readonly bodyKibibytes: number;
  /** Disk for bodies and responses, in MiB. */
  readonly temporaryMebibytes: number;
  /** All in milliseconds. */
  readonly timeouts: {
    readonly header: number;
    readonly body: number;
    readonly send: number;
    readonly keepalive: number;
    readonly upstreamConnect: number;
    readonly upstreamRead: number;
    readonly upstreamSend: number;
  };
  readonly upstreamKeepalive: number;
  readonly connectionsPerAddress: number;
  readonly hstsSeconds: number;
  readonly trustedProxies: readonly string[];
  readonly nodePorts: { readonly http: number; readonly https: number };
  /** Whether something gives the Service an address of its own. */
  readonly loadBalanced: boolean;
  readonly statusAddress?: string;
  /** Whether the status of Ingresses is written, which takes a leader and rights. */
  readonly reportsStatus: boolean;
  readonly metricsNamespace?: string;
  readonly ipv4Only: boolean;
  readonly dualStack: boolean;
  readonly toleratesControlPlane: boolean;
  readonly zones: number;
}

/** The settings of one construct. Options must have passed their own checks. */
export function settingsOf(
  cluster: Cluster,
  options: HardenedNginxIngressOptions,
  defaultImage: string,
): Settings {
  const machines = machinesForReplicas(cluster);
  const workers = options.workerProcesses ?? defaultWorkers(machines);
  const buffers = {
    count: options.headerBuffers?.count ?? 4,
    kibibytes: options.headerBuffers?.size?.toKibibytes() ?? 8,
  };
  const mebibytes =
    options.memoryLimit?.toMebibytes() ??
    defaultMebibytes(machines, workers, options.workerConnections, buffers);
  const connections = options.workerConnections ?? connectionsWithin(mebibytes, workers, buffers);
  const requests = requestsAtOnce(workers, connections);
  const bodyKibibytes = options.clientMaxBodySize?.toKibibytes() ?? 20 * 1024;
  const timeouts = timeoutsOf(options);
  const loadBalanced = cluster.loadBalancer !== LoadBalancerKind.NONE;
  return {
    image: options.image ?? defaultImage,
    className: options.ingressClassName ?? 'nginx',
    isDefaultClass: options.defaultIngressClass ?? false,
    replicas: options.replicas ?? defaultReplicas(machines),
    machines: machines.length,
    workers,
    connections,
    requests,
    mebibytes,
    buffers,
    breakEvenRate: breakEvenRate(workers, connections, timeouts.header / 1000),
    bodyKibibytes,
    temporaryMebibytes: temporaryMebibytes(requests, bodyKibibytes),
    timeouts,
    upstreamKeepalive: options.upstreamKeepalive ?? 64,
    connectionsPerAddress: options.connectionsPerAddress ?? 100,
    hstsSeconds: options.hstsMaxAge?.toSeconds() ?? 31_536_000,
    trustedProxies: [...(options.trustedProxies ?? [])],
    nodePorts: { http: options.httpNodePort ?? 30080, https: options.httpsNodePort ?? 30043 },
    loadBalanced,
    statusAddress: options.statusAddress,
    reportsStatus: loadBalanced || options.statusAddress !== undefined,
    metricsNamespace: options.metricsNamespace,
    ipv4Only: !cluster._families.includes('IPv6'),
    dualStack: cluster.isDualStack,
    toleratesControlPlane: cluster.controlPlaneRunsWorkloads,
    zones: new Set(machines.map((m) => m.zone)).size,
  };
}

function timeoutsOf(options: HardenedNginxIngressOptions): Settings['timeouts'] {
  const client = options.clientTimeouts ?? {};
  const upstream = options.upstreamTimeouts ?? {};
  // Proxies keep idle connections for 60 s and more; a browser just opens a new one.
  const keepalive = (options.trustedProxies ?? []).length > 0 ? 75_000 : 10_000;
  return {
    header: client.header?.toMilliseconds() ?? 10_000,
    body: client.body?.toMilliseconds() ?? 10_000,
    send: client.send?.toMilliseconds() ?? 15_000,
    keepalive: client.keepalive?.toMilliseconds() ?? keepalive,
    upstreamConnect: upstream.connect?.toMilliseconds() ?? 10_000,
    upstreamRead: upstream.read?.toMilliseconds() ?? 120_000,
    upstreamSend: upstream.send?.toMilliseconds() ?? 120_000,
  };
}

/** Milliseconds as nginx writes time. */
export function nginxTime(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

/** KiB as nginx writes sizes. */
export function nginxSize(kibibytes: number): string {
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`;
}
