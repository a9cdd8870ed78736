import { LoadBalancerKind, type Cluster } from '../cluster';
import type { HardenedNginxIngressOptions } from './options';
import { EdgePreset } from './preset';
import type { Settings } from './settings';
import {
  breakEvenRate,
  connectionsWithin,
  defaultKeepalive,
  defaultMebibytes,
  defaultReplicas,
  defaultWorkers,
  EXIT_SECONDS,
  machinesForReplicas,
  requestsAtOnce,
  STREAMS,
  temporaryMebibytes,
  type Buffers,
} from './sizing';
import { TlsPolicy } from './tls-policy';
import { EdgeExposure, EdgeKind } from './workload-options';

/**
 * The settings of one construct. The options must have passed their own checks, and stand on top of
 * those of their preset.
 */
export function settingsOf(
  cluster: Cluster,
  options: HardenedNginxIngressOptions,
  defaultImage: string,
): Settings {
  const size = sizeOf(cluster, options);
  const timeouts = timeoutsOf(options);
  const bodyKibibytes = options.clientMaxBodySize?.toKibibytes() ?? 20 * 1024;
  const requestBuffering = options.requestBuffering ?? true;
  return {
    preset: options.preset ?? EdgePreset.DEFAULT,
    image: options.image ?? defaultImage,
    ...size,
    breakEvenRate: breakEvenRate(size.workers, size.connections, timeouts.header / 1000),
    bodyKibibytes,
    grpcBodyKibibytes: options.grpcMaxBodySize?.toKibibytes() ?? bodyKibibytes,
    requestBuffering,
    temporaryMebibytes: temporaryMebibytes(size.requests, requestBuffering ? bodyKibibytes : 0),
    timeouts,
    upstreamTries: options.upstreamRetries?.tries ?? 3,
    upstreamKeepalive:
      options.upstreamKeepalive ??
      defaultKeepalive(options.expectedConcurrency, size.replicas, size.workers),
    expectedConcurrency: options.expectedConcurrency,
    keepaliveRequests: options.keepaliveRequests ?? 1000,
    connectionsPerAddress: options.connectionsPerAddress ?? 100,
    requestRate: options.requestRate && {
      perSecond: options.requestRate.perSecond,
      burst: options.requestRate.burst ?? 2 * options.requestRate.perSecond,
    },
    tls13Only: options.tlsPolicy === TlsPolicy.MODERN,
    http2: options.http2 ?? true,
    streams: options.http2MaxStreams ?? STREAMS,
    hsts: {
      seconds: options.hstsMaxAge?.toSeconds() ?? 31_536_000,
      includeSubdomains: options.hstsIncludeSubdomains ?? false,
      preload: options.hstsPreload ?? false,
    },
    trustedProxies: trustedBy(options),
    proxyProtocol: options.realIp?.proxyProtocol ?? false,
    shutdown: shutdownOf(options),
    httpSnippets: [...(options.httpSnippets ?? [])],
    mainSnippets: [...(options.mainSnippets ?? [])],
    ...reachOf(cluster, options),
  };
}

/** Replicas, and how much each of them holds. */
function sizeOf(cluster: Cluster, options: HardenedNginxIngressOptions) {
  const machines = machinesForReplicas(cluster);
  const hostPorts = options.exposure === EdgeExposure.HOST_PORT;
  const kind = options.kind ?? (hostPorts ? EdgeKind.DAEMON_SET : EdgeKind.DEPLOYMENT);
  const workers = options.workerProcesses ?? defaultWorkers(machines);
  const buffers = buffersOf(options);
  const mebibytes =
    options.memoryLimit?.toMebibytes() ??
    defaultMebibytes(machines, workers, options.workerConnections, buffers);
  const connections = options.workerConnections ?? connectionsWithin(mebibytes, workers, buffers);
  return {
    kind,
    hostPorts,
    replicas:
      kind === EdgeKind.DAEMON_SET
        ? machines.length
        : (options.replicas ?? defaultReplicas(machines)),
    autoscaling: options.autoscaling && {
      maxReplicas: options.autoscaling.maxReplicas,
      targetCpuPercent: options.autoscaling.targetCpuPercent ?? 60,
    },
    machines: machines.length,
    zones: new Set(machines.map((m) => m.zone)).size,
    workers,
    connections,
    requests: requestsAtOnce(workers, connections),
    mebibytes,
    buffers,
  };
}

function buffersOf(options: HardenedNginxIngressOptions): Required<Buffers> {
  const { headerBuffers = {}, responseBuffers = {} } = options;
  return {
    count: headerBuffers.count ?? 4,
    kibibytes: headerBuffers.size?.toKibibytes() ?? 8,
    body: options.clientBodyBuffer?.toKibibytes() ?? 16,
    response: {
      count: responseBuffers.count ?? 8,
      kibibytes: responseBuffers.size?.toKibibytes() ?? 4,
      header: responseBuffers.header?.toKibibytes() ?? 4,
    },
  };
}

function timeoutsOf(options: HardenedNginxIngressOptions): Settings['timeouts'] {
  const client = options.clientTimeouts ?? {};
  const upstream = options.upstreamTimeouts ?? {};
  // Proxies keep idle connections for 60 s and more; a browser just opens a new one.
  const keepalive = trustedBy(options).length > 0 ? 75_000 : 10_000;
  const upstreamConnect = upstream.connect?.toMilliseconds() ?? 10_000;
  return {
    header: client.header?.toMilliseconds() ?? 10_000,
    body: client.body?.toMilliseconds() ?? 10_000,
    send: client.send?.toMilliseconds() ?? 15_000,
    keepalive: client.keepalive?.toMilliseconds() ?? keepalive,
    upstreamConnect,
    upstreamRead: upstream.read?.toMilliseconds() ?? 120_000,
    upstreamSend: upstream.send?.toMilliseconds() ?? 120_000,
    upstreamRetry: options.upstreamRetries?.timeout?.toMilliseconds() ?? upstreamConnect + 5000,
  };
}

/** Who may say what the address of a client is, in either of the two ways to name them. */
export function trustedBy({ realIp, trustedProxies }: HardenedNginxIngressOptions): string[] {
  return [...(realIp?.trusted ?? trustedProxies ?? [])];
}

function shutdownOf({ shutdown = {} }: HardenedNginxIngressOptions): Settings['shutdown'] {
  const preStop = shutdown.preStop?.toSeconds() ?? 15;
  const drain = shutdown.drain?.toSeconds() ?? 60;
  return {
    preStop,
    drain,
    grace: shutdown.grace?.toSeconds() ?? preStop + drain + EXIT_SECONDS,
  };
}

/** How clients, Ingresses and Prometheus find the edge. */
function reachOf(cluster: Cluster, options: HardenedNginxIngressOptions) {
  const loadBalanced = cluster.loadBalancer !== LoadBalancerKind.NONE;
  return {
    className: options.ingressClassName ?? 'nginx',
    isDefaultClass: options.defaultIngressClass ?? false,
    nodePorts: { http: options.httpNodePort ?? 30080, https: options.httpsNodePort ?? 30043 },
    loadBalanced,
    loadBalancerAddress: options.loadBalancerAddress,
    statusAddress: options.statusAddress,
    reportsStatus: loadBalanced || options.statusAddress !== undefined,
    metricsNamespace: options.metricsNamespace,
    ipv4Only: !cluster._families.includes('IPv6'),
    dualStack: cluster.isDualStack,
    toleratesControlPlane: cluster.controlPlaneRunsWorkloads,
  };
}
