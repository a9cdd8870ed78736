import type { Duration } from 'cdk8s';
import { europeanEconomicArea } from '../catalog';
import { Cidr, familyOf } from './cidr';
import { countryProblems } from './country';
import { isDnsLabel, isDnsName } from './names';
import { throwProblems, type Problem } from './problem';
import { millis } from './units';

/** A point on the network whose place is known, and how near the machines must be to it. */
export interface LatencyAnchor {
  /** What people call it: an RFC 1123 label, unique, for example `nix-oslo`. Another form throws. */
  readonly name: string;
  /**
   * What answers ping there: an IP address or a DNS name of one place. An anycast address answers from
   * wherever it is nearest and shows nothing. Another form throws, and so does the machine itself or another
   * one of the cluster.
   */
  readonly address: string;
  /** Country it stands in, ISO 3166-1 alpha-2. One outside of the allowed ones throws. */
  readonly country: string;
  /** The longest round trip that every machine may measure, more than 0 and at most 1000 ms. Another throws. */
  readonly maxRoundTripTime: Duration;
  /**
   * Names of the zones whose machines measure it. None throws; one that the cluster does not have throws
   * there.
   *
   * @default - all zones
   */
  readonly zones?: string[];
}

/** What else is known of the places that a cluster depends on. */
export interface ResidencyOptions {
  /**
   * Countries of the hosts that images and release archives come from: host, or host and path, → ISO
   * 3166-1 alpha-2; for example `{ 'mirror.example.no': 'NO' }`. With at least one in an allowed country,
   * pods may take images from such hosts only. One below another throws.
   *
   * @default - none is known
   */
  readonly sources?: Record<string, string>;
  /**
   * Points that the doctor measures the round trip to. A short one bounds how far away a machine is.
   *
   * @default - none; finding GW-STORAGE-009 says that nothing is measured
   */
  readonly anchors?: LatencyAnchor[];
}

/**
 * In which countries machines, volumes, backups and images may be. It is the user's own decision: no
 * part of it is a statement about law.
 */
export class Residency {
  /**
   * Only these countries.
   *
   * @param countries ISO 3166-1 alpha-2, for example `['NO']`. None, or another form, throws
   * @param options sources and anchors
   */
  public static of(countries: string[], options: ResidencyOptions = {}): Residency {
    return new Residency([...new Set(countries)].sort().join(', '), countries, options);
  }

  /**
   * The European Economic Area: the European Union with Iceland, Liechtenstein and Norway, as of the
   * date in the catalogue.
   *
   * @param options sources and anchors
   */
  public static eea(options: ResidencyOptions = {}): Residency {
    return new Residency('the EEA', [...europeanEconomicArea.value], options);
  }

  /** Allowed countries, sorted. */
  public readonly countries: string[];
  /** Where images and archives come from: host, or host and path, → country. */
  public readonly sources: Record<string, string>;
  /** Points that round trips are measured to. */
  public readonly anchors: LatencyAnchor[];

  private constructor(
    /** What people call the set of countries. */
    public readonly label: string,
    countries: string[],
    { sources = {}, anchors = [] }: ResidencyOptions,
  ) {
    this.countries = [...new Set(countries)].sort();
    this.sources = { ...sources };
    this.anchors = [...anchors];
    throwProblems('Residency', [
      ...this.setProblems(),
      ...sourceProblems(this.sources),
      ...this.anchorProblems(),
    ]);
  }

  /**
   * Whether a country is one of the allowed ones.
   *
   * @param country ISO 3166-1 alpha-2
   */
  public allows(country: string): boolean {
    return this.countries.includes(country);
  }

  /**
   * The country of what a host serves, if it is known.
   *
   * @param reference an image or a URL without its scheme
   * @internal
   */
  public _sourceCountry(reference: string): string | undefined {
    const source = Object.keys(this.sources).find((one) => isBelow(reference, one));
    return source === undefined ? undefined : this.sources[source];
  }

  /**
   * Hosts, or hosts with a path, that are known to be in an allowed country, sorted.
   *
   * @internal
   */
  public get _allowedSources(): string[] {
    return Object.keys(this.sources)
      .filter((source) => this.allows(this.sources[source]!))
      .sort();
  }

