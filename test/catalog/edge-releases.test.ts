import {
  atLeast,
  compareVersions,
  edgeControllerList,
  edgeControllers,
  ingressNginxRetired,
  minorOf,
  nginxAdvisories,
  nginxGatewayFabric,
  nginxIngressController,
} from '../../lib/catalog';

test.each([
  ['nic', nginxIngressController],
  ['ngf', nginxGatewayFabric],
  ['ingressNginx', ingressNginxRetired],
] as const)('%s: the default is not refused, and its nginx is known', (name, facts) => {
  const { broken, nginxByRelease } = edgeControllers[name];
  const release = facts.version.value;
  expect(Object.keys(broken.value)).not.toContain(release);
  expect(nginxByRelease.value[release]).toMatch(/^1\.\d+\.\d+$/);
});

test.each(edgeControllerList.map((controller) => [controller.label, controller] as const))(
  '%s: what is broken was mended, fixes ascend, and a hole is not older than itself',
  (_label, { broken, advisories, nginxByRelease, newestSeen }) => {
    for (const [release, { fixedIn }] of Object.entries(broken.value)) {
      expect(compareVersions(fixedIn, release)).toBe(1);
    }
    for (const { ids, since, fixedIn } of advisories.value) {
      expect(ids).not.toEqual([]);
      expect(fixedIn).toEqual([...fixedIn].sort(compareVersions));
      expect(new Set(fixedIn.map(minorOf)).size).toBe(fixedIn.length);
      expect(atLeast(newestSeen.value, fixedIn[fixedIn.length - 1])).toBe(true);
      expect(compareVersions(fixedIn[0], since ?? '0.0')).toBe(1);
    }
    for (const nginx of Object.values(nginxByRelease?.value ?? {})) {
      expect(nginx).toMatch(/^1\.\d+\.\d+$/);
    }
  },
);

test('an id stands once in the table of nginx and once in that of a controller', () => {
  const ids = [
    ...nginxAdvisories.value.flatMap((advisory) => advisory.ids),
    ...edgeControllerList.flatMap(({ advisories }) => advisories.value.flatMap((a) => a.ids)),
  ];
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
});

test('security releases of nginx ascend, in both lines', () => {
  const advisories = nginxAdvisories.value;
  const days = advisories.map(({ day }) => day);
  expect(days).toEqual([...days].sort());
  for (const line of ['stable', 'mainline'] as const) {
    const versions = advisories.flatMap((advisory) => advisory[line] ?? []);
    expect(versions).toEqual([...versions].sort(compareVersions));
    const even = versions.map((version) => Number(version.split('.')[1]) % 2 === 0);
    expect(new Set(even)).toEqual(new Set([line === 'stable']));
  }
  for (const { ids, since = {} } of advisories) {
    expect(Object.keys(since).filter((id) => !ids.includes(id))).toEqual([]);
  }
});
