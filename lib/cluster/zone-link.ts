import type { Duration } from 'cdk8s';
import { checkMtu, roundTripProblems, throwProblems, type Problem } from './problem';

/** What the way between two zones is like, where it differs from the underlay. */
export interface ZoneLinkOptions {
  /**
   * The largest packet that the way carries, in bytes, 1280 to 9216: less than the NICs' MTU where a
   * tunnel or a provider stands between. Another value throws.
   *
   * @default - `mtu` of the underlay
   */
  readonly mtu?: number;
  /**
   * Round trip between machines of the two zones. More than 5 seconds throws.
   *
   * @default - `roundTripTime` of the underlay
   */
  readonly roundTripTime?: Duration;
}

/** The way between two zones, in both directions. */
export class ZoneLink {
  /**
   * A link.
   *
   * @param from name of one zone
   * @param to name of the other zone; the same one throws
   * @param options what it is like
   */
  public static between(from: string, to: string, options: ZoneLinkOptions): ZoneLink {
    return new ZoneLink(from, to, options);
  }

  /** MTU of the way, in bytes, if it is not the underlay's. */
  public readonly mtu?: number;
  /** Round trip, if it is not the underlay's. */
  public readonly roundTripTime?: Duration;

  private constructor(
    /** Name of one zone. */
    public readonly from: string,
    /** Name of the other zone. */
    public readonly to: string,
    options: ZoneLinkOptions,
  ) {
    this.mtu = options.mtu;
    this.roundTripTime = options.roundTripTime;
    const problems: Problem[] = [
      ...checkMtu('mtu', options.mtu),
      ...roundTripProblems(options.roundTripTime),
    ];
    if (from === to) {
      problems.push({
        prop: 'to',
        allowed: 'another zone',
        got: to,
        remedy: 'give the MTU inside a zone to Zone.of',
      });
    }
    throwProblems(`ZoneLink ${this.label}`, problems);
  }

  /** Both names, for people. */
  public get label(): string {
    return `${this.from} - ${this.to}`;
  }
}
