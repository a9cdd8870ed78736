import { App, Size } from 'cdk8s';
import fc from 'fast-check';
import { ApiEndpoint, Encapsulation, LoadBalancerKind, Machine, Underlay, Zone } from '../../lib';
import { osloCluster, osloMachine } from '../support/oslo';

const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
const controlPlanes = (count: number) =>
  Array.from({ length: count }, (_, n) => osloMachine(n + 1));
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

describe('podMtu', () => {
  const { NONE, IPIP, IPIP_CROSS_SUBNET, VXLAN, VXLAN_CROSS_SUBNET } = Encapsulation;

  test.each<[Encapsulation, number, number]>([
    [NONE, 1500, 1500],
    [IPIP, 1500, 1480],
    [IPIP_CROSS_SUBNET, 1500, 1480],
    [VXLAN, 1500, 1450],
    [VXLAN_CROSS_SUBNET, 1500, 1450],
    [NONE, 9000, 9000],
    [IPIP, 9000, 8980],
    [VXLAN, 9000, 8950],
    [VXLAN, 1280, 1230],
  ])('%s on an underlay of %i leaves %i', (encapsulation, mtu, left) => {
    const cluster = osloCluster(new App(), { underlay: Underlay.filtered({ mtu }) });
    expect(cluster.podMtu(encapsulation)).toBe(left);
  });

  test('the outer header of IPv6 is 20 bytes longer', () => {
    const cluster = osloCluster(new App(), {
      endpoint: ApiEndpoint.kubeVip('fd00:20::10'),
      podCidr: 'fd00:244::/48',
      serviceCidr: 'fd00:96::/112',
      zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
      machines: [osloMachine(1, { address: 'fd00:20::11' })],
    });
    expect([NONE, IPIP, VXLAN].map((kind) => cluster.podMtu(kind))).toEqual([1500, 1460, 1430]);
  });
});

describe('the service network', () => {
  test.each([
    ['10.96.0.0/16', '10.96.0.1', '10.96.0.10'],
    ['10.96.0.0/12', '10.96.0.1', '10.96.0.10'],
    ['172.30.255.240/28', '172.30.255.241', '172.30.255.250'],
  ])('%s: kubernetes at %s, DNS at %s', (serviceCidr, kubernetes, dns) => {
    const { kubernetesServiceIp, clusterDnsIp } = osloCluster(new App(), { serviceCidr });
    expect([kubernetesServiceIp, clusterDnsIp]).toEqual([kubernetes, dns]);
  });
});

test.each([
  [1, 1],
  [3, 2],
  [5, 3],
  [7, 4],
])('of %i members %i must agree', (members, quorum) => {
  expect(osloCluster(new App(), { machines: controlPlanes(members) }).quorum).toBe(quorum);
});

test('workloads run on the control planes exactly when there is no worker', () => {
  expect(osloCluster().controlPlaneRunsWorkloads).toBe(true);
  const cluster = osloCluster(new App(), { machines: [osloMachine(1), worker] });
  expect(cluster.controlPlaneRunsWorkloads).toBe(false);
  expect([cluster.controlPlanes, cluster.workers].map((m) => m.map(({ name }) => name))).toEqual([
    ['cp-1'],
    ['w-1'],
  ]);
});

test('zoneOf finds the zone of a machine', () => {
  const zones = ['10.20.0.0/24', '10.21.0.0/24'].map((nodeCidr, n) =>
    Zone.of(`oslo-${n + 1}`, { country: 'NO', nodeCidr }),
  );
  const far = Machine.worker('w-2', { zone: 'oslo-2', address: '10.21.0.21' });
  const cluster = osloCluster(new App(), { zones, machines: [osloMachine(1), far] });
  expect(cluster.zoneOf(far)).toBe(zones[1]);
  expect(cluster.zoneOf(cluster.machines[0]!)).toBe(zones[0]);
});

test('what nobody says has its default', () => {
  const cluster = osloCluster(new App(), { kubernetesVersion: undefined });
  expect(cluster).toMatchObject({
    clusterName: 'oslo',
    dnsDomain: 'cluster.local',
    kernel: '6.1',
    ownsMachines: true,
    imagePullSecrets: [],
    loadBalancer: LoadBalancerKind.NONE,
  });
  expect(cluster.kubernetesVersion.minor).toBe('1.36');
  expect([
    cluster.cni,
    cluster.kubeProxyMode,
    cluster.imageRegistry,
    cluster.downloadBaseUrl,
  ]).toEqual([undefined, undefined, undefined, undefined]);
});

test('the cluster keeps its own copy of what it was given', () => {
  const machines = controlPlanes(3);
  const imagePullSecrets = ['pull'];
  const cluster = osloCluster(new App(), { machines, imagePullSecrets });
  machines.pop();
  imagePullSecrets.pop();
  expect([cluster.machines.length, cluster.imagePullSecrets]).toEqual([3, ['pull']]);
});

describe('conntrackMax', () => {
  const cluster = osloCluster();
  const max = (memory?: Size) => cluster.conntrackMax(osloMachine(1, { memory }));

  // Two per cent of memory at 400 bytes an entry, rounded down to a power of two.
  test.each([
    [1, 32_768],
    [2, 65_536],
    [4, 131_072],
    [8, 262_144],
    [16, 524_288],
    [32, 1_048_576],
    [64, 1_048_576],
    [512, 1_048_576],
  ])('%i GiB of memory: %i', (memory, expected) => {
    expect(max(Size.gibibytes(memory))).toBe(expected);
  });

  test('unknown memory: what the kernel takes on any larger machine', () => {
    expect(max()).toBe(262_144);
  });

  test('never less than the kernel takes by itself', () => {
    expect(max(Size.mebibytes(16))).toBe(1024);
    expect(max(Size.mebibytes(1024 + 1))).toBe(65_536);
    expect(max(Size.mebibytes(4 * 1024 + 1))).toBe(262_144);
  });

  /** net/netfilter/nf_conntrack_core.c since Linux 5.15, 64 bit. */
  const kernelMax = (bytes: number) => {
    if (bytes > 4 * GIB) return 262_144;
    return bytes > GIB ? 65_536 : Math.max(1024, Math.floor(bytes / 16_384 / 8));
  };
  const mebibytes = fc.integer({ min: 1, max: 2 * 1024 ** 2 });

  test('a power of two, between the kernel and the cap, and larger only with more memory', () => {
    fc.assert(
      fc.property(mebibytes, mebibytes, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((n) => max(Size.mebibytes(n)));
        expect(Number.isInteger(Math.log2(less!))).toBe(true);
        expect(less).toBeLessThanOrEqual(more!);
        expect(more).toBeLessThanOrEqual(1_048_576);
        expect(less).toBeGreaterThanOrEqual(kernelMax(Math.min(a, b) * MIB));
      }),
      { numRuns: 1000 },
    );
  });

  test('two per cent of memory at most, where the kernel does not take more', () => {
    fc.assert(
      fc.property(mebibytes, (mib) => {
        const entries = max(Size.mebibytes(mib));
        const kernel = Math.max(kernelMax(mib * MIB), 1024);
        expect(entries === kernel || entries * 400 <= mib * MIB * 0.02).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
