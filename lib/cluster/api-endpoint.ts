import { familyOf } from './cidr';
import { isDnsName } from './names';
import { checkInteger, throwProblems, type Problem } from './problem';

/** What answers at the API endpoint. */
export enum ApiEndpointKind {
  /** A virtual IP that kube-vip moves between the control planes by ARP. */
  KUBE_VIP = 'kube-vip',
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
   * TCP port, 1 to 65535.
   *
   * @default 6443, kubeadm's default
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
}

/** The one address under which everything reaches the Kubernetes API, before any Service exists. */
export class ApiEndpoint {
  /**
   * A virtual IP on the control planes' own segment, moved by kube-vip.
   *
   * @param address the virtual IP: inside a zone's `nodeCidr` and no machine's own
   * @param options name and port
   */
  public static kubeVip(address: string, options: ApiEndpointOptions = {}): ApiEndpoint {
    return new ApiEndpoint(ApiEndpointKind.KUBE_VIP, { ...options, address });
  }

  /**
   * A load balancer or DNS name that already answers for the control planes.
   *
   * @param options at least one of `dnsName` and `address`
   */
  public static external(options: ExternalApiEndpointOptions): ApiEndpoint {
    return new ApiEndpoint(ApiEndpointKind.EXTERNAL, options);
  }

  /** The address, if known. */
  public readonly address?: string;
  /** The name, if there is one. */
  public readonly dnsName?: string;
  /** TCP port. */
  public readonly port: number;

  private constructor(
    /** What answers there. */
    public readonly kind: ApiEndpointKind,
    options: ExternalApiEndpointOptions,
  ) {
    this.address = options.address;
    this.dnsName = options.dnsName;
    this.port = options.port ?? 6443;
    throwProblems('ApiEndpoint', this.problems());
  }

  /** What clients dial: the name if there is one, else the address. */
  public get host(): string {
    return this.dnsName ?? this.address!;
  }

  /** `host:port`, as kubeadm's `controlPlaneEndpoint` wants it. */
  public get hostAndPort(): string {
    return `${bracket(this.host)}:${this.port}`;
  }

  /** The URL of the API server, as kubeconfig files want it. */
  public get url(): string {
    return `https://${this.hostAndPort}`;
  }

  private problems(): Problem[] {
    const problems: Problem[] = [];
    if (this.address === undefined && this.dnsName === undefined) {
      problems.push({
        prop: 'dnsName',
        allowed: 'given when there is no address',
        got: undefined,
        remedy: 'name the load balancer by dnsName, address, or both',
      });
    }
    if (this.address !== undefined && familyOf(this.address) === undefined) {
      problems.push({
        prop: 'address',
        allowed: 'an IP address in canonical spelling',
        got: this.address,
        remedy: 'write it without a prefix length and without leading zeros',
      });
    }
    if (
      this.dnsName !== undefined &&
      (!isDnsName(this.dnsName) || familyOf(this.dnsName) !== undefined)
    ) {
      problems.push({
        prop: 'dnsName',
        allowed: 'an RFC 1123 subdomain',
        got: this.dnsName,
        remedy: 'write a name such as api.oslo.example; the port goes into the prop port',
      });
    }
    problems.push(
      ...checkInteger('port', this.port, { min: 1, max: 65535 }, 'use 6443 unless it is taken'),
    );
    return problems;
  }
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
