import type { Duration } from 'cdk8s';

/** What answers at the API endpoint. */
export enum ApiEndpointKind {
  /** A virtual IP that kube-vip moves between the control planes by ARP. */
  KUBE_VIP = 'kube-vip',
  /** A virtual IP that kube-vip announces to routers by BGP from every healthy control plane. */
  KUBE_VIP_BGP = 'kube-vip-bgp',
  /** A virtual IP that keepalived moves by VRRP, with HAProxy behind it on every control plane. */
  KEEPALIVED_HAPROXY = 'keepalived-haproxy',
  /** No address of its own: HAProxy on the loopback address of every machine. */
  LOCAL_PROXY = 'local-proxy',
  /** A load balancer or DNS name that somebody else runs. */
  EXTERNAL = 'external',
}

/** Options of every API endpoint. */
export interface ApiEndpointOptions {
  /**
   * Name that clients use. It goes into the certificates and into every machine's /etc/hosts, so
   * that the address behind it can change later.
   *
   * @default - clients use the address
   */
  readonly dnsName?: string;
  /**
   * TCP port that clients dial, 1 to 65535. Where it is opened on the control planes, one that
   * Kubernetes uses for something else throws.
   *
   * @default 6443, kubeadm's default; 7443 where HAProxy stands on the same machines as the API servers
   */
  readonly port?: number;
}

/** Options of an endpoint that somebody else runs. */
export interface ExternalApiEndpointOptions extends ApiEndpointOptions {
  /**
   * Address behind the name. When given it goes into every machine's /etc/hosts.
   *
   * @default - the machines' resolvers know the name
   */
  readonly address?: string;
  /**
   * TCP port on which the API servers listen and to which the load balancer sends, 1 to 65535. One
   * that Kubernetes uses for something else throws.
   *
   * @default 6443
   */
  readonly apiServerPort?: number;
}

/** A router that is told where the virtual IP is. */
export interface ApiEndpointBgpPeer {
  /** Address of the router, of the virtual IP's family. Anything else throws. */
  readonly address: string;
  /** Its autonomous system, 1 to 4294967294. */
  readonly asNumber: number;
}

/**
 * Options of a virtual IP that is announced by BGP. There is no password: kube-vip takes one only in
 * clear text in its pod, and a static pod cannot read a Secret. Where routers demand one use another
 * kind of endpoint.
 */
export interface KubeVipBgpOptions extends ApiEndpointOptions {
  /** Autonomous system of the control planes, 1 to 4294967294. */
  readonly asNumber: number;
  /** The routers, at least one, each named once. */
  readonly peers: ApiEndpointBgpPeer[];
  /**
   * Whether routers of another autonomous system are more than one hop away.
   *
   * @default false
   */
  readonly multihop?: boolean;
  /**
   * NIC that sessions start from, the same on all control planes. Together with `sourceAddresses` it
   * throws.
   *
   * @default - sessions start from the machine's own address
   */
  readonly sourceInterface?: string;
  /**
   * Addresses that sessions start from, by name of the control plane; all of them or none.
   *
   * @default - sessions start from the machine's own address
   */
  readonly sourceAddresses?: Record<string, string>;
  /**
   * How long a router keeps the route to a control plane that has gone silent: whole seconds, 3 to
   * 65535. Keepalives are sent three times as often.
   *
   * @default Duration.seconds(9)
   */
  readonly holdTime?: Duration;
}

/** Options of a virtual IP that keepalived moves. */
export interface KeepalivedHaproxyOptions extends ApiEndpointOptions {
  /**
   * TCP port on which the API servers listen, 1 to 65535; another one than `port`.
   *
   * @default 6443
   */
  readonly apiServerPort?: number;
  /**
   * Number of the VRRP router, 1 to 255, unlike that of any other VRRP router on the segment.
   *
   * @default - the last byte of the address, 255 for zero; finding GW-NODE-056 reminds of it
   */
  readonly virtualRouterId?: number;
}

/** Options of an endpoint on every machine's loopback address. */
export interface LocalProxyOptions {
  /**
   * Name that resolves to 127.0.0.1 on every machine by its /etc/hosts and stands in the
   * certificates. The name of a machine throws.
   */
  readonly dnsName: string;
  /**
   * TCP port of the proxy on 127.0.0.1, 1 to 65535; another one than `apiServerPort`.
   *
   * @default 7443
   */
  readonly port?: number;
  /**
   * TCP port on which the API servers listen, 1 to 65535.
   *
   * @default 6443
   */
  readonly apiServerPort?: number;
}
