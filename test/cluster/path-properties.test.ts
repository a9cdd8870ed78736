import { App } from 'cdk8s';
import * as fc from 'fast-check';
import {
  ApiEndpoint,
  Encapsulation,
  Underlay,
  Zone,
  ZoneLink,
  type Cluster,
  type ClusterProps,
} from '../../lib';
import { osloCluster, osloMachine } from '../support/oslo';

// A site in plain numbers, and an oracle that walks every pair of machines over it: the code under
// test goes by zone and never looks at pairs.

interface Link {
  readonly pair: readonly [number, number];
  readonly mtu?: number;
}

interface Site {
  readonly underlay: number;
  /** MTU of each zone. */
  readonly zones: ReadonlyArray<number | undefined>;
  /** Zone and NIC of each machine. */
  readonly machines: ReadonlyArray<{ readonly zone: number; readonly mtu?: number }>;
  readonly links: readonly Link[];
}

const mtus = fc.constantFrom(1280, 1400, 1420, 1450, 1500, 8900, 9000, 9216);
const maybe = fc.option(mtus, { nil: undefined });
const site: fc.Arbitrary<Site> = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const index = fc.nat(count - 1);
  const pairs = Array.from({ length: count }, (_, a) =>
    Array.from({ length: count - a - 1 }, (_x, b): [number, number] => [a, a + b + 1]),
  ).flat();
  const turned = (pair: [number, number]) =>
    fc.boolean().map((turn): [number, number] => (turn ? [pair[1], pair[0]] : pair));
  return fc.record({
    underlay: mtus,
    zones: fc.array(maybe, { minLength: count, maxLength: count }),
    machines: fc
      .constantFrom(1, 3, 5, 7)
      .chain((n) =>
        fc.array(fc.record({ zone: index, mtu: maybe }), { minLength: n, maxLength: n }),
      ),
    links: fc
      .shuffledSubarray(pairs)
      .chain((some) =>
        fc.tuple(...some.map((pair) => fc.record({ pair: turned(pair), mtu: maybe }))),
      ),
  });
});

type Families = 'IPv4' | 'IPv6' | 'both';
const families = fc.constantFrom<Families>('IPv4', 'IPv6', 'both');

function build({ underlay, zones, machines, links }: Site, family: Families = 'IPv4'): Cluster {
  const v4 = (zone: number, host: number) => `10.${20 + zone}.0.${host}`;
  const v6 = (zone: number, host: string) => `fd00:2${zone}::${host}`;
  const only6 = family === 'IPv6';
  const both = family === 'both';
  const networks: Partial<ClusterProps> = only6
    ? { podCidr: 'fd00:244::/56', serviceCidr: 'fd00:96::/112' }
    : both
      ? { podCidrV6: 'fd00:244::/56', serviceCidrV6: 'fd00:96::/112' }
      : {};
  return osloCluster(new App(), {
    ...networks,
    endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
    underlay: Underlay.flatL2({
      mtu: underlay,
      links: links.map(({ pair: [a, b], mtu }) => ZoneLink.between(`z-${a}`, `z-${b}`, { mtu })),
    }),
    zones: zones.map((mtu, n) =>
      Zone.of(`z-${n}`, {
        country: 'NO',
        nodeCidr: only6 ? `${v6(n, '')}/64` : `${v4(n, 0)}/24`,
        nodeCidrV6: both ? `${v6(n, '')}/64` : undefined,
        mtu,
      }),
    ),
    machines: machines.map(({ zone, mtu }, n) =>
      osloMachine(n, {
        zone: `z-${zone}`,
        address: only6 ? v6(zone, `1${n}`) : v4(zone, 10 + n),
        addressV6: both ? v6(zone, `1${n}`) : undefined,
        mtu,
      }),
    ),
  });
}

/** Every MTU between one machine and another, or itself: NICs, their zones, and what is between. */
function limitsOfPairs({ underlay, zones, machines, links }: Site): number[][] {
  const say = (...values: Array<number | undefined>) => values.find((v) => v !== undefined)!;
  return machines.flatMap((a) =>
    machines.map((b) => {
      const inside = [a, b].flatMap(({ zone, mtu }) => [
        say(zones[zone], underlay),
        say(mtu, zones[zone], underlay),
      ]);
      const link = links.find(({ pair }) => pair.includes(a.zone) && pair.includes(b.zone));
      return a.zone === b.zone ? inside : [...inside, say(link?.mtu, underlay)];
    }),
  );
}

const least = (numbers: number[]) => numbers.reduce((a, b) => Math.min(a, b));

