import * as fc from 'fast-check';
import { Encapsulation, KubeProxyMode, Underlay } from '../../lib';
import { Cidr, wrappingBytes } from '../../lib/cluster';
import type { CalicoIpPool } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { network, render, said, spread } from './calico';
import { onlyV6 } from './calico-variants';

/** Networks inside the pod network, 10.244.0.0/16, as first address and prefix. */
const inside = fc.integer({ min: 18, max: 28 }).chain((prefix) =>
  fc.nat(2 ** (prefix - 16) - 1).map((index) => {
    const offset = index * 2 ** (32 - prefix);
    return {
      first: offset,
      last: offset + 2 ** (32 - prefix) - 1,
      prefix,
      cidr: `10.244.${Math.floor(offset / 256)}.${offset % 256}/${prefix}`,
    };
  }),
);

test('pools never overlap in silence', () => {
  fc.assert(
    fc.property(fc.array(inside, { minLength: 1, maxLength: 5 }), (networks) => {
      const overlap = networks.some((a, i) =>
        networks.slice(0, i).some((b) => a.first <= b.last && b.first <= a.last),
      );
      const ipPools = networks.map(({ cidr }, n) => ({ name: `p-${n}`, cidr }));
      const make = () => network(render({ ipPools })).ipPools;
      if (overlap) {
        expect(make).toThrow('an address belongs to one pool');
      } else {
        expect(make().map((p: CalicoIpPool) => p.cidr)).toEqual(networks.map(({ cidr }) => cidr));
      }
    }),
    { numRuns: 100 },
  );
});

/** Blocks of a network, one by one. */
function countBlocks(first: number, last: number, size: number): number {
  let count = 0;
  for (let at = first; at <= last; at += size) {
    count += 1;
  }
  return count;
}

test('blocks are counted as one would count them by hand', () => {
  const sizes = fc.tuple(inside, fc.nat(8), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(sizes, ([{ cidr, first, last, prefix }, longer, machines]) => {
      const blockSize = Math.min(32, Math.max(20, prefix + longer));
      const size = 2 ** (32 - blockSize);
      const blocks = countBlocks(first, last, size);
      let perMachine = 0;
      // 110 pods and a tunnel device.
      for (let addresses = 0; addresses < 111; addresses += size) {
        perMachine += 1;
      }
      const ipPools = [{ cidr, blockSize }];
      const ids = said(render({ ipPools }, spread(machines, 1))).map((line) => line.split(' ')[0]);
      expect({ none: ids.includes('GW-CNI-013'), few: ids.includes('GW-CNI-027') }).toEqual({
        none: blocks < machines,
        few: blocks >= machines && blocks < 2 * perMachine * machines,
      });
      expect(ids.includes('GW-CNI-014')).toBe(20 * size < 111);
    }),
    { numRuns: 60 },
  );
});

test('several pools of a family count together', () => {
  const ipPools = ['10.244.0.0/26', '10.244.1.0/26'].map((cidr, n) => ({ name: `p-${n}`, cidr }));
  const ids = (count: number) => said(render({ ipPools }, spread(count, 1)));
  expect(ids(3)).toEqual([
    'GW-CNI-013 ipPools 10.244.0.0/26, 10.244.1.0/26 hold 2 blocks of /26 for 3 machines',
  ]);
  expect(ids(2).map((line) => line.slice(0, 10))).toEqual(['GW-CNI-027']);
});

describe('the MTU', () => {
  const families = { IPv4: () => ({}), IPv6: onlyV6, both: dualStack };
  const choices = fc.record({
    mtu: fc.integer({ min: 1400, max: 9216 }),
    encapsulation: fc.constantFrom(...Object.values(Encapsulation)),
    kubeProxyMode: fc.constantFrom(...Object.values(KubeProxyMode)),
    encrypted: fc.boolean(),
    family: fc.constantFrom(...(['IPv4', 'IPv6', 'both'] as const)),
  });

  /** What travels, written once more by hand. */
  function worst({ encapsulation, kubeProxyMode, encrypted, family }: any): number {
    const some = family === 'both' ? (['IPv4', 'IPv6'] as const) : [family as 'IPv4' | 'IPv6'];
    const costs = some.flatMap((outer) => {
      const ipip = /^IPIP/.test(encapsulation);
      const vxlan = /^VXLAN/.test(encapsulation) || (ipip && family === 'both' && outer === 'IPv6');
      return [
        vxlan || kubeProxyMode === KubeProxyMode.NONE ? wrappingBytes.VXLAN[outer] : 0,
        ipip && !vxlan ? wrappingBytes.IPIP[outer] : 0,
        encrypted ? wrappingBytes.WireGuard[outer] : 0,
      ];
    });
    return Math.max(...costs);
  }

  test('leaves room for the worst way, and not a byte more', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { mtu, encapsulation, kubeProxyMode, encrypted, family } = choice;
        const facts = {
          ...families[family](),
          kubeProxyMode,
          underlay: Underlay.flatL2({ mtu }),
        };
        const options = { encapsulation, ...(encrypted ? { wireguard: {} } : {}) };
        const { calico, cluster } = render(options, facts);
        expect(calico.podMtu + worst(choice)).toBe(cluster.pathMtu);
        expect(network({ calico, cluster, objects: render(options, facts).objects }).mtu).toBe(
          calico.podMtu,
        );
        expect(() => render({ ...options, mtu: calico.podMtu + 1 }, facts)).toThrow(
          'mtu must be between',
        );
      }),
      { numRuns: 60 },
    );
  });

  test('counts what upstream documents', () => {
    expect(wrappingBytes).toEqual({
      IPIP: { IPv4: 20, IPv6: 40 },
      VXLAN: { IPv4: 50, IPv6: 70 },
      WireGuard: { IPv4: 60, IPv6: 80 },
    });
  });
});

test('what lies in no pool of a family is told by its network, not by its spelling', () => {
  expect(Cidr.parse('10.244.0.1/17')).toBeUndefined();
  expect(() => render({ ipPools: [{ cidr: '10.244.0.1/17' }] })).toThrow('a canonical CIDR');
});
