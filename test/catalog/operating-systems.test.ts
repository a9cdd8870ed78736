import {
  atLeast,
  kernelFloors,
  nftFloorBesideKubeProxy,
  operatingSystemFacts,
  operatingSystems,
} from '../../lib/catalog';

const rows = Object.entries(operatingSystems);

test('the distributions', () => {
  expect(rows.map(([id, facts]) => [id, facts.label, facts.kernel.value, facts.nft.value])).toEqual(
    [
      ['debian12', 'Debian 12', '6.1', '1.0.6'],
      ['debian13', 'Debian 13', '6.12', '1.1.3'],
      ['ubuntu2204', 'Ubuntu 22.04 LTS', '5.15', '1.0.2'],
      ['ubuntu2404', 'Ubuntu 24.04 LTS', '6.8', '1.0.9'],
    ],
  );
  for (const [id, facts] of rows) {
    expect(facts.id).toBe(id);
    expect(operatingSystemFacts(id)).toBe(facts);
  }
});

test('another one is refused', () => {
  expect(() => operatingSystemFacts('rocky9')).toThrow(
    new Error(
      'operatingSystem must be one of debian12, debian13, ubuntu2204, ubuntu2404, got rocky9; the catalogue knows no kernel, nft and cloud-init for another one',
    ),
  );
});

test('all of them can run what the library offers', () => {
  for (const [, { kernel, nft, cgroup, systemdResolved, resolvConf }] of rows) {
    expect(atLeast(kernel.value, kernelFloors.nftablesKubeProxy.value)).toBe(true);
    expect(atLeast(kernel.value, kernelFloors.ipvsConnectionReuse.value)).toBe(true);
    expect(atLeast(nft.value, nftFloorBesideKubeProxy.value)).toBe(true);
    expect(cgroup.value).toBe('v2');
    expect(resolvConf.value === '/run/systemd/resolve/resolv.conf').toBe(systemdResolved.value);
  }
});
