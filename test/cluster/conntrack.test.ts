import { App, Size } from 'cdk8s';
import * as fc from 'fast-check';
import { Cluster, KubernetesVersion, type ClusterProps } from '../../lib';
import { conntrackBudget, kernelDefaultFor, kubeProxyMinimum } from '../../lib/cluster';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';

const own = osloCluster();
const foreign = (changes: Partial<ClusterProps> = {}) =>
  Cluster.fromFacts(new App(), 'theirs', osloProps(changes));
const gib = (n: number | undefined) => (n === undefined ? undefined : Size.gibibytes(n));
const budget = (memory: number | undefined, peakConnections?: number) =>
  conntrackBudget(own, osloMachine(1, { memory: gib(memory), peakConnections }));
const messages = (cluster: Cluster) =>
  cluster
    .findings()
    .filter((f) => f.id === 'GW-CLUSTER-007')
    .map((f) => f.message);

// 400 bytes an entry and 8 a bucket.
test.each([
  [4, undefined, 131_072, 51],
  [16, undefined, 524_288, 204],
  [64, undefined, 1_048_576, 408],
  [undefined, undefined, 262_144, 102],
  // The peak asks for less than memory allows, down to the kernel's own size.
  [64, 100_000, 262_144, 102],
  [64, 131_072, 262_144, 102],
  [64, 131_073, 524_288, 204],
  [64, 1000, 262_144, 102],
  [4, 1000, 65_536, 26],
  // It asks for more than memory allows.
  [16, 400_000, 524_288, 204],
  [64, 900_000, 1_048_576, 408],
  [undefined, 400_000, 262_144, 102],
])('%s GiB, peak %s: %i entries, %i MiB', (memory, peak, entries, mebibytes) => {
  expect(budget(memory, peak)).toMatchObject({ entries, buckets: entries, mebibytes });
});

const mebibytes = fc.integer({ min: 1, max: 2 ** 21 });
const peaks = fc.integer({ min: 1, max: 2 ** 25 });

test('with more memory or a higher peak never smaller, and always within the bounds', () => {
  fc.assert(
    fc.property(mebibytes, mebibytes, peaks, peaks, (m1, m2, p1, p2) => {
      const of = (memory: number, peakConnections?: number) =>
        conntrackBudget(own, osloMachine(1, { memory: Size.mebibytes(memory), peakConnections }))
          .entries;
      const [less, more] = [Math.min(m1, m2), Math.max(m1, m2)];
      const [low, high] = [Math.min(p1, p2), Math.max(p1, p2)];
      expect(of(less, low)).toBeLessThanOrEqual(of(more, low));
      expect(of(less, low)).toBeLessThanOrEqual(of(less, high));
      // A peak never makes it larger than memory alone does.
      expect(of(less, high)).toBeLessThanOrEqual(of(less));
      expect(of(less, low)).toBeGreaterThanOrEqual(kernelDefaultFor(Size.mebibytes(less)));
      expect(of(more, high)).toBeLessThanOrEqual(1_048_576);
      expect(Number.isInteger(Math.log2(of(less, low)))).toBe(true);
    }),
  );
});

test('where the peak fits, twice of it fits', () => {
  fc.assert(
    fc.property(mebibytes, peaks, (memory, peakConnections) => {
      const machine = osloMachine(1, { memory: Size.mebibytes(memory), peakConnections });
      const { entries, wanted } = conntrackBudget(own, machine);
      expect(entries >= 2 * peakConnections).toBe(wanted! <= entries);
    }),
  );
});

describe('machines of others', () => {
  const of = (cpus: number | undefined, changes: Partial<ClusterProps> = {}) =>
    conntrackBudget(foreign(changes), osloMachine(1, { cpus }));

  test.each([
    [undefined, 262_144],
    [4, 262_144],
    [8, 262_144],
    [16, 524_288],
    [32, 1_048_576],
    [64, 1_048_576],
  ])('kube-proxy counts %s cores: %i', (cpus, entries) => {
    expect(of(cpus).entries).toBe(entries);
    expect(foreign().conntrackMax(osloMachine(1, { cpus }))).toBe(entries);
  });

  test.each([
    [2, 131_072],
    [4, 131_072],
    [16, 262_144],
  ])('one machine of %i GiB lowers the minimum to %i', (gibibytes, minimum) => {
    const small = osloMachine(1, { cpus: 2, memory: Size.gibibytes(gibibytes) });
    const cluster = foreign({ machines: [small, osloMachine(2), osloMachine(3)] });
    expect(kubeProxyMinimum(cluster)).toBe(minimum);
  });

  test('the cap is there from Kubernetes 1.36 on', () => {
    expect(of(64, { kubernetesVersion: KubernetesVersion.V1_35 }).entries).toBe(2_097_152);
  });

  test('a quarter as many buckets, never fewer than the kernel has', () => {
    expect(of(8).buckets).toBe(262_144);
    expect(of(64, { kubernetesVersion: KubernetesVersion.V1_35 }).buckets).toBe(524_288);
  });
});

test('GW-CLUSTER-007: a peak that the table cannot hold twice', () => {
  const of = (changes: object) =>
    messages(osloCluster(undefined, { machines: [osloMachine(1, changes)] }));
  expect(of({ peakConnections: 300_000 })).toEqual([
    'cp-1 expects 300000 connections, a table of 1048576; it has 16384 MiB and gets 524288',
  ]);
  expect(of({ peakConnections: 200_000, memory: undefined })).toEqual([
    'cp-1 expects 200000 connections, a table of 524288; it has unknown memory and gets 262144',
  ]);
  expect(of({ peakConnections: 262_144 })).toEqual([]);
  expect(of({})).toEqual([]);
  expect(
    messages(foreign({ machines: [osloMachine(1, { cpus: 4, peakConnections: 400_000 })] })),
  ).toEqual([
    'cp-1 expects 400000 connections, a table of 1048576; it has 16384 MiB and gets 524288',
  ]);
});

test.each([0, 1.5, 2 ** 25 + 1])('a peak of %s throws', (peakConnections) => {
  expect(() => osloMachine(1, { peakConnections })).toThrow(
    `[Machine cp-1] peakConnections must be ${peakConnections === 1.5 ? 'a whole number ' : ''}between 1 and 33554432, got ${peakConnections}; give what \`conntrack -C\` prints in the busiest hour`,
  );
});
