import { Duration } from 'cdk8s';
import { checkMtu, roundTripProblems, throwProblems } from './problem';
import type { ZoneLink } from './zone-link';

/** What an underlay is like, besides what its factory already says. */
export interface UnderlayOptions {
  /**
   * MTU of the machines' NICs on the cluster network, in bytes, 1280 to 9216. Another value throws.
   * Zones, NICs and links that differ say so themselves.
   */
  readonly mtu: number;
  /**
   * The longest round trip between two control-plane machines. etcd's heartbeat and election timers
   * follow from it. More than 5 seconds throws: etcd refuses election timeouts above 50 s.
   *
   * @default Duration.millis(1), one switch between the machines
   */
  readonly roundTripTime?: Duration;
  /**
   * Ways between zones that differ from the rest in MTU or round trip. Two for one pair of zones
   * throw, and so does one to a zone that the cluster does not have.
   *
   * @default - every way is like the underlay
   */
  readonly links?: ZoneLink[];
  /**
   * Whether NICs carry their address by itself, /32 or /128, instead of with the zone's prefix, as on
   * many VPS platforms. Nothing is then "in the same subnet": a CrossSubnet encapsulation tunnels
   * everywhere.
   *
   * @default false
   */
  readonly singleAddresses?: boolean;
  /**
   * Whether the network drops IP protocol 4 between machines, as Azure's networks and DigitalOcean's
   * cloud firewalls do. IP in IP cannot then be used.
   *
   * @default false
   */
  readonly dropsIpInIp?: boolean;
  /**
   * Whether NICs or hypervisor damage or stall VXLAN while checksums are left to them, as ESXi with
   * vmxnet3 does. Offload is then switched off on tunnel devices.
   *
   * @default false
   */
  readonly breaksVxlanOffload?: boolean;
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
   * @param options MTU, round trip, links
   */
  public static flatL2(options: UnderlayOptions): Underlay {
    return new Underlay({ ...options, l2Adjacent: true, filtersSourceAddresses: false });
  }

  /**
   * Machines reach each other through routers which carry any source address but do not know the
   * pods' networks.
   *
   * @param options MTU, round trip, links
   */
  public static routed(options: UnderlayOptions): Underlay {
    return new Underlay({ ...options, l2Adjacent: false, filtersSourceAddresses: false });
  }

  /**
   * A provider network that drops foreign source addresses, as on most VPS platforms.
   *
   * @param options MTU, round trip, links
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
  /** Longest round trip between two control-plane machines that no link says otherwise of. */
  public readonly roundTripTime: Duration;
  /** Ways between zones that differ from the rest. */
  public readonly links: ZoneLink[];
  /** Whether all machines of a zone share one Ethernet segment. */
  public readonly l2Adjacent: boolean;
  /** Whether the provider drops packets with foreign source addresses. */
  public readonly filtersSourceAddresses: boolean;
  /** Whether NICs carry their address by itself, without the zone's prefix. */
  public readonly singleAddresses: boolean;
  /** Whether IP protocol 4 is dropped between machines. */
  public readonly dropsIpInIp: boolean;
  /** Whether VXLAN needs its checksums computed by the kernel. */
  public readonly breaksVxlanOffload: boolean;

  private constructor(props: UnderlayProps) {
    this.mtu = props.mtu;
    this.roundTripTime = props.roundTripTime ?? Duration.millis(1);
    this.links = [...(props.links ?? [])];
    this.l2Adjacent = props.l2Adjacent;
    this.filtersSourceAddresses = props.filtersSourceAddresses;
    this.singleAddresses = props.singleAddresses ?? false;
    this.dropsIpInIp = props.dropsIpInIp ?? false;
    this.breaksVxlanOffload = props.breaksVxlanOffload ?? false;
    throwProblems('Underlay', [
      ...checkMtu('mtu', props.mtu),
      ...roundTripProblems(this.roundTripTime),
    ]);
  }

  /**
   * What is said of the way between two zones, whichever is named first.
   *
   * @internal
   */
  public _link(one: string, other: string): ZoneLink | undefined {
    return this.links.find(
      ({ from, to }) => (from === one && to === other) || (from === other && to === one),
    );
  }
}
