import type { IpFamily } from './cidr';
import { Encapsulation } from './vocabulary';

/** What can wrap a pod's packet on its way. */
export type Wrapping = 'IPIP' | 'VXLAN' | 'WireGuard';

/** What a wrapping puts before a packet, in order, beside the outer IP header. */
export const wrappingParts: Readonly<
  Record<Wrapping, ReadonlyArray<{ readonly what: string; readonly bytes: number }>>
> = {
  IPIP: [],
  VXLAN: [
    { what: 'UDP', bytes: 8 },
    { what: 'VXLAN', bytes: 8 },
    { what: 'inner Ethernet', bytes: 14 },
  ],
  WireGuard: [
    { what: 'UDP', bytes: 8 },
    { what: 'WireGuard header', bytes: 16 },
    { what: 'authentication tag', bytes: 16 },
  ],
};

/** Bytes of an IP header without options. */
export const ipHeaderBytes: Readonly<Record<IpFamily, number>> = { IPv4: 20, IPv6: 40 };

/** Bytes that a wrapping adds, by the family of the outer packet: an IPv6 header is 20 bytes longer. */
export const wrappingBytes: Readonly<Record<Wrapping, Readonly<Record<IpFamily, number>>>> = {
  IPIP: bytesByFamily('IPIP'),
  VXLAN: bytesByFamily('VXLAN'),
  WireGuard: bytesByFamily('WireGuard'),
};

function bytesByFamily(wrapping: Wrapping): Readonly<Record<IpFamily, number>> {
  const added = wrappingParts[wrapping].reduce((sum, { bytes }) => sum + bytes, 0);
  return { IPv4: ipHeaderBytes.IPv4 + added, IPv6: ipHeaderBytes.IPv6 + added };
}

/** The wrapping of an encapsulation; CrossSubnet has one, too, because some path uses it. */
export function wrappingOf(encapsulation: Encapsulation): Wrapping | undefined {
  const wrappings: Record<Encapsulation, Wrapping | undefined> = {
    [Encapsulation.NONE]: undefined,
    [Encapsulation.IPIP]: 'IPIP',
    [Encapsulation.IPIP_CROSS_SUBNET]: 'IPIP',
    [Encapsulation.VXLAN]: 'VXLAN',
    [Encapsulation.VXLAN_CROSS_SUBNET]: 'VXLAN',
  };
  return wrappings[encapsulation];
}

/** How IPv6 travels beside IPv4 of this encapsulation: the same way, by VXLAN for IP in IP. */
export function secondFamilyEncapsulation(first: Encapsulation): Encapsulation {
  switch (first) {
    case Encapsulation.IPIP:
      return Encapsulation.VXLAN;
    case Encapsulation.IPIP_CROSS_SUBNET:
      return Encapsulation.VXLAN_CROSS_SUBNET;
    default:
      return first;
  }
}

/** One way in which pod packets travel: wrapped in what, between addresses of which family. */
export interface PacketWay {
  readonly wrapping: Wrapping | undefined;
  readonly family: IpFamily;
}

/** How pods of these families travel with an encapsulation, which is that of the first of them. */
export function packetWays(
  encapsulation: Encapsulation,
  families: readonly IpFamily[],
): PacketWay[] {
  return families.map((family, index) => ({
    wrapping: wrappingOf(index === 0 ? encapsulation : secondFamilyEncapsulation(encapsulation)),
    family,
  }));
}

/** The most that any of the ways adds to a packet: an interface has one MTU for all of them. */
export function overheadOf(ways: readonly PacketWay[]): number {
  return Math.max(
    0,
    ...ways.map(({ wrapping, family }) =>
      wrapping === undefined ? 0 : wrappingBytes[wrapping][family],
    ),
  );
}
