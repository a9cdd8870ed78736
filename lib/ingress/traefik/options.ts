import type { Duration, Size } from 'cdk8s';
import type { Cluster } from '../../cluster';
import type { ClientTimeouts, RequestRate } from '../client-options';
import type { EdgePodOptions } from '../pod-options';
import type { RealIp } from '../real-ip';
import type { TlsPolicy } from '../tls-policy';
import type { UpstreamTimeouts } from '../upstream-options';
import type { ShutdownTimeouts } from '../workload-options';

/** Which Ingresses Traefik understands. It is one or the other: both on one class would serve everything twice. */
export enum TraefikProvider {
  /** Ingresses as Kubernetes describes them, with Traefik's own annotations. */
  KUBERNETES_INGRESS = 'kubernetesIngress',
  /**
   * Ingresses written for ingress-nginx, with its annotations; snippets are refused. It serves every
   * IngressClass whose controller is `k8s.io/ingress-nginx`.
   */
  INGRESS_NGINX_COMPATIBLE = 'kubernetesIngressNGINX',
}

/** A character that a path may carry in its percent-encoded form, in the words of Traefik's options. */
export enum EncodedCharacter {
  /** `%2F`: names with a slash in them, as code forges and object stores have. */
  SLASH = 'Slash',
  /** `%5C`. */
  BACKSLASH = 'BackSlash',
  /** `%00`. */
  NULL_CHARACTER = 'NullCharacter',
  /** `%3B`. */
  SEMICOLON = 'Semicolon',
  /** `%25`: whatever was encoded twice. */
  PERCENT = 'Percent',
  /** `%3F`. */
  QUESTION_MARK = 'QuestionMark',
  /** `%23`. */
  HASH = 'Hash',
}

/**
 * What a user may decide about a Traefik edge. The names are those of `HardenedNginxIngressOptions`
 * wherever both mean the same; what Traefik cannot do is not here or throws.
 */
