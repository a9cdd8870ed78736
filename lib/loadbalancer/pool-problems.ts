import { Cidr, isDnsLabel, type Cluster, type Problem, type Zone } from '../cluster';
import {
  holds,
  overlap,
  readAddresses,
  touches,
  within,
  type PoolAddresses,
} from './pool-addresses';

/** A pool as these checks see it: whose addresses, and what its entries are called in the spec. */
export interface CheckedPool {
  readonly name: string;
  /** Of each entry: how the spec calls it, and what it says. */
  readonly entries: ReadonlyArray<{ readonly prop: string; readonly text: string }>;
}

/** How clients find the addresses: on the machines' own segment, or by a router that knows the way. */
export type Reach = 'layer2' | 'routed';

/** No address of these is anybody's to give to a Service. */
const SPECIAL = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
].map((text) => Cidr.parse(text)!);

interface Entry {
  readonly pool: string;
  readonly prop: string;
  readonly addresses: PoolAddresses;
}

/** What is wrong with the pools, each fault on its own. */
export function poolProblems(
  cluster: Cluster,
  pools: readonly CheckedPool[],
  reach: Reach,
): Problem[] {
  const problems: Problem[] = [];
  const entries: Entry[] = [];
  if (pools.length === 0) {
    problems.push({
      prop: 'pools',
      allowed: 'at least one pool',
      got: undefined,
      remedy: 'without addresses every Service of type LoadBalancer stays pending',
    });
  }
  pools.forEach((pool, index) => {
    problems.push(...nameProblems(pools, index));
    for (const { prop, text } of pool.entries) {
      const addresses = readAddresses(text);
      if (addresses === undefined) {
        problems.push({
          prop,
          allowed: 'a canonical CIDR, or the first and the last address with a hyphen between',
          got: text,
          remedy: 'write for example 10.20.0.128/28 or 10.20.0.130-10.20.0.140',
        });
        continue;
      }
      problems.push(...entryProblems(cluster, prop, addresses, reach));
      const other = entries.find((entry) => overlap(entry.addresses, addresses));
      if (other !== undefined) {
        problems.push({
          prop,
          allowed: `apart from ${other.prop} ${other.addresses.text}`,
          got: text,
          remedy: 'an address belongs to one pool, once',
        });
      }
      entries.push({ pool: pool.name, prop, addresses });
    }
  });
  return reach === 'layer2' ? [...problems, ...segmentProblems(cluster, entries)] : problems;
}

/** The zone on whose segment all addresses of a family are; undefined when there is none. */
export function zoneOfAddresses(
  { zones }: Cluster,
  addresses: readonly PoolAddresses[],
): Zone | undefined {
  return zones.find((zone) =>
    addresses.every((entry) => within(entry, networkOf(zone, entry.family) ?? zone._cidr)),
  );
}

function nameProblems(pools: readonly CheckedPool[], index: number): Problem[] {
  const { name } = pools[index]!;
  const first = pools.findIndex((pool) => pool.name === name) === index;
  return isDnsLabel(name) && first
    ? []
    : [
        {
          prop: `pools[${index}].name`,
          allowed: 'an RFC 1123 label of its own',
          got: name,
          remedy: 'use lower-case letters, digits and hyphens, at most 63',
        },
      ];
}

function entryProblems(
  cluster: Cluster,
  prop: string,
  addresses: PoolAddresses,
  reach: Reach,
): Problem[] {
  const { text, family } = addresses;
  const add = (allowed: string, remedy: string): Problem => ({ prop, allowed, got: text, remedy });
  if (!cluster._families.includes(family)) {
    return [
      add(
        `of ${cluster._families.join(' or ')} addresses`,
        'no Service asks for an address of the other family in this cluster',
      ),
    ];
  }
  if (SPECIAL.some((network) => touches(addresses, network))) {
    return [
      add(
        'of addresses that a host can have',
        'loopback, link-local, multicast and reserved ranges lead nowhere',
      ),
    ];
  }
  const networks: Array<[string, string]> = [
    ...cluster.podCidrs.map((cidr): [string, string] => ['the pod network', cidr]),
    ...cluster.serviceCidrs.map((cidr): [string, string] => ['the Service network', cidr]),
  ];
  const taken = networks.find(([, cidr]) => touches(addresses, Cidr.parse(cidr)!));
  const problems: Problem[] = [];
  if (taken !== undefined) {
    problems.push(
      add(`apart from ${taken.join(' ')}`, 'packets to a shared address go to only one of the two'),
    );
  }
  const owner = ownersOf(cluster).find(([, ip]) => holds(addresses, ip));
  if (owner !== undefined) {
    problems.push(
      add(
        `without ${owner[1]}, the address of ${owner[0]}`,
        'leave it out; two would answer for it',
      ),
    );
  }
  const place = reach === 'layer2' ? onSegment(cluster, addresses) : offSegment(cluster, addresses);
  return [...problems, ...place.map(([allowed, remedy]) => add(allowed, remedy))];
}

