import { Address4, Address6 } from 'ip-address';

export type IpFamily = 'IPv4' | 'IPv6';
type Address = Address4 | Address6;

/**
 * A network in its one canonical spelling. Kubernetes 1.36 and later refuse leading zeros and host
 * bits in addresses, so anything that is not canonical is treated as a mistake, not repaired.
 */
export class Cidr {
  /** The network, or undefined when the text is not a canonical CIDR. */
  public static parse(text: string): Cidr | undefined {
    const [host, prefix, ...rest] = text.split('/');
    if (host === undefined || prefix === undefined || rest.length > 0 || !/^\d+$/.test(prefix)) {
      return undefined;
    }
    const address = parseAddress(host);
    const bits = Number(prefix);
    if (address === undefined || String(bits) !== prefix || bits > bitsOf(address)) {
      return undefined;
    }
    const cidr = new Cidr(address, bits);
    return cidr.first === address.bigInt() ? cidr : undefined;
  }

  public readonly family: IpFamily;
  /** First and last address as numbers: overlap and containment are comparisons of these two. */
  public readonly first: bigint;
  public readonly last: bigint;

  private constructor(
    private readonly address: Address,
    public readonly prefix: number,
  ) {
    this.family = address instanceof Address4 ? 'IPv4' : 'IPv6';
    const size = 2n ** BigInt(bitsOf(address) - prefix);
    this.first = address.bigInt() - (address.bigInt() % size);
    this.last = this.first + size - 1n;
  }

  public overlaps(other: Cidr): boolean {
    return this.family === other.family && this.first <= other.last && other.first <= this.last;
  }

  /** Whether the other network lies in this one, whole. */
  public includes(other: Cidr): boolean {
    return this.family === other.family && this.first <= other.first && other.last <= this.last;
  }

  /** Whether the address lies in the network; false for another family or for no address at all. */
  public contains(ip: string): boolean {
    const address = parseAddress(ip);
    if (address === undefined || familyOf(ip) !== this.family) {
      return false;
    }
    const number = address.bigInt();
    return this.first <= number && number <= this.last;
  }

  /** Whether the address is the network's own or its broadcast address, which no machine can have. */
  public reserves(ip: string): boolean {
    const hasBroadcast = this.family === 'IPv4' && this.prefix < 31;
    return hasBroadcast && (ip === this.nth(0) || ip === this.nth(Number(this.size) - 1));
  }

  /** The address `index` places after the first one. */
  public nth(index: number): string {
    const number = this.first + BigInt(index);
    if (number < this.first || number > this.last) {
      throw new Error(`${this.toString()} has no address number ${index}`);
    }
    return this.family === 'IPv4'
      ? Address4.fromBigInt(number).correctForm()
      : Address6.fromBigInt(number).correctForm();
  }

  /** How many addresses the network holds. */
  public get size(): bigint {
    return this.last - this.first + 1n;
  }

  public toString(): string {
    return `${this.address.correctForm()}/${this.prefix}`;
  }
}

/**
 * The network that others read in a text: host bits do not count, an address alone is a network of
 * one, IPv6 may be spelt at length. For input that was written for another program.
 */
export function networkAround(text: string): Cidr | undefined {
  const [host = '', ...prefix] = text.split('/');
  if (/[%\s]/.test(text) || !(Address4.isValid(host) || Address6.isValid(host))) {
    return undefined;
  }
  const address = Address4.isValid(host) ? new Address4(host) : new Address6(host);
  const most = bitsOf(address);
  const [bits = String(most), ...rest] = prefix;
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    return undefined;
  }
  const size = 2n ** BigInt(most - Number(bits));
  const first = address.bigInt() - (address.bigInt() % size);
  const start = most === 32 ? Address4.fromBigInt(first) : Address6.fromBigInt(first);
  return Cidr.parse(`${start.correctForm()}/${Number(bits)}`);
}

/**
 * The fewest networks that together hold the addresses from the first to the last one, and no other;
 * none when the two are no range of one family.
 */
export function networksBetween(first: string, last: string): Cidr[] {
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (from === undefined || to === undefined || bitsOf(from) !== bitsOf(to)) {
    return [];
  }
  const networks: Cidr[] = [];
  const end = to.bigInt();
  for (let start = from.bigInt(), size = 1n; start <= end; start += size, size = 1n) {
    let prefix = bitsOf(from);
    // As large as its place allows and the end admits.
    while (start % (size * 2n) === 0n && start + size * 2n - 1n <= end) {
      size *= 2n;
      prefix -= 1;
    }
    networks.push(Cidr.parse(`${at(from, start).correctForm()}/${prefix}`)!);
  }
  return networks;
}

function at(like: Address, number: bigint): Address {
  return like instanceof Address4 ? Address4.fromBigInt(number) : Address6.fromBigInt(number);
}

const LINK_LOCAL_V6 = Cidr.parse('fe80::/10')!;

/** The family of an address in canonical spelling, or undefined when it is none. */
export function familyOf(ip: string): IpFamily | undefined {
  const address = parseAddress(ip);
  if (address === undefined) {
    return undefined;
  }
  return address instanceof Address4 ? 'IPv4' : 'IPv6';
}

/** Whether the address is one of IPv6 that holds on one link only, as many providers' gateways have. */
export function isLinkLocalV6(ip: string): boolean {
  return LINK_LOCAL_V6.contains(ip);
}

/** The address as a CIDR that holds only itself: /32, or /128 for IPv6. */
export function hostCidr(ip: string): string {
  return `${ip}/${familyOf(ip) === 'IPv6' ? 128 : 32}`;
}

function parseAddress(text: string): Address | undefined {
  // The library also takes prefixes, zones and ports; a plain address has none of them.
  if (/[/%\s]/.test(text)) {
    return undefined;
  }
  if (Address4.isValid(text)) {
    const address = new Address4(text);
    return address.correctForm() === text ? address : undefined;
  }
  if (Address6.isValid(text)) {
    const address = new Address6(text);
    // Kubernetes refuses IPv4-mapped addresses: half of the network code takes them for IPv4.
    return address.correctForm() === text && !address.isMapped4() ? address : undefined;
  }
  return undefined;
}

function bitsOf(address: Address): number {
  return address instanceof Address4 ? 32 : 128;
}
