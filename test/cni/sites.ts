import { ApiEndpoint, Machine, Underlay, Zone, type ClusterProps } from '../../lib';

// The grounds that every plugin is tried on.

export type Families = 'IPv4' | 'IPv6' | 'both';

/** What machines stand on. */
export interface Site {
  readonly name: string;
  readonly zones: number;
  readonly underlay: Underlay;
}

const mtu = 1500;
/** One of each kind that packets know. */
export const sites: Site[] = [
  { name: 'one segment', zones: 1, underlay: Underlay.flatL2({ mtu }) },
  { name: 'jumbo frames', zones: 1, underlay: Underlay.flatL2({ mtu: 9000 }) },
  { name: 'two segments', zones: 2, underlay: Underlay.flatL2({ mtu }) },
  {
    name: 'two segments without protocol 4',
    zones: 2,
    underlay: Underlay.flatL2({ mtu, dropsIpInIp: true }),
  },
  {
    name: 'two segments of single addresses',
    zones: 2,
    underlay: Underlay.flatL2({ mtu, singleAddresses: true }),
  },
  { name: 'routers', zones: 1, underlay: Underlay.routed({ mtu }) },
  { name: 'filters', zones: 1, underlay: Underlay.filtered({ mtu }) },
  { name: 'the least MTU', zones: 1, underlay: Underlay.filtered({ mtu: 1280 }) },
];

/** Address families of a cluster. */
export const allFamilies: readonly Families[] = ['IPv4', 'IPv6', 'both'];

/** Three machines, spread over the zones. */
export function factsOf(site: Site, families: Families): Partial<ClusterProps> {
  const { zones: count, underlay } = site;
  const v4 = families !== 'IPv6';
  const v6 = families !== 'IPv4';
  const node = (zone: number) => (v4 ? `10.20.${zone}.0/24` : `fd00:20:${zone + 1}::/64`);
  const address = (zone: number, n: number) =>
    v4 ? `10.20.${zone}.2${n}` : `fd00:20:${zone + 1}::2${n}`;
  return {
    underlay,
    endpoint: ApiEndpoint.external({
      dnsName: 'api.oslo.example',
      address: v4 ? '192.0.2.1' : '2001:db8::1',
    }),
    podCidr: v4 ? '10.244.0.0/16' : 'fd00:244::/56',
    serviceCidr: v4 ? '10.96.0.0/16' : 'fd00:96::/112',
    ...(families === 'both' ? { podCidrV6: 'fd00:244::/56', serviceCidrV6: 'fd00:96::/112' } : {}),
    zones: [...Array(count).keys()].map((z) =>
      Zone.of(`oslo-${z + 1}`, {
        country: 'NO',
        nodeCidr: node(z),
        ...(v4 && v6 ? { nodeCidrV6: `fd00:20:${z + 1}::/64` } : {}),
      }),
    ),
    machines: [0, 1, 2].map((n) => {
      const z = n % count;
      const facts = {
        zone: `oslo-${z + 1}`,
        address: address(z, n),
        nic: 'eno1',
        ...(v4 && v6 ? { addressV6: `fd00:20:${z + 1}::2${n}` } : {}),
      };
      return n === 0 ? Machine.controlPlane('m-0', facts) : Machine.worker(`m-${n}`, facts);
    }),
  };
}
