import { BlockList } from 'node:net';
import fc from 'fast-check';
import { Cidr, familyOf, hostCidr, networkAround } from '../../lib/cluster';

// Oracles that share nothing with the code under test: spelling by the URL parser of Node,
// containment by its BlockList, and the rest by writing every address down.

interface Network {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

const powerOfTwo = (exponent: number) => 2n ** BigInt(exponent);

function spell(bits: number, number: bigint): string {
  const width = bits === 32 ? 8 : 16;
  const parts = Array.from(
    { length: bits / width },
    (_, index) => (number / powerOfTwo(bits - width * (index + 1))) % powerOfTwo(width),
  );
  return bits === 32
    ? parts.join('.')
    : new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

const textOf = ({ bits, first, prefix }: Network) => `${spell(bits, first)}/${prefix}`;
const parsed = (one: Network) => Cidr.parse(textOf(one))!;
const numbersOf = ({ bits, first, prefix }: Network) =>
  Array.from({ length: 2 ** (bits - prefix) }, (_, index) => first + BigInt(index));

/** A network of at most 256 addresses among the 1,024 around a given one. */
function networkNear(bits: 32 | 128, near: bigint): fc.Arbitrary<Network> {
  return fc
    .tuple(fc.bigInt(0n, 1023n), fc.integer({ min: bits - 8, max: bits }))
    .map(([offset, prefix]) => {
      const inside = near - (near % 1024n) + offset;
      return { bits, prefix, first: inside - (inside % powerOfTwo(bits - prefix)) };
    });
}

/** Two networks of one family, at most 256 addresses each, close enough to meet often. */
const neighbours = fc
  .constantFrom<32 | 128>(32, 128)
  .chain((bits) => fc.tuple(fc.constant(bits), fc.bigInt(0n, powerOfTwo(bits) - 1n)))
  .filter(([bits, near]) => bits === 32 || near / powerOfTwo(32) !== 0xffffn)
  .chain(([bits, near]) => fc.tuple(networkNear(bits, near), networkNear(bits, near)));

test('a canonical network keeps its spelling', () => {
  fc.assert(
    fc.property(neighbours, ([one]) => {
      expect(`${parsed(one)}`).toBe(textOf(one));
      expect(parsed(one).size).toBe(powerOfTwo(one.bits - one.prefix));
    }),
  );
});

test('a network has one spelling: host bits make it none', () => {
  fc.assert(
    fc.property(neighbours, fc.bigInt(1n, 255n), ([one], extra) => {
      fc.pre(extra < powerOfTwo(one.bits - one.prefix));
      expect(Cidr.parse(`${spell(one.bits, one.first + extra)}/${one.prefix}`)).toBeUndefined();
    }),
  );
});

test('nth counts the addresses in order and stops at both ends', () => {
  fc.assert(
    fc.property(neighbours, ([one]) => {
      const cidr = parsed(one);
      const numbers = numbersOf(one);
      expect(numbers.map((_, index) => cidr.nth(index))).toEqual(
        numbers.map((n) => spell(one.bits, n)),
      );
      for (const index of [-1, numbers.length]) {
        expect(() => cidr.nth(index)).toThrow(new Error(`${cidr} has no address number ${index}`));
      }
    }),
  );
});

test('contains agrees with the block list of Node', () => {
  fc.assert(
    fc.property(neighbours, ([one, other]) => {
      const type = one.bits === 32 ? 'ipv4' : 'ipv6';
      const list = new BlockList();
      list.addSubnet(spell(one.bits, one.first), one.prefix, type);
      for (const number of [...numbersOf(one), ...numbersOf(other)]) {
        const ip = spell(one.bits, number);
        expect([ip, parsed(one).contains(ip)]).toEqual([ip, list.check(ip, type)]);
      }
    }),
  );
});

test('networks overlap exactly when they share an address, whoever asks', () => {
  fc.assert(
    fc.property(neighbours, ([one, other]) => {
      const numbers = new Set(numbersOf(other));
      const shared = numbersOf(one).some((number) => numbers.has(number));
      expect(parsed(one).overlaps(parsed(other))).toBe(shared);
      expect(parsed(other).overlaps(parsed(one))).toBe(shared);
    }),
  );
});

test('an IPv6 address is accepted in its one spelling only', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
      const mapped = canonical.startsWith('::ffff:') && canonical.split(':').length === 5;
      expect(familyOf(canonical)).toBe(mapped ? undefined : 'IPv6');
      expect(familyOf(text)).toBe(text === canonical && !mapped ? 'IPv6' : undefined);
    }),
    { numRuns: 500 },
  );
});

test('an IPv4 address is accepted in its one spelling only', () => {
  fc.assert(fc.property(fc.ipV4(), (text) => expect(familyOf(text)).toBe('IPv4')));
  fc.assert(
    fc.property(fc.ipV4Extended(), (text) => {
      const plain = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){3}$/.test(text);
      expect(familyOf(text)).toBe(plain ? 'IPv4' : undefined);
    }),
  );
});

test('families never meet', () => {
  const [v4, v6] = [Cidr.parse('0.0.0.0/0')!, Cidr.parse('::/0')!];
  expect([v4.overlaps(v6), v6.overlaps(v4)]).toEqual([false, false]);
  expect([v4.contains('::1'), v6.contains('10.0.0.1'), v6.contains('')]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  '',
  '/',
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/8/8',
  '10.0.0.0/8 ',
  ' 10.0.0.0/8',
  '10.0.0/8',
  '0x0a.0.0.0/8',
  '::/129',
  '::ffff:0.0.0.0/96',
  '::ffff:0:0/96',
  'fe80::%eth0/64',
  '[::]/0',
  '2001:DB8::/32',
  '2001:db8:0::/32',
])('"%s" is no network', (text) => expect(Cidr.parse(text)).toBeUndefined());

test('the first and the last address of an IPv4 network are not for machines', () => {
  const reserved = (text: string) => {
    const cidr = Cidr.parse(text)!;
    return Array.from({ length: Number(cidr.size) }, (_, index) => cidr.nth(index)).filter((ip) =>
      cidr.reserves(ip),
    );
  };
  expect(reserved('10.0.0.0/29')).toEqual(['10.0.0.0', '10.0.0.7']);
  expect(reserved('10.0.0.0/31')).toEqual([]);
  expect(reserved('10.0.0.1/32')).toEqual([]);
  expect(reserved('fd00::/124')).toEqual([]);
});

test('an address alone is a network of one', () => {
  expect(['10.0.0.1', 'fd00::1'].map(hostCidr)).toEqual(['10.0.0.1/32', 'fd00::1/128']);
});

test('a network as another program reads it', () => {
  const spelt = [
    '10.1.2.3/8',
    '10.1.2.3',
    'FD00:0::1/16',
    '::1',
    '10.0.0.0/33',
    '010.0.0.0/8',
    'x',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    '10.0.0.0/',
    '::ffff:10.0.0.1',
  ];
  expect(spelt.map((text) => networkAround(text)?.toString())).toEqual([
    '10.0.0.0/8',
    '10.1.2.3/32',
    'fd00::/16',
    '::1/128',
    ...Array(7).fill(undefined),
  ]);
  expect(networkAround('10.244.0.0/16')).toEqual(Cidr.parse('10.244.0.0/16'));
});
