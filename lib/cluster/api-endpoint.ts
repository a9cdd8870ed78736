import { Duration } from 'cdk8s';
import {
  ApiEndpointKind,
  type ApiEndpointOptions,
  type ExternalApiEndpointOptions,
  type KeepalivedHaproxyOptions,
  type KubeVipBgpOptions,
  type LocalProxyOptions,
} from './api-endpoint-options';
import { endpointProblems, type EndpointBgp, type EndpointDetails } from './api-endpoint-problems';
import { throwProblems } from './problem';

/** kubeadm's default. */
const API_PORT = 6443;
/** Beside it, where a balancer stands on the same machine. */
const BALANCER_PORT = 7443;

/**
 * The one address under which everything reaches the Kubernetes API, before any Service exists.
 * docs/api-endpoint.md says which kind suits which network.
 */
export class ApiEndpoint {
  /**
   * A virtual IP on the control planes' own segment, moved by kube-vip.
   *
   * @param address the virtual IP: inside a zone's `nodeCidr` and no machine's own
   * @param options name and port
   */
  public static kubeVip(address: string, options: ApiEndpointOptions = {}): ApiEndpoint {
    return new ApiEndpoint({
      kind: ApiEndpointKind.KUBE_VIP,
      ...{ address, dnsName: options.dnsName },
      ...onePort(options.port),
    });
  }

  /**
   * A virtual IP on the loopback interface of every control plane. Each announces it to routers by BGP
   * while its own API server is ready; no address moves, and no Ethernet segment is shared.
   *
   * @param address the virtual IP: outside every zone's `nodeCidr`, since routers have to look for it
   * @param options autonomous systems, routers, name and port
   */
  public static kubeVipBgp(address: string, options: KubeVipBgpOptions): ApiEndpoint {
    const { asNumber, peers, multihop, sourceInterface, sourceAddresses, holdTime } = options;
    return new ApiEndpoint({
      kind: ApiEndpointKind.KUBE_VIP_BGP,
      ...{ address, dnsName: options.dnsName },
      ...onePort(options.port),
      bgp: {
        ...{ asNumber, peers: [...peers], multihop: multihop ?? false },
        ...{ sourceInterface, sourceAddresses, holdTime: holdTime ?? Duration.seconds(9) },
      },
    });
  }

  /**
   * A virtual IP on the control planes' own segment, moved by keepalived. HAProxy on every control
   * plane spreads connections over all API servers. Both are services of the distribution and run
   * before the kubelet does.
   *
   * @param address the virtual IP: inside a zone's `nodeCidr` and no machine's own
   * @param options name, ports, number of the VRRP router
   */
  public static keepalivedHaproxy(
    address: string,
    options: KeepalivedHaproxyOptions = {},
  ): ApiEndpoint {
    return new ApiEndpoint({
      kind: ApiEndpointKind.KEEPALIVED_HAPROXY,
      ...{ address, dnsName: options.dnsName, virtualRouterId: options.virtualRouterId },
      port: options.port ?? BALANCER_PORT,
      apiServerPort: options.apiServerPort ?? API_PORT,
    });
  }

  /**
   * HAProxy on 127.0.0.1 of every machine in front of all API servers. It asks nothing of the network
   * but that machines reach control planes, so it works on VPS platforms that filter addresses.
   * Clients elsewhere dial a control plane by its own address.
   *
   * @param options the name, and ports
   */
  public static localProxy(options: LocalProxyOptions): ApiEndpoint {
    return new ApiEndpoint({
      kind: ApiEndpointKind.LOCAL_PROXY,
      dnsName: options.dnsName,
      port: options.port ?? BALANCER_PORT,
      apiServerPort: options.apiServerPort ?? API_PORT,
    });
  }

  /**
   * A load balancer or DNS name that already answers for the control planes.
   *
   * @param options at least one of `dnsName` and `address`
   */
  public static external(options: ExternalApiEndpointOptions): ApiEndpoint {
    return new ApiEndpoint({
      kind: ApiEndpointKind.EXTERNAL,
      ...{ address: options.address, dnsName: options.dnsName },
      port: options.port ?? API_PORT,
      apiServerPort: options.apiServerPort ?? API_PORT,
    });
  }

  /** What answers there. */
  public readonly kind: ApiEndpointKind;
  /** The address, if it is known and the same for everybody. */
  public readonly address?: string;
  /** The name, if there is one. */
  public readonly dnsName?: string;
  /** TCP port that clients dial. */
  public readonly port: number;
  /** TCP port on which the API servers themselves listen. */
  public readonly apiServerPort: number;
  /**
   * What kube-vip is told of BGP.
   *
   * @internal
   */
  public readonly _bgp?: EndpointBgp;
  private readonly routerId?: number;

  private constructor(details: EndpointDetails) {
    throwProblems('ApiEndpoint', endpointProblems(details));
    this.kind = details.kind;
    this.address = details.address;
    this.dnsName = details.dnsName;
    this.port = details.port;
    this.apiServerPort = details.apiServerPort;
    this._bgp = details.bgp;
    this.routerId = details.virtualRouterId;
  }

  /** Whether the address is held by control planes and is none of their own. */
  public get isVirtual(): boolean {
    return this.needsLayer2 || this.needsBgp;
  }

  /** Whether it is found by ARP, or neighbour discovery, on one Ethernet segment. */
  public get needsLayer2(): boolean {
    return (
      this.kind === ApiEndpointKind.KUBE_VIP || this.kind === ApiEndpointKind.KEEPALIVED_HAPROXY
    );
  }

  /** Whether routers must speak BGP with the control planes. */
  public get needsBgp(): boolean {
    return this.kind === ApiEndpointKind.KUBE_VIP_BGP;
  }

  /** Whether every machine dials its own loopback address. */
  public get isLoopback(): boolean {
    return this.kind === ApiEndpointKind.LOCAL_PROXY;
  }

  /** What clients dial: the name if there is one, else the address. */
  public get host(): string {
    return this.dnsName ?? this.address!;
  }

  /** `host:port`, as kubeadm's `controlPlaneEndpoint` wants it. */
  public get hostAndPort(): string {
    return hostAndPort(this.host, this.port);
  }

  /** The URL of the API server, as kubeconfig files want it. */
  public get url(): string {
    return `https://${this.hostAndPort}`;
  }

  /**
   * Whether kube-vip holds the address, in either way.
   *
   * @internal
   */
  public get _byKubeVip(): boolean {
    return this.kind === ApiEndpointKind.KUBE_VIP || this.needsBgp;
  }

  /**
   * Number of the VRRP router, and whether somebody chose it.
   *
   * @internal
   */
  public get _virtualRouter(): { readonly id: number; readonly chosen: boolean } {
    return { id: this.routerId ?? lastByte(this.address!), chosen: this.routerId !== undefined };
  }
}

/** Host and port in one, as URLs and configurations write them. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Behind kube-vip the virtual address is one of the machine's own, and nothing translates ports. */
function onePort(port = API_PORT): { port: number; apiServerPort: number } {
  return { port, apiServerPort: port };
}

/** The last byte of an address; zero is no number of a VRRP router. */
function lastByte(address: string): number {
  const byte = address.includes(':')
    ? parseInt(address.split(':').at(-1) || '0', 16) % 256
    : Number(address.split('.').at(-1));
  return byte === 0 ? 255 : byte;
}
