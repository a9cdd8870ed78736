import {
  acceptsContainerd,
  atLeast,
  compareVersions,
  defaultKubernetesMinor,
  etcdMinor,
  ipvsLifeCycle,
  kubernetesMinor,
  kubernetesMinors,
  minorOf,
  pinned,
  releaseChecksums,
} from '../../lib/catalog';

const minors = Object.values(kubernetesMinors);
const supported = minors.filter(({ status }) => status.value === 'supported');

test('the minors and how far each is covered', () => {
  expect(minors.map(({ minor, status }) => [minor, status.value])).toEqual([
    ['1.35', 'supported'],
    ['1.36', 'supported'],
    ['1.37', 'preview'],
  ]);
  expect(Object.keys(kubernetesMinors)).toEqual(minors.map(({ minor }) => minor));
  expect(kubernetesMinor(defaultKubernetesMinor).status.value).toBe('supported');
});

test.each([
  ['1.34', '1.34 is out of support since 2026-10-27, upgrade to 1.35 first'],
  ['1.30', '1.30 is out of support, upgrade one minor at a time to 1.35'],
  [
    '1.38',
    "1.38 is not in this release's catalogue, choose one that is or update cdk8s-groundwork",
  ],
  ['1.36.4', 'name a minor such as 1.36'],
  ['latest', 'name a minor such as 1.36'],
])('%s is refused with a remedy', (minor, remedy) => {
  expect(() => kubernetesMinor(minor)).toThrow(
    new Error(`kubernetesVersion must be one of 1.35, 1.36, 1.37, got ${minor}; ${remedy}`),
  );
});

test('the default patch of a supported minor is the newest whose archives are pinned', () => {
  for (const { minor, defaultPatch } of supported) {
    const pinnedPatches = Object.keys(releaseChecksums.kubelet).filter((v) => minorOf(v) === minor);
    expect(defaultPatch.value).toBe(pinnedPatches.sort(compareVersions).at(-1));
  }
});

test('cells of a row agree with each other', () => {
  for (const row of minors) {
    expect(minorOf(row.defaultPatch.value)).toBe(row.minor);
    expect(atLeast(row.newestSeenPatch.value, row.defaultPatch.value)).toBe(true);
    expect(Object.values(row.proxyFloors.value).map(minorOf)).toEqual(Array(4).fill(row.minor));
    expect(etcdMinor(row.etcdImageTag.value).minor).toBe(row.minor === '1.37' ? '3.7' : '3.6');
    expect(row.corednsTag.value).toMatch(/^v1\.\d+\.\d+$/);
    expect(row.pauseTag.value).toMatch(/^3\.10\.\d$/);
  }
});

test('the pinned containerd is recent enough for every minor', () => {
  expect(minors.map(({ minor }) => acceptsContainerd(minor, pinned.containerd.value))).toEqual(
    minors.map(() => true),
  );
});

test.each([
  ['1.35', '1.7.27', false],
  ['1.35', '1.7.28', true],
  ['1.35', '2.0.9', false],
  ['1.35', '2.1.4', false],
  ['1.36', '1.7.99', false],
  ['1.36', '2.1.99', false],
  ['1.36', '2.2.0', true],
  ['1.36', '2.4.0', true],
])('Kubernetes %s with containerd %s: %s', (minor, containerd, accepted) => {
  expect(acceptsContainerd(minor, containerd)).toBe(accepted);
});

test('IPVS leaves in steps, each after the one before', () => {
  const { deprecated, gateAdded, offByDefault, removed, gateRemoved } = ipvsLifeCycle;
  const steps = [deprecated, gateAdded, offByDefault, removed, gateRemoved].map((s) => s.value);
  expect(steps).toEqual(['1.35', '1.37', '1.40', '1.43', '1.46']);
  for (const { minor, kubeProxyIpvsGate } of minors) {
    expect(kubeProxyIpvsGate.value).toBe(atLeast(minor, gateAdded.value));
  }
});