export interface HardenedTraefikOptions extends EdgePodOptions {
  /**
   * Which Ingresses it understands.
   *
   * @default TraefikProvider.KUBERNETES_INGRESS
   */
  readonly provider?: TraefikProvider;
  /**
   * Largest request body, 1 KiB to 16 GiB in whole KiB. With INGRESS_NGINX_COMPATIBLE a larger one is
   * answered 413, unless the Ingress says otherwise. With KUBERNETES_INGRESS nothing measures a body
   * (finding GW-INGRESS-051): the size only says what must pass within `readTimeout`.
   *
   * @default Size.mebibytes(20)
   */
  readonly clientMaxBodySize?: Size;
  /**
   * What the slowest client that must succeed uploads in a second, 1 KiB to 1 GiB in whole KiB.
   *
   * @default Size.mebibytes(2), 17 Mbit/s
   */
  readonly slowestUploadPerSecond?: Size;
  /**
   * The whole request, header and body together, 1 second to 24 hours: Traefik has no other timeout
   * for a client that sends. It bounds uploads, so a time in which `clientMaxBodySize` cannot arrive
   * at `slowestUploadPerSecond` throws. More than 15 seconds is finding GW-INGRESS-004.
   *
   * @default - what the largest body takes and 5 seconds for its header, at least 10 seconds
   */
  readonly readTimeout?: Duration;
  /**
   * The whole response, from the end of the request header, 1 second to 24 hours. It cuts off long
   * downloads and event streams as well as clients that do not read; WebSockets are not counted.
   *
   * @default - none; a client that reads slowly keeps its request until it is through
   */
  readonly writeTimeout?: Duration;
  /**
   * How long a client may keep a replica waiting. Only `keepalive` exists in Traefik: `header` and
   * `body` throw (see `readTimeout`), and so does `send` (see `writeTimeout`).
   *
   * @default - keepalive 10 seconds, 75 behind a proxy or a balancer
   */
  readonly clientTimeouts?: ClientTimeouts;
  /**
   * How long a backend may keep a request waiting. With KUBERNETES_INGRESS `read` is the time until
   * its response begins, not between two parts of it, and `send` throws. With INGRESS_NGINX_COMPATIBLE
   * all three are whole seconds, and an Ingress may choose its own.
   *
   * @default - the defaults of UpstreamTimeouts
   */
  readonly upstreamTimeouts?: UpstreamTimeouts;
  /**
   * Idle connections kept to each pod of a backend, 1 to 1024. With INGRESS_NGINX_COMPATIBLE it throws:
   * that provider has no such number.
   *
   * @default 200, Traefik's own
   */
  readonly upstreamKeepalive?: number;
  /**
   * Largest request header, all lines together, 1 KiB to 1 MiB in whole KiB. It is most of what a slow
   * client costs.
   *
   * @default Size.kibibytes(16)
   */
  readonly maxHeaderSize?: Size;
  /**
   * Requests in flight that one source address (for IPv6 one /64) may have to one route of one replica,
   * 0 to 65535; the rest is answered 429. Connections whose request header is not complete do not
   * count, and neither do requests to another route. 0 means no limit.
   *
   * @default 100
   */
  readonly connectionsPerAddress?: number;
  /**
   * Characters that paths may carry encoded. A backend that decodes them sees another path than the
   * rules at the edge did.
   *
   * @default - none; such requests are answered 400
   */
  readonly allowedEncodedCharacters?: EncodedCharacter[];
  /**
   * Requests that one source address (for IPv6 one /64) may send in a second to one route of one
   * replica.
   *
   * @default - no limit
   */
  readonly requestRate?: RequestRate;
  /**
   * Which versions of TLS clients may use.
   *
   * @default TlsPolicy.INTERMEDIATE
   */
  readonly tlsPolicy?: TlsPolicy;
  /**
   * Streams of one HTTP/2 connection, 1 to 256. Each can hold memory while its body stalls.
   *
   * @default 32
   */
  readonly http2MaxStreams?: number;
  /**
   * Requests that one connection of a client may carry, 1 to 1000000.
   *
   * @default 1000
   */
  readonly keepaliveRequests?: number;
  /**
   * How long browsers remember to use TLS only for a host once it was served with TLS, whole
   * seconds, 0 to 730 days. Zero makes them forget.
   *
   * @default Duration.days(365)
   */
  readonly hstsMaxAge?: Duration;
  /**
   * Whether that holds for every name below the host as well.
   *
   * @default false
   */
  readonly hstsIncludeSubdomains?: boolean;
  /**
   * Whether browsers may put the host on the list that they ship, which takes months to leave. Needs
   * `hstsIncludeSubdomains` and a year of `hstsMaxAge`, or it throws.
   *
   * @default false
   */
  readonly hstsPreload?: boolean;
  /**
   * How the edge learns the address of a client that comes through a proxy or a balancer. Clients that
   * come around HTTP proxies then share one limit of `connectionsPerAddress`. The PROXY protocol is read
   * from the balancers that are named; a connection of anybody else is served as it comes.
   *
   * @default - a client is who opened the connection
   */
  readonly realIp?: RealIp;
  /**
   * Addresses or networks of the HTTP proxies in front, canonical, whose `X-Forwarded-…` headers are
   * believed: the short form of `RealIp.fromProxies`, both throw. The whole internet (`0.0.0.0/0`,
   * `::/0`) throws: any client could then pretend to be any other.
   *
   * @default - none; a client is who opened the connection
   */
  readonly trustedProxies?: string[];
  /**
   * CPU limit of one replica in cores, 1 to 64.
   *
   * @default - half the cores of the smallest machine that runs a replica, 1 to 4; 2 when unknown
   */
  readonly cpuCores?: number;
  /**
   * Memory of one replica, requested and limited alike, 384 MiB to 1 TiB in whole MiB. Traefik takes
   * any number of connections, so this is what they end at.
   *
   * @default - an eighth of the smallest machine that runs a replica, 512 MiB to 1 GiB; 512 MiB when
   * unknown
   */
  readonly memoryLimit?: Size;
  /**
   * How a replica ends; `drain` is Traefik's graceTimeOut.
   *
   * @default - the defaults of ShutdownTimeouts
   */
  readonly shutdown?: ShutdownTimeouts;
  /**
   * Whether every request is logged, as JSON on standard output: client addresses are personal data.
   *
   * @default false
   */
  readonly accessLog?: boolean;
  /**
   * Full reference of the image. A release that does not know the configuration throws, one with a
   * published vulnerability is finding GW-INGRESS-003.
   *
   * @default - Traefik 3.7.14 from the catalogue, through `Cluster.imageRegistry`
   */
  readonly image?: string;
}

/** Properties of HardenedTraefik. */
export interface HardenedTraefikProps extends HardenedTraefikOptions {
  /** The cluster it serves. */
  readonly cluster: Cluster;
}
