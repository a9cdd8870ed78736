import * as catalog from '../../lib/catalog';

interface Sourced {
  readonly source: string;
  readonly date: string;
}

/** Every object below a value that says where it was read. */
function sourced(value: unknown, path: string, found = new Map<string, Sourced>()) {
  if (typeof value !== 'object' || value === null) {
    return found;
  }
  if ('source' in value && 'date' in value) {
    found.set(path, value as Sourced);
  }
  for (const [key, child] of Object.entries(value)) {
    sourced(child, `${path}.${key}`, found);
  }
  return found;
}

function faultOf({ source, date }: Sourced): string | undefined {
  if (typeof source !== 'string' || source.trim() === '') {
    return 'no source';
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || new Date(date).toISOString().slice(0, 10) !== date) {
    return `no ISO day: ${date}`;
  }
  return undefined;
}

const facts = sourced(catalog, 'catalog');

test('the walk reaches every table', () => {
  for (const path of [
    'catalog.kubernetesMinors.1.36.defaultPatch',
    'catalog.images.kube-vip',
    'catalog.calicoImages.0',
    'catalog.calico.version',
    'catalog.nginxAdvisories',
    'catalog.pinned.crictl.1.36',
    'catalog.gatewayApiManifest',
    'catalog.etcdMinors.3.6.patchFloor',
    'catalog.etcdFlags.3.7',
    'catalog.operatingSystems.debian12.kernel',
    'catalog.kernelFloors.wireguard',
    'catalog.ipvsLifeCycle.removed',
  ]) {
    expect([...facts.keys()]).toContain(path);
  }
});

test('every fact says where and on which day it was read', () => {
  const faults = [...facts].flatMap(([path, fact]) => {
    const fault = faultOf(fact);
    return fault === undefined ? [] : [`${path}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test.each([
  [catalog.cell(1, '', '2026-11-22'), 'no source'],
  [catalog.cell(1, 'x', '22.11.2026'), 'no ISO day: 22.11.2026'],
  [catalog.cell(1, 'x', '2026-02-30'), 'no ISO day: 2026-02-30'],
])('a fact without them would be found: %j', (fact, fault) => {
  expect(faultOf(fact)).toBe(fault);
});

test('days among the values are ISO days too', () => {
  for (const minor of Object.values(catalog.kubernetesMinors)) {
    expect(faultOf({ source: 'x', date: minor.endOfLife.value })).toBeUndefined();
  }
  expect(
    catalog.nginxAdvisories.value.map(({ day }) => faultOf({ source: 'x', date: day })),
  ).toEqual(catalog.nginxAdvisories.value.map(() => undefined));
});