  private setProblems(): Problem[] {
    return this.countries.length === 0
      ? [
          {
            prop: 'countries',
            allowed: 'at least one country',
            got: undefined,
            remedy: "name where data may be, for example ['NO']",
          },
        ]
      : this.countries.flatMap((country) => countryProblems('countries', country));
  }

  private anchorProblems(): Problem[] {
    const names = this.anchors.map(({ name }) => name);
    return this.anchors.flatMap((anchor, index) => [
      ...oneAnchorProblems(anchor),
      ...countryProblems(`country of anchor ${anchor.name}`, anchor.country),
      ...(names.indexOf(anchor.name) === index
        ? []
        : [
            {
              prop: 'anchors',
              allowed: 'unique by name',
              got: anchor.name,
              remedy: 'rename one of them',
            },
          ]),
      ...(this.allows(anchor.country)
        ? []
        : [
            {
              prop: `country of anchor ${anchor.name}`,
              allowed: `one of ${this.countries.join(', ')}`,
              got: anchor.country,
              remedy: 'to be near a point outside shows nothing; choose one inside',
            },
          ]),
    ]);
  }
}

/** What every machine answers itself. */
const OWN_NETWORKS = ['127.0.0.0/8', '0.0.0.0/8'].map((text) => Cidr.parse(text)!);

function oneAnchorProblems({ name, address, maxRoundTripTime, zones }: LatencyAnchor): Problem[] {
  const most = millis(maxRoundTripTime);
  const problems: Problem[] = [];
  if (!isDnsLabel(name)) {
    problems.push({
      prop: 'anchors',
      allowed: 'named by an RFC 1123 label',
      got: name,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    });
  }
  // A last label of digits is that of an address.
  if (familyOf(address) === undefined && (!isDnsName(address) || /(^|\.)\d+$/.test(address))) {
    problems.push({
      prop: `address of anchor ${name}`,
      allowed: 'an IP address or a DNS name',
      got: address,
      remedy: 'give what ping takes, for example the router of an internet exchange',
    });
  }
  if (
    /(^|\.)localhost$|^::1?$/.test(address) ||
    OWN_NETWORKS.some((one) => one.contains(address))
  ) {
    problems.push({
      prop: `address of anchor ${name}`,
      allowed: 'elsewhere than on the machine that measures',
      got: address,
      remedy: 'to be near itself shows nothing; give a point whose place is known',
    });
  }
  if (zones !== undefined && zones.length === 0) {
    problems.push({
      prop: `zones of anchor ${name}`,
      allowed: 'at least one',
      got: undefined,
      remedy: 'leave it out for all zones',
    });
  }
  if (!(most > 0 && most <= 1000)) {
    problems.push({
      prop: `maxRoundTripTime of anchor ${name}`,
      allowed: 'more than 0 and at most 1000 ms',
      got: `${most} ms`,
      remedy: 'a round trip of 1 ms is at most 150 km away; a second is anywhere on earth',
    });
  }
  return problems;
}

function sourceProblems(sources: Readonly<Record<string, string>>): Problem[] {
  const names = Object.keys(sources);
  return names.flatMap((name): Problem[] => {
    const above = names.find((other) => other !== name && isBelow(name, other));
    return [
      ...countryProblems(`country of source ${name}`, sources[name]!),
      ...(SOURCE.test(name)
        ? []
        : [
            {
              prop: 'sources',
              allowed: 'a host with an optional port and path, without scheme and slash at the end',
              got: name,
              remedy: 'write for example mirror.example.no or mirror.example.no/k8s',
            },
          ]),
      ...(above === undefined
        ? []
        : [
            {
              prop: 'sources',
              allowed: 'apart from each other',
              got: `${name} below ${above}`,
              remedy: 'name the paths one by one, or the host alone',
            },
          ]),
    ];
  });
}

/** A dot or a port, since `library` alone is a path at whatever registry a runtime assumes. */
const SOURCE =
  /^(?=[^/]*[.:])[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-zA-Z0-9]+([._-]+[a-zA-Z0-9]+)*)*$/;

function isBelow(reference: string, source: string): boolean {
  return reference === source || reference.startsWith(`${source}/`);
}
