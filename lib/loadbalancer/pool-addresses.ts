import { Cidr, familyOf, networksBetween, type IpFamily } from '../cluster';

/** One entry of a pool: a network, or all addresses from a first to a last one. */
export interface PoolAddresses {
  readonly text: string;
  readonly family: IpFamily;
  /** The same as canonical networks. */
  readonly cidrs: readonly Cidr[];
}

/** Reads a canonical CIDR or `first-last`; undefined when it is neither. */
export function readAddresses(text: string): PoolAddresses | undefined {
  const network = Cidr.parse(text);
  const [first = '', last = '', ...rest] = text.split('-');
  const cidrs =
    network !== undefined ? [network] : rest.length === 0 ? networksBetween(first, last) : [];
  const family = cidrs[0]?.family;
  return family === undefined ? undefined : { text, family, cidrs };
}

/** Whether the two share an address. */
export function overlap(one: PoolAddresses, other: PoolAddresses): boolean {
  return one.cidrs.some((a) => other.cidrs.some((b) => a.overlaps(b)));
}

/** Whether the entry shares an address with the network. */
export function touches({ cidrs }: PoolAddresses, network: Cidr): boolean {
  return cidrs.some((cidr) => cidr.overlaps(network));
}

/** Whether the entry lies in the network, whole. */
export function within({ cidrs }: PoolAddresses, network: Cidr): boolean {
  return cidrs.every((cidr) => network.includes(cidr));
}

/** Whether the address is one of the entry's. */
export function holds({ cidrs }: PoolAddresses, ip: string): boolean {
  return familyOf(ip) !== undefined && cidrs.some((cidr) => cidr.contains(ip));
}