test('pathMtu is at most every MTU in use, and one of them', () => {
  fc.assert(
    fc.property(site, (facts) => {
      const inUse = limitsOfPairs(facts).flat();
      const { pathMtu } = build(facts);
      expect(inUse.filter((mtu) => mtu < pathMtu)).toEqual([]);
      expect(inUse).toContain(pathMtu);
    }),
  );
});

test('every way between zones carries what all of its machines can exchange', () => {
  fc.assert(
    fc.property(site, (facts) => {
      const ways = build(facts).paths();
      for (const { from, to, mtu } of ways) {
        const pairs = limitsOfPairs(facts).filter((_, index) => {
          const { length } = facts.machines;
          const ends = [Math.floor(index / length), index % length];
          const zones = ends.map((n) => `z-${facts.machines[n]!.zone}`);
          return zones.every((z) => z === from || z === to);
        });
        expect(mtu).toBe(least(pairs.flat().concat(from === to ? [] : crossing(facts, from, to))));
      }
      const used = new Set(facts.machines.map((m) => m.zone)).size;
      expect(ways).toHaveLength((used * (used + 1)) / 2);
    }),
  );
});

function crossing({ underlay, links }: Site, from: string, to: string): number {
  const link = links.find(({ pair }) => pair.every((n) => [from, to].includes(`z-${n}`)));
  return link?.mtu ?? underlay;
}

test('whatever wraps it, a packet of a pod fits on every way', () => {
  // Headers as they stand on the wire; nothing of this is taken from the code under test.
  const outer = { IPv4: 20, IPv6: 40 };
  const added = (encapsulation: Encapsulation, family: 'IPv4' | 'IPv6') =>
    /VXLAN/.test(encapsulation)
      ? outer[family] + 8 + 8 + 14
      : /IPIP/.test(encapsulation)
        ? outer[family]
        : 0;
  fc.assert(
    fc.property(
      site,
      families,
      fc.constantFrom(...Object.values(Encapsulation)),
      (facts, family, encapsulation) => {
        const cluster = build(facts, family);
        const pod = cluster.podMtu(encapsulation);
        const wrapped = (['IPv4', 'IPv6'] as const)
          .filter((f) => family === 'both' || f === family)
          // IP in IP cannot carry the second family, which then travels by VXLAN.
          .map((f) =>
            family === 'both' && f === 'IPv6' && /IPIP/.test(encapsulation)
              ? pod + added(Encapsulation.VXLAN, f)
              : pod + added(encapsulation, f),
          );
        for (const { mtu } of cluster.paths()) {
          expect(wrapped.filter((bytes) => bytes > mtu)).toEqual([]);
        }
        // And not a byte is given away.
        expect(wrapped).toContain(cluster.pathMtu);
      },
    ),
  );
});

describe('one more fact', () => {
  test('a NIC that says its MTU never raises pathMtu, where the NICs said nothing', () => {
    fc.assert(
      fc.property(site, fc.nat(), mtus, (facts, index, mtu) => {
        const machines = facts.machines.map(({ zone }) => ({ zone }));
        const one = index % machines.length;
        const more = machines.map((m, n) => (n === one ? { ...m, mtu } : m));
        const { pathMtu } = build({ ...facts, machines });
        expect(build({ ...facts, machines: more }).pathMtu).toBe(Math.min(pathMtu, mtu));
      }),
    );
  });

  test('a link never raises pathMtu, unless it says more than the underlay does', () => {
    fc.assert(
      fc.property(site, (facts) => {
        const { links } = facts;
        fc.pre(links.length > 0);
        const before = build({ ...facts, links: links.slice(1) }).pathMtu;
        const after = build(facts).pathMtu;
        const says = links[0]!.mtu ?? facts.underlay;
        expect(after > before && says <= facts.underlay).toBe(false);
      }),
    );
  });

  test('a machine never raises pathMtu', () => {
    fc.assert(
      fc.property(site, (facts) => {
        fc.pre(facts.machines.length > 2);
        const fewer = { ...facts, machines: facts.machines.slice(2) };
        expect(build(facts).pathMtu).toBeLessThanOrEqual(build(fewer).pathMtu);
      }),
    );
  });
});

test('neither the order of links nor which end is named first matters', () => {
  fc.assert(
    fc.property(site, (facts) => {
      const turned = facts.links.map(({ pair: [a, b], mtu }): Link => ({ pair: [b, a], mtu }));
      const plain = (cluster: Cluster) =>
        cluster
          .paths()
          .map(({ from, to, mtu, limit }) => [from, to, mtu, limit.split(' ').sort().join(' ')]);
      const ways = plain(build(facts));
      expect(plain(build({ ...facts, links: [...facts.links].reverse() }))).toEqual(ways);
      expect(plain(build({ ...facts, links: turned }))).toEqual(ways);
    }),
  );
});