/** Addresses that somebody has already. */
function ownersOf({ machines, endpoint }: Cluster): Array<[string, string]> {
  const known: Array<[string, string | undefined]> = [
    ['the API', endpoint.address],
    ...machines.flatMap((m): Array<[string, string | undefined]> => [
      [`machine ${m.name}`, m.address],
      [`machine ${m.name}`, m.addressV6],
      [`the gateway of machine ${m.name}`, m.gateway],
      [`the gateway of machine ${m.name}`, m.gatewayV6],
      ...(m.dnsServers ?? []).map((ip): [string, string] => [
        `a resolver of machine ${m.name}`,
        ip,
      ]),
    ]),
  ];
  return known.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** ARP is answered only where somebody asks: on the segment that the address belongs to. */
function onSegment({ zones }: Cluster, addresses: PoolAddresses): Array<[string, string]> {
  const networks = zones.flatMap((zone) => networkOf(zone, addresses.family) ?? []);
  const network = networks.find((cidr) => within(addresses, cidr));
  if (network === undefined) {
    return [
      [
        `inside the node network of one zone (${networks.join(', ')})`,
        'clients ask for the address by ARP on the segment of that network only; for other addresses routers must know the way (MetalLbMode.bgp)',
      ],
    ];
  }
  const edge = edgesOf(network).find((ip) => network.reserves(ip) && holds(addresses, ip));
  return edge === undefined
    ? []
    : [
        [
          `without ${edge}`,
          `the first and the last address of ${network} are its own and its broadcast address`,
        ],
      ];
}

function edgesOf(network: Cidr): string[] {
  return network.family === 'IPv4' ? [network.nth(0), network.nth(Number(network.size) - 1)] : [];
}

/** An address of the machines' own network is asked for by ARP there, which nobody answers. */
function offSegment({ zones }: Cluster, addresses: PoolAddresses): Array<[string, string]> {
  const zone = zones.find((one) => {
    const network = networkOf(one, addresses.family);
    return network !== undefined && touches(addresses, network);
  });
  return zone === undefined
    ? []
    : [
        [
          `apart from the node network of zone ${zone.name}`,
          'routers and neighbours look for it there by ARP instead of taking the announced way',
        ],
      ];
}

function networkOf(zone: Zone, family: string): Cidr | undefined {
  return [zone._cidr, zone._cidrV6].find((cidr) => cidr?.family === family);
}

/** A pool is announced from the machines of one zone: a Service may get any of its addresses. */
function segmentProblems(cluster: Cluster, entries: readonly Entry[]): Problem[] {
  return [...new Set(entries.map(({ pool }) => pool))].flatMap((pool) => {
    const own = entries.filter((entry) => entry.pool === pool);
    const placed = own.filter(({ addresses }) => zoneOfAddresses(cluster, [addresses]));
    const stray = placed.find(
      (_entry, index) =>
        zoneOfAddresses(
          cluster,
          placed.slice(0, index + 1).map(({ addresses }) => addresses),
        ) === undefined,
    );
    return stray === undefined
      ? []
      : [
          {
            prop: stray.prop,
            allowed: `in the same zone as ${placed[0]!.prop} ${placed[0]!.addresses.text}`,
            got: stray.addresses.text,
            remedy:
              'give every zone pools of its own; only machines of that zone can answer for them',
          },
        ];
  });
}
