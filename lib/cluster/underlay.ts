import { Duration } from 'cdk8s';
import { checkInteger, throwProblems, type Problem } from './problem';

/** What an underlay is like, besides what its factory already says. */
export interface UnderlayOptions {
  /**
   * MTU of the machines' NICs on the cluster network, in bytes, 1280 to 9216. Another value throws.
   */
  readonly mtu: number;
  /**
   * The longest round trip between two control-plane machines. etcd's heartbeat and election timers
   * follow from it. More than 5 seconds throws: etcd refuses election timeouts above 50 s.
   *
   * @default Duration.millis(1), one switch between the machines
   */
  readonly roundTripTime?: Duration;
}

/** The free form of an underlay. */
export interface UnderlayProps extends UnderlayOptions {
  /**
   * Whether all machines of a zone share one Ethernet segment.
   */
  readonly l2Adjacent: boolean;
  /**
   * Whether the provider drops packets whose source address is not the machine's own (uRPF, MAC or
   * ARP filters). Pod addresses cannot then travel without encapsulation.
   */
  readonly filtersSourceAddresses: boolean;
}

/** The network the machines stand on: what it carries, and what it silently drops. */
export class Underlay {
  /**
   * One Ethernet segment that carries any source address, as in one's own rack.
   *
   * @param options MTU and round trip
   */
  public static flatL2(options: UnderlayOptions): Underlay {
    return new Underlay({ ...options, l2Adjacent: true, filtersSourceAddresses: false });
  }

  /**
   * Machines reach each other through routers which carry any source address but do not know the
   * pods' networks.
   *
   * @param options MTU and round trip
   */
  public static routed(options: UnderlayOptions): Underlay {
    return new Underlay({ ...options, l2Adjacent: false, filtersSourceAddresses: false });
  }

  /**
   * A provider network that drops foreign source addresses, as on most VPS platforms.
   *
   * @param options MTU and round trip
   */
  public static filtered(options: UnderlayOptions): Underlay {
    return new Underlay({ ...options, l2Adjacent: false, filtersSourceAddresses: true });
  }

  /**
   * An underlay of another kind.
   *
   * @param props all that is to know about it
   */
  public static of(props: UnderlayProps): Underlay {
    return new Underlay(props);
  }

  /** MTU of the machines' NICs, in bytes. */
  public readonly mtu: number;
  /** Longest round trip between two control-plane machines. */
  public readonly roundTripTime: Duration;
  /** Whether all machines of a zone share one Ethernet segment. */
  public readonly l2Adjacent: boolean;
  /** Whether the provider drops packets with foreign source addresses. */
  public readonly filtersSourceAddresses: boolean;

  private constructor(props: UnderlayProps) {
    this.mtu = props.mtu;
    this.roundTripTime = props.roundTripTime ?? Duration.millis(1);
    this.l2Adjacent = props.l2Adjacent;
    this.filtersSourceAddresses = props.filtersSourceAddresses;
    const problems: Problem[] = checkInteger(
      'mtu',
      props.mtu,
      { min: 1280, max: 9216 },
      'give the MTU that `ip link` shows on the NIC',
    );
    if (this.roundTripTime.toMilliseconds() > 5000) {
      problems.push({
        prop: 'roundTripTime',
        allowed: 'at most 5000 ms',
        got: `${this.roundTripTime.toMilliseconds()} ms`,
        remedy: 'an etcd cluster cannot span such a distance; keep the control plane in one region',
      });
    }
    throwProblems('Underlay', problems);
  }
}
