import { Encapsulation } from './vocabulary';

/** Bytes an encapsulation adds to every IPv4 packet; CrossSubnet counts in full, some path uses it. */
export const encapsulationOverhead: Readonly<Record<Encapsulation, number>> = {
  [Encapsulation.NONE]: 0,
  [Encapsulation.IPIP]: 20,
  [Encapsulation.IPIP_CROSS_SUBNET]: 20,
  [Encapsulation.VXLAN]: 50,
  [Encapsulation.VXLAN_CROSS_SUBNET]: 50,
};
