import type { Duration, Size } from 'cdk8s';
import type { ClientTimeouts, HeaderBuffers, RequestRate } from './client-options';
import type { EdgePreset } from './preset';
import type { RealIp } from './real-ip';
import type { TlsPolicy } from './tls-policy';
import type { ResponseBuffers, UpstreamRetries, UpstreamTimeouts } from './upstream-options';
import type { ShutdownTimeouts } from './workload-options';

/** What the edge asks of clients and backends, whatever the controller. */
export interface EdgeIntent {
  /**
   * What the edge is mostly for; sets defaults of other options.
   *
   * @default EdgePreset.DEFAULT
   */
  readonly preset?: EdgePreset;
  /**
   * Largest request body, 1 KiB to 16 GiB in whole KiB. A replica that holds 8 GiB of bodies at once
   * (or four of the largest, if that is more) is evicted, so that its machine never runs out of disk;
   * one address that can get there is finding GW-INGRESS-011.
   *
   * @default Size.mebibytes(20); 5 GiB with EdgePreset.UPLOADS
   */
  readonly clientMaxBodySize?: Size;
  /**
   * All that one gRPC stream may send, 0 to 16 GiB in whole KiB; 0 means no limit. It is never written
   * to disk. Another value than `clientMaxBodySize` throws with a controller that knows one limit only.
   *
   * @default - as `clientMaxBodySize`; no limit with EdgePreset.GRPC_STREAMING
   */
  readonly grpcMaxBodySize?: Size;
  /**
   * The part of a request body that is kept in memory, 8 to 1024 KiB in whole KiB; the rest goes to
   * disk. Every request in flight may hold it.
   *
   * @default Size.kibibytes(16), nginx's own
   */
  readonly clientBodyBuffer?: Size;
  /**
   * Whether a request body is read whole before a backend is asked. Without it nothing is written to
   * disk, but a slow client holds a connection of its backend, and no other backend can be tried.
   *
   * @default true; false with EdgePreset.UPLOADS
   */
  readonly requestBuffering?: boolean;
  /**
   * How long a client may keep a replica waiting.
   *
   * @default - the defaults of ClientTimeouts
   */
  readonly clientTimeouts?: ClientTimeouts;
  /**
   * How long a backend may keep a request waiting.
   *
   * @default - the defaults of UpstreamTimeouts
   */
  readonly upstreamTimeouts?: UpstreamTimeouts;
  /**
   * What happens to a request whose backend failed.
   *
   * @default - the defaults of UpstreamRetries
   */
  readonly upstreamRetries?: UpstreamRetries;
  /**
   * Buffers for the answers of backends.
   *
   * @default - the defaults of ResponseBuffers
   */
  readonly responseBuffers?: ResponseBuffers;
  /**
   * nginx processes of one replica, 1 to 64; also its CPU limit in cores. Never the number of the
   * machine's cores, which is what the controller would take; NGINX Gateway Fabric does, and another
   * number throws there.
   *
   * @default - half the cores of the smallest machine that runs a replica, 1 to 4; 2 when unknown; with
   * NGINX Gateway Fabric the cores of the largest
   */
  readonly workerProcesses?: number;
  /**
   * Connections of one nginx process, clients and backends together, 256 to 65536.
   *
   * @default - what fits `memoryLimit` when every connection is at its worst before and after a
   * reload, and half as many requests with them; at most 16384
   */
  readonly workerConnections?: number;
  /**
   * Memory of one replica, requested and limited alike. Less than the connections can fill throws
   * and names the number.
   *
   * @default - an eighth of the smallest machine that runs a replica, 512 MiB to 1 GiB; 512 MiB when
   * unknown; more when `workerProcesses` or `workerConnections` ask for it
   */
  readonly memoryLimit?: Size;
  /**
   * Idle connections that each nginx process keeps to each Service, 1 to 1024. Fewer than a process
   * has requests in flight means new connections, and new conntrack entries, all the time. They come
   * out of `workerConnections`, once for each Service: with many busy ones take fewer.
   *
   * @default - what `expectedConcurrency` needs, 64 to 1024; 64 without it
   */
  readonly upstreamKeepalive?: number;
  /**
   * Requests in flight to the busiest Service at the peak, over all replicas, 1 to 1000000. It sizes
   * `upstreamKeepalive`; fewer idle connections than it needs are finding GW-INGRESS-018.
   *
   * @default - unknown
   */
  readonly expectedConcurrency?: number;
  /**
   * Requests that one connection of a client may carry, 1 to 1000000.
   *
   * @default 1000; 10000 with EdgePreset.BEHIND_POOLING_LB and EdgePreset.GRPC_STREAMING
   */
  readonly keepaliveRequests?: number;
  /**
   * Requests in flight that one source address may have to one replica, 0 to half of all connections
   * of a replica, which is as many requests as it has at once; the rest is answered 429. Connections
   * whose request header is not complete do not count. 0 means no limit: choose it when all clients
   * arrive under one address and `realIp` cannot tell them apart (GW-INGRESS-019).
   *
   * @default 100
   */
  readonly connectionsPerAddress?: number;
  /**
   * Requests that one source address may send in a second to one replica. With NGINX Ingress
   * Controller an Ingress whose annotations set a rate of its own has that one instead.
   *
   * @default - no limit
   */
  readonly requestRate?: RequestRate;
  /**
   * Buffers for long request lines and headers.
   *
   * @default - the defaults of HeaderBuffers
   */
  readonly headerBuffers?: HeaderBuffers;
  /**
   * Which versions of TLS clients may use.
   *
   * @default TlsPolicy.INTERMEDIATE
   */
  readonly tlsPolicy?: TlsPolicy;
  /**
   * Whether clients may use HTTP/2; gRPC needs it.
   *
   * @default true
   */
  readonly http2?: boolean;
  /**
   * Streams of one HTTP/2 connection, 1 to 256. They bound what is answered before anything is
   * counted, such as redirects.
   *
   * @default 32; 128 with EdgePreset.GRPC_STREAMING
   */
  readonly http2MaxStreams?: number;
  /**
   * How long browsers remember to use TLS only for a host once it was served with TLS, whole
   * seconds, 0 to 730 days. Zero makes them forget.
   *
   * @default Duration.days(365)
   */
  readonly hstsMaxAge?: Duration;
  /**
   * Whether that holds for every name below the host as well. NGINX Ingress Controller always writes
   * `preload` too, so there it throws without `hstsPreload`.
   *
   * @default false
   */
  readonly hstsIncludeSubdomains?: boolean;
  /**
   * Whether browsers may put the host on the list that they ship, which takes months to leave
   * (GW-INGRESS-013). Needs `hstsIncludeSubdomains` and a year of `hstsMaxAge`, or it throws.
   *
   * @default false
   */
  readonly hstsPreload?: boolean;
  /**
   * How the edge learns the address of a client that comes through a proxy or a balancer.
   *
   * @default - a client is who opened the connection
   */
  readonly realIp?: RealIp;
  /**
   * Addresses or networks of the HTTP proxies in front, canonical, whose `X-Forwarded-For` is
   * believed: the short form of `RealIp.fromProxies`, both throw. The whole internet (`0.0.0.0/0`,
   * `::/0`) throws: any client could then pretend to be any other.
   *
   * @default - none; a client is who opened the connection
   */
  readonly trustedProxies?: string[];
  /**
   * How a replica ends.
   *
   * @default - the defaults of ShutdownTimeouts
   */
  readonly shutdown?: ShutdownTimeouts;
}
