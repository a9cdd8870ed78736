import { LinuxDataplane } from './dataplane-options';
import { Encapsulation, secondFamilyEncapsulation, type Cluster } from '../../cluster';

/** An encapsulation, and why it is this one. */
export interface EncapsulationChoice {
  readonly encapsulation: Encapsulation;
  readonly why: string;
}

const WORKS: Readonly<Record<Encapsulation, string>> = {
  [Encapsulation.NONE]: 'packets travel as they are, without a byte of overhead',
  [Encapsulation.IPIP]:
    'an outer IP header carries pod addresses through a network that does not know them',
  [Encapsulation.IPIP_CROSS_SUBNET]:
    'packets travel as they are within a subnet and get an outer IP header only between subnets',
  [Encapsulation.VXLAN]:
    "plain UDP between the machines' own addresses is what every network carries, filtered ones included",
  [Encapsulation.VXLAN_CROSS_SUBNET]:
    'packets travel as they are within a subnet and in UDP only between subnets',
};

/** The one of the spec, or the lightest that the underlay carries. */
export function chooseEncapsulation(
  cluster: Cluster,
  dataplane: LinuxDataplane,
  chosen: Encapsulation | undefined,
): EncapsulationChoice {
  if (chosen !== undefined) {
    return { encapsulation: chosen, why: `chosen in the spec: ${WORKS[chosen]}` };
  }
  const [encapsulation, because] = lightest(cluster, dataplane);
  return { encapsulation, why: `${because}: ${WORKS[encapsulation]}` };
}

/** IPv6 travels as IPv4 does; by VXLAN where that has IP in IP. */
export function chooseSecondFamily({
  encapsulation,
  why,
}: EncapsulationChoice): EncapsulationChoice {
  const second = secondFamilyEncapsulation(encapsulation);
  return second === encapsulation
    ? { encapsulation, why }
    : {
        encapsulation: second,
        why: `IP in IP carries IPv4 only, so IPv6 beside ${encapsulation} goes by VXLAN: ${WORKS[second]}`,
      };
}

function lightest(cluster: Cluster, dataplane: LinuxDataplane): [Encapsulation, string] {
  const { l2Adjacent, filtersSourceAddresses, singleAddresses, dropsIpInIp } = cluster.underlay;
  const zones = usedZones(cluster);
  if (filtersSourceAddresses) {
    return [Encapsulation.VXLAN, 'the underlay drops foreign source addresses'];
  }
  if (!l2Adjacent) {
    return [Encapsulation.VXLAN, 'machines of a zone share no Ethernet segment'];
  }
  if (zones === 1) {
    return [Encapsulation.NONE, 'all machines share one Ethernet segment'];
  }
  if (singleAddresses) {
    return [
      Encapsulation.VXLAN,
      'NICs carry single addresses, so Calico would see no common subnet anyway',
    ];
  }
  const segments = `${zones} zones are Ethernet segments joined by routers`;
  if (cluster._families.includes('IPv6')) {
    return [Encapsulation.VXLAN_CROSS_SUBNET, `${segments}, and IP in IP carries no IPv6`];
  }
  if (dropsIpInIp) {
    return [Encapsulation.VXLAN_CROSS_SUBNET, `${segments} that drop IP protocol 4`];
  }
  return dataplane === LinuxDataplane.BPF
    ? [Encapsulation.VXLAN_CROSS_SUBNET, `${segments}, and the BPF dataplane has no IP in IP`]
    : [Encapsulation.IPIP_CROSS_SUBNET, segments];
}

/** Whether packets of neighbours on one subnet travel without encapsulation. */
export function isBareInSubnet(encapsulation: Encapsulation): boolean {
  return [
    Encapsulation.NONE,
    Encapsulation.IPIP_CROSS_SUBNET,
    Encapsulation.VXLAN_CROSS_SUBNET,
  ].includes(encapsulation);
}

/** Whether a mode tunnels with VXLAN. */
export function isVxlan(encapsulation: Encapsulation): boolean {
  return [Encapsulation.VXLAN, Encapsulation.VXLAN_CROSS_SUBNET].includes(encapsulation);
}

/** Whether a mode tunnels with IP in IP. */
export function isIpip(encapsulation: Encapsulation): boolean {
  return [Encapsulation.IPIP, Encapsulation.IPIP_CROSS_SUBNET].includes(encapsulation);
}

/** Whether a mode encapsulates between subnets only. */
export function isCrossSubnet(encapsulation: Encapsulation): boolean {
  return encapsulation !== Encapsulation.NONE && isBareInSubnet(encapsulation);
}

/** How many zones have machines. */
export function usedZones(cluster: Cluster): number {
  return new Set(cluster.machines.map((m) => m.zone)).size;
}
