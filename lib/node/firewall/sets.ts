import { Cidr, type IpFamily } from '../../cluster';

// Elements of one set must not overlap: nft refuses the whole file.

/** Networks of each family, each of them once and none inside of another. */
export type NetworksByFamily = Readonly<Record<IpFamily, readonly string[]>>;

/** Sorted by address; a single address goes without its prefix. */
export function disjointNetworks(networks: readonly string[]): NetworksByFamily {
  const of = (family: IpFamily) => {
    const all = networks.map((text) => Cidr.parse(text)!).filter((cidr) => cidr.family === family);
    // A network before those inside of it, so that one look at the last one kept is enough.
    const sorted = all.sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
    const kept: Cidr[] = [];
    for (const cidr of sorted) {
      if (kept.at(-1)?.includes(cidr) !== true) {
        kept.push(cidr);
      }
    }
    return kept.map((cidr) => cidr.toString().replace(family === 'IPv4' ? /\/32$/ : /\/128$/, ''));
  };
  return { IPv4: of('IPv4'), IPv6: of('IPv6') };
}

/** First and last port of what the ledger calls a port. */
export function portRange(port: string): [first: number, last: number] {
  const [first, last = first] = port.split('-').map(Number) as [number, number?];
  return [first, last];
}

/** Ports and ranges in order, those that overlap as one. */
export function joinedPorts(ports: readonly string[]): string[] {
  const joined: Array<[number, number]> = [];
  for (const [from, to] of ports.map(portRange).sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) {
      last[1] = Math.max(last[1], to);
    } else {
      joined.push([from, to]);
    }
  }
  return joined.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
