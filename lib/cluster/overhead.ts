import type { IpFamily } from './cidr';
import { Encapsulation } from './vocabulary';

/** What can wrap a pod's packet on its way. */
export type Wrapping = 'IPIP' | 'VXLAN' | 'WireGuard';

/** Bytes that a wrapping adds, by the family of the outer packet: an IPv6 header is 20 bytes longer. */
export const wrappingBytes: Readonly<Record<Wrapping, Readonly<Record<IpFamily, number>>>> = {
  // The outer IP header alone.
  IPIP: { IPv4: 20, IPv6: 40 },
  // Outer IP 20, UDP 8, VXLAN 8, inner Ethernet 14.
  VXLAN: { IPv4: 50, IPv6: 70 },
  // Outer IP 20, UDP 8, header 16, authentication tag 16.
  WireGuard: { IPv4: 60, IPv6: 80 },
};

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
