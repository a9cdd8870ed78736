import type { Duration } from 'cdk8s';
import type { Machine } from './machine';
import type { NetworkPath } from './network-path';
import type { Underlay } from './underlay';
import { millis } from './units';
import type { Zone } from './zone';

interface Limit {
  readonly mtu: number;
  readonly limit: string;
}

interface Facts {
  readonly underlay: Underlay;
  readonly zones: readonly Zone[];
  readonly machines: readonly Machine[];
}

/** Every way between zones that have machines, each once; computed by zone, never by pairs of machines. */
export function networkPaths({ underlay, zones, machines }: Facts): NetworkPath[] {
  const members = new Map<string, Machine[]>();
  for (const machine of machines) {
    const those = members.get(machine.zone) ?? [];
    those.push(machine);
    members.set(machine.zone, those);
  }
  const used = zones.flatMap((zone) => {
    const those = members.get(zone.name);
    return those === undefined
      ? []
      : [{ name: zone.name, inside: zoneLimit(underlay, zone, those) }];
  });
  return used.flatMap(({ name, inside }, index) => [
    { from: name, to: name, ...inside, roundTripTime: underlay.roundTripTime },
    ...used.slice(index + 1).map((other) => {
      const link = underlay._link(name, other.name);
      const between: Limit =
        link?.mtu === undefined
          ? { mtu: underlay.mtu, limit: 'underlay' }
          : { mtu: link.mtu, limit: `link ${link.label}` };
      return {
        from: name,
        to: other.name,
        ...smallest([between, inside, other.inside]),
        roundTripTime: link?.roundTripTime ?? underlay.roundTripTime,
      };
    }),
  ]);
}

/** The longest round trip of the ways between zones in which some of these machines stand. */
export function longestRoundTrip(
  ways: readonly NetworkPath[],
  machines: readonly Machine[],
): Duration {
  const zones = new Set(machines.map((m) => m.zone));
  return ways
    .filter(({ from, to }) => zones.has(from) && zones.has(to))
    .map(({ roundTripTime }) => roundTripTime)
    .reduce((a, b) => (millis(b) > millis(a) ? b : a));
}

/** What the NIC of a machine carries: its own word, else that of its zone, else the underlay's. */
export function nicMtu({ underlay, zones }: Facts, machine: Machine): number {
  return machine.mtu ?? zones.find((z) => z.name === machine.zone)?.mtu ?? underlay.mtu;
}

function zoneLimit(underlay: Underlay, zone: Zone, members: readonly Machine[]): Limit {
  const own: Limit =
    zone.mtu === undefined
      ? { mtu: underlay.mtu, limit: 'underlay' }
      : { mtu: zone.mtu, limit: `zone ${zone.name}` };
  const nics = members.flatMap(({ name, mtu }): Limit[] =>
    mtu === undefined ? [] : [{ mtu, limit: `NIC of ${name}` }],
  );
  return smallest([own, ...nics]);
}

/** The first of the smallest. */
function smallest(limits: readonly Limit[]): Limit {
  return limits.reduce((a, b) => (b.mtu < a.mtu ? b : a));
}
