import { Cidr } from './cidr';
import { countryProblems } from './country';
import { isDnsLabel } from './names';
import { checkMtu, throwProblems, type Problem } from './problem';

/** Where a zone is and which addresses its machines have. */
export interface ZoneOptions {
  /** Country as ISO 3166-1 alpha-2, for example `NO`. Another form throws. */
  readonly country: string;
  /** Network of the machines of this zone, canonical CIDR, for example `10.20.0.0/24`. */
  readonly nodeCidr: string;
  /**
   * IPv6 network of the machines of this zone in a dual-stack cluster, canonical CIDR.
   *
   * @default - none; a dual-stack cluster refuses a zone without one
   */
  readonly nodeCidrV6?: string;
  /**
   * MTU that the zone's own network carries between its machines, in bytes, 1280 to 9216: 9000 where
   * switches and NICs are set to jumbo frames. Another value throws.
   *
   * @default - `mtu` of the underlay
   */
  readonly mtu?: number;
  /**
   * Region, as `topology.kubernetes.io/region` will say it: an RFC 1123 label.
   *
   * @default - the zone's name
   */
  readonly region?: string;
}

/** One failure domain: a room, a rack row, a provider's zone. */
export class Zone {
  /**
   * A zone.
   *
   * @param name as `topology.kubernetes.io/zone` will say it: an RFC 1123 label
   * @param options where it is
   */
  public static of(name: string, options: ZoneOptions): Zone {
    return new Zone(name, options);
  }

  /** Country as ISO 3166-1 alpha-2. */
  public readonly country: string;
  /** Network of the machines of this zone. */
  public readonly nodeCidr: string;
  /** IPv6 network of the machines of this zone, in a dual-stack cluster. */
  public readonly nodeCidrV6?: string;
  /** MTU between the machines of this zone, in bytes, if it is not the underlay's. */
  public readonly mtu?: number;
  /** Region the zone belongs to. */
  public readonly region: string;
  /**
   * The parsed network.
   *
   * @internal
   */
  public readonly _cidr: Cidr;
  /**
   * The parsed IPv6 network, if there is one.
   *
   * @internal
   */
  public readonly _cidrV6?: Cidr;

  private constructor(
    /** The zone's name. */
    public readonly name: string,
    options: ZoneOptions,
  ) {
    this.country = options.country;
    this.nodeCidr = options.nodeCidr;
    this.nodeCidrV6 = options.nodeCidrV6;
    this.mtu = options.mtu;
    this.region = options.region ?? name;
    const cidr = Cidr.parse(options.nodeCidr);
    const cidrV6 = options.nodeCidrV6 === undefined ? undefined : Cidr.parse(options.nodeCidrV6);
    const problems: Problem[] = checkMtu('mtu', options.mtu);
    if (!isDnsLabel(name)) {
      problems.push({
        prop: 'name',
        allowed: 'an RFC 1123 label',
        got: name,
        remedy: 'use lower-case letters, digits and hyphens, at most 63',
      });
    }
    if (!isDnsLabel(this.region)) {
      problems.push({
        prop: 'region',
        allowed: 'an RFC 1123 label',
        got: this.region,
        remedy: 'use lower-case letters, digits and hyphens, at most 63',
      });
    }
    problems.push(...countryProblems('country', options.country));
    if (cidr === undefined) {
      problems.push({
        prop: 'nodeCidr',
        allowed: 'a canonical CIDR',
        got: options.nodeCidr,
        remedy: 'write the network address with its prefix length, for example 10.20.0.0/24',
      });
    }
    if (options.nodeCidrV6 !== undefined && cidrV6?.family !== 'IPv6') {
      problems.push({
        prop: 'nodeCidrV6',
        allowed: 'a canonical IPv6 CIDR',
        got: options.nodeCidrV6,
        remedy: 'write the network address with its prefix length, for example fd00:20::/64',
      });
    }
    throwProblems(`Zone ${name}`, problems);
    this._cidr = cidr!;
    this._cidrV6 = cidrV6;
  }
}
