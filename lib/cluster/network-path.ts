import type { Duration } from 'cdk8s';

/** The way between the machines of two zones, or of one zone among themselves. */
export interface NetworkPath {
  /** Name of one zone. */
  readonly from: string;
  /** Name of the other zone; the same one for the way inside a zone. */
  readonly to: string;
  /** The largest packet that every pair of machines can exchange, in bytes. */
  readonly mtu: number;
  /** What limits it: the zone, the NIC of a machine, or the link. */
  readonly limit: string;
  /** Round trip between machines of the two. */
  readonly roundTripTime: Duration;
}
