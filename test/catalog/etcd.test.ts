import {
  atLeast,
  etcdFlags,
  etcdKnowsFlag,
  etcdLimits,
  etcdMinor,
  etcdMinors,
  etcdRefusedFlags,
  kubeadmEtcd,
} from '../../lib/catalog';

const rows = Object.values(etcdMinors);

test('patch floors and their advisory', () => {
  expect(rows.map(({ minor, patchFloor }) => [minor, patchFloor.value])).toEqual([
    ['3.5', '3.5.33'],
    ['3.6', '3.6.14'],
    ['3.7', '3.7.1'],
  ]);
  for (const row of rows) {
    expect(row.advisory.value).toBe('GHSA-6vch-q96h-7gc3');
    expect(atLeast(row.newestSeenPatch.value, row.patchFloor.value)).toBe(true);
    expect(atLeast(row.patchFloor.value, row.dataSafetyFloor.value)).toBe(true);
    expect(row.electionTimeoutMs.value).toBeGreaterThanOrEqual(
      etcdLimits.electionPerHeartbeat.value * row.heartbeatIntervalMs.value,
    );
  }
});

test.each(['3.6', '3.6.14', 'v3.6.14', '3.6.8-0'])('%s is of minor 3.6', (version) => {
  expect(etcdMinor(version).minor).toBe('3.6');
});

test('another minor is refused', () => {
  expect(() => etcdMinor('3.4.23')).toThrow(
    new Error(
      'etcd minor must be one of 3.5, 3.6, 3.7, got 3.4; leave the version out to run the etcd that kubeadm brings',
    ),
  );
});

test('every minor has flags, none twice, none with hyphens in front', () => {
  expect(Object.keys(etcdFlags)).toEqual(Object.keys(etcdMinors));
  for (const { value } of Object.values(etcdFlags)) {
    expect(value.filter((flag) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(flag))).toEqual([]);
    expect(new Set(value).size).toBe(value.length);
  }
});

test('experimental flags end with 3.7, and feature gates begin with 3.6', () => {
  const experimental = (minor: string) =>
    etcdFlags[minor].value.filter((flag) => flag.startsWith('experimental-')).length;
  for (const { minor, experimentalFlags, featureGates } of rows) {
    expect(experimental(minor) > 0).toBe(experimentalFlags.value !== 'removed');
    expect(etcdKnowsFlag(minor, 'feature-gates')).toBe(Object.keys(featureGates.value).length > 0);
  }
});

test('the corruption checks are written in flags and gates that the minor knows', () => {
  for (const { minor, initialCorruptCheck, compactHashCheck, featureGates } of rows) {
    for (const { name, value } of [initialCorruptCheck.value, compactHashCheck.value]) {
      expect(etcdKnowsFlag(minor, name)).toBe(true);
      if (name === 'feature-gates') {
        expect(Object.keys(featureGates.value)).toContain(value.replace('=true', ''));
      }
    }
  }
});

test('what kubeadm passes exists in the etcd of its minors', () => {
  const { ownedArguments, defaultArguments } = kubeadmEtcd;
  for (const flag of [...ownedArguments.value, ...Object.keys(defaultArguments.value)]) {
    expect([flag, etcdKnowsFlag('3.6', flag), etcdKnowsFlag('3.7', flag)]).toEqual([
      flag,
      true,
      true,
    ]);
  }
});

test('refused flags are real flags, and none is one that kubeadm passes', () => {
  const known = new Set(Object.values(etcdFlags).flatMap(({ value }) => value));
  for (const flag of Object.keys(etcdRefusedFlags)) {
    expect([...known]).toContain(flag);
    expect(kubeadmEtcd.ownedArguments.value).not.toContain(flag);
  }
});
