import type { EdgePreset } from './preset';
import type { Buffers } from './sizing';
import type { EdgeKind } from './workload-options';

/** Every open question of the room answered: what the user said, else what follows from the facts. */
export interface Settings {
  readonly preset: EdgePreset;
  readonly image: string;
  readonly className: string;
  readonly isDefaultClass: boolean;
  readonly kind: EdgeKind;
  /** Whether replicas take ports 80 and 443 of their machine. */
  readonly hostPorts: boolean;
  /** With a DaemonSet, the machines that can run one. */
  readonly replicas: number;
  readonly autoscaling?: { readonly maxReplicas: number; readonly targetCpuPercent: number };
  /** How many machines can run a replica. */
  readonly machines: number;
  readonly workers: number;
  readonly connections: number;
  /** Requests in flight of a replica, over all processes. */
  readonly requests: number;
  readonly mebibytes: number;
  readonly buffers: Required<Buffers>;
  /** New connections a second at which slow clients fill one replica. */
  readonly breakEvenRate: number;
  readonly bodyKibibytes: number;
  /** Of one gRPC stream; 0 is no limit. */
  readonly grpcBodyKibibytes: number;
  readonly requestBuffering: boolean;
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
    /** For all backends that are tried. */
    readonly upstreamRetry: number;
  };
  /** Backends that are tried, the first included. */
  readonly upstreamTries: number;
  readonly upstreamKeepalive: number;
  readonly expectedConcurrency?: number;
  readonly keepaliveRequests: number;
  readonly connectionsPerAddress: number;
  readonly requestRate?: { readonly perSecond: number; readonly burst: number };
  readonly tls13Only: boolean;
  readonly http2: boolean;
  /** Of one HTTP/2 connection. */
  readonly streams: number;
  readonly hsts: {
    readonly seconds: number;
    readonly includeSubdomains: boolean;
    readonly preload: boolean;
  };
  /** Who may say what the address of a client is; empty when nobody. */
  readonly trustedProxies: readonly string[];
  /** Whether they say it by the PROXY protocol and not in X-Forwarded-For. */
  readonly proxyProtocol: boolean;
  /** All in seconds; the grace period holds the two others and the controller's own exit. */
  readonly shutdown: { readonly preStop: number; readonly drain: number; readonly grace: number };
  readonly httpSnippets: readonly string[];
  readonly mainSnippets: readonly string[];
  readonly nodePorts: { readonly http: number; readonly https: number };
  /** Whether something gives the Service an address of its own. */
  readonly loadBalanced: boolean;
  readonly loadBalancerAddress?: string;
  readonly statusAddress?: string;
  /** Whether the status of Ingresses is written, which takes a leader and rights. */
  readonly reportsStatus: boolean;
  readonly metricsNamespace?: string;
  readonly ipv4Only: boolean;
  readonly dualStack: boolean;
  readonly toleratesControlPlane: boolean;
  readonly zones: number;
}

/** Where the pods of the edge stand in the output. */
export function podPath(settings: Pick<Settings, 'kind'>): string {
  return `${settings.kind}.spec.template.spec`;
}

/** Milliseconds as nginx writes time. */
export function nginxTime(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

/** KiB as nginx writes sizes. */
export function nginxSize(kibibytes: number): string {
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`;
}
