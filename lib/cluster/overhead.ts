import { Encapsulation } from './vocabulary';

/** Bytes an encapsulation adds on an IPv4 underlay; CrossSubnet counts in full, some path uses it. */
export const encapsulationOverhead: Readonly<Record<Encapsulation, number>> = {
  [Encapsulation.NONE]: 0,
  [Encapsulation.IPIP]: 20,
  [Encapsulation.IPIP_CROSS_SUBNET]: 20,
  [Encapsulation.VXLAN]: 50,
  [Encapsulation.VXLAN_CROSS_SUBNET]: 50,
};

/** Bytes an encapsulation adds on an IPv6 underlay: its outer header is 20 bytes longer. */
export const encapsulationOverheadIpv6: Readonly<Record<Encapsulation, number>> = {
  [Encapsulation.NONE]: 0,
  [Encapsulation.IPIP]: 40,
  [Encapsulation.IPIP_CROSS_SUBNET]: 40,
  [Encapsulation.VXLAN]: 70,
  [Encapsulation.VXLAN_CROSS_SUBNET]: 70,
};
