import type { Duration, Size } from 'cdk8s';
import type { Cluster } from '../cluster';
import type { NginxController } from './controller';

/** How long a client may keep a replica waiting. Each is 1 second or more, whole milliseconds. */
export interface ClientTimeouts {
  /**
   * The whole request header, and before it the TLS handshake; at most 300 seconds. The only
   * defence against clients that send headers slowly: capacity under attack is connections divided
   * by this. More than 15 seconds is finding GW-INGRESS-004.
   *
   * @default Duration.seconds(10)
   */
  readonly header?: Duration;
  /**
   * Between two reads of the request body, at most 300 seconds. One byte in time satisfies it, so
   * slow bodies are held off by `connectionsPerAddress`.
   *
   * @default Duration.seconds(10)
   */
  readonly body?: Duration;
  /**
   * Between two writes of the response, at most 300 seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly send?: Duration;
  /**
   * Idle connection between two requests, at most 3600 seconds. It must outlast the idle timeout of
   * every proxy in front, which would otherwise write into a connection just closed.
   *
   * @default Duration.seconds(10), or Duration.seconds(75) when `trustedProxies` names a proxy
   */
  readonly keepalive?: Duration;
}

/** How long a backend may keep a request waiting. Each is 1 second or more, whole milliseconds. */
export interface UpstreamTimeouts {
  /**
   * The TCP connection, at most 75 seconds, where the kernel gives up anyway.
   *
   * @default Duration.seconds(10)
   */
  readonly connect?: Duration;
  /**
   * Between two reads of the response, at most 24 hours. Long polls and WebSockets need more than
   * their longest silence.
   *
   * @default Duration.seconds(120)
   */
  readonly read?: Duration;
  /**
   * Between two writes of the request, at most 24 hours.
   *
   * @default Duration.seconds(120)
   */
  readonly send?: Duration;
}

/** Buffers for long request lines and headers. They are the larger part of what a slow client costs. */
export interface HeaderBuffers {
  /**
   * Buffers of one connection, 1 to 16.
   *
   * @default 4, nginx's own
   */
  readonly count?: number;
  /**
   * Size of one buffer, 1 to 64 KiB in whole KiB: the longest single header line, cookies included.
   *
   * @default Size.kibibytes(8), nginx's own
   */
  readonly size?: Size;
}

/** What a user may decide about the edge. Everything has a default that is safe on the internet. */
export interface HardenedNginxIngressOptions {
  /**
   * The program at the edge.
   *
   * @default NginxController.nginxIngressController()
   */
  readonly controller?: NginxController;
  /**
   * Largest request body, 1 KiB to 16 GiB in whole KiB. A replica that holds 8 GiB of bodies at once
   * (or four of the largest, if that is more) is evicted, so that its machine never runs out of disk;
   * one address that can get there is finding GW-INGRESS-011.
   *
   * @default Size.mebibytes(20)
   */
  readonly clientMaxBodySize?: Size;
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
   * nginx processes of one replica, 1 to 64; also its CPU limit in cores. Never the number of the
   * machine's cores, which is what the controller would take.
   *
   * @default - half the cores of the smallest machine that runs a replica, 1 to 4; 2 when unknown
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
   * @default 64
   */
  readonly upstreamKeepalive?: number;
  /**
   * Requests in flight that one source address may have to one replica, 0 to half of all connections
   * of a replica, which is as many requests as it has at once; the rest is answered 429. Connections
   * whose request header is not complete do not count. 0 means no limit: choose it when all clients
   * arrive under one address and `trustedProxies` cannot tell them apart.
   *
   * @default 100
   */
  readonly connectionsPerAddress?: number;
  /**
   * Buffers for long request lines and headers.
   *
   * @default - the defaults of HeaderBuffers
   */
  readonly headerBuffers?: HeaderBuffers;
  /**
   * How long browsers remember to use TLS only for a host once it was served with TLS, whole
   * seconds, 0 to 730 days. Zero makes them forget.
   *
   * @default Duration.days(365)
   */
  readonly hstsMaxAge?: Duration;
  /**
   * Addresses or networks of the HTTP proxies in front, canonical, whose `X-Forwarded-For` is
   * believed. The whole internet (`0.0.0.0/0`, `::/0`) throws: any client could then pretend to be
   * any other.
   *
   * @default - none; a client is who opened the connection
   */
  readonly trustedProxies?: string[];
  /**
   * Replicas, 2 to 100.
   *
   * @default - one on each machine that can run it, 2 to 3
   */
  readonly replicas?: number;
  /**
   * Name of the IngressClass, an RFC 1123 subdomain. Choose another one beside a second controller:
   * the controller of an existing class cannot be changed.
   *
   * @default 'nginx'
   */
  readonly ingressClassName?: string;
  /**
   * Whether Ingresses without a class belong to this one.
   *
   * @default false
   */
  readonly defaultIngressClass?: boolean;
  /**
   * Port of every machine for HTTP, 30000 to 32767.
   *
   * @default 30080, inside the range that Kubernetes never assigns by itself first
   */
  readonly httpNodePort?: number;
  /**
   * Port of every machine for HTTPS, 30000 to 32767, another one than `httpNodePort`.
   *
   * @default 30043, inside the range that Kubernetes never assigns by itself first
   */
  readonly httpsNodePort?: number;
  /**
   * Address or name under which clients reach the edge. It is written into the status of every
   * Ingress, which GitOps tools wait for and DNS tools publish.
   *
   * @default - the address of the Service where a load balancer gives one; otherwise no status
   */
  readonly statusAddress?: string;
  /**
   * Namespace whose pods may read Prometheus metrics on port 9113.
   *
   * @default - no metrics
   */
  readonly metricsNamespace?: string;
  /**
   * Full reference of the controller's image. A release that is known to be broken throws.
   *
   * @default - NGINX Ingress Controller 5.5.4 from the catalogue, through `Cluster.imageRegistry`
   */
  readonly image?: string;
}

/** Properties of HardenedNginxIngress. */
export interface HardenedNginxIngressProps extends HardenedNginxIngressOptions {
  /** The cluster it serves. */
  readonly cluster: Cluster;
}
