import { Duration } from 'cdk8s';
import { Residency } from '../../lib';
import { europeanEconomicArea } from '../../lib/catalog';
import { osloCluster } from '../support/oslo';

const anchor = {
  name: 'nix',
  address: '192.0.2.1',
  country: 'NO',
  maxRoundTripTime: Duration.millis(2),
};
const errors = (action: () => unknown): string[] => {
  try {
    action();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

test('some countries, each once and in order', () => {
  const residency = Residency.of(['SE', 'NO', 'SE']);
  expect(residency.countries).toEqual(['NO', 'SE']);
  expect(residency.label).toBe('NO, SE');
  expect([residency.allows('NO'), residency.allows('DK')]).toEqual([true, false]);
});

test('the EEA is the European Union with three others', () => {
  const eea = Residency.eea();
  expect(eea.label).toBe('the EEA');
  expect(eea.countries).toEqual(europeanEconomicArea.value);
  expect(eea.countries).toHaveLength(30);
  expect(['NO', 'IS', 'LI', 'SE'].every((country) => eea.allows(country))).toBe(true);
  expect(['CH', 'GB', 'US'].some((country) => eea.allows(country))).toBe(false);
});

test('the country of a source is that of its host, or of a path on it', () => {
  const residency = Residency.of(['NO'], {
    sources: { 'mirror.example.no': 'NO', 'cdn.example/k8s': 'SE', 'r.example:5000': 'NO' },
  });
  expect(residency._sourceCountry('mirror.example.no/k8s/pause:3.10')).toBe('NO');
  expect(residency._sourceCountry('mirror.example.nox/pause')).toBeUndefined();
  expect(residency._sourceCountry('cdn.example/k8s/x')).toBe('SE');
  expect(residency._sourceCountry('cdn.example/other')).toBeUndefined();
  expect(residency._allowedSources).toEqual(['mirror.example.no', 'r.example:5000']);
});

test('everything that is wrong, at once', () => {
  expect(errors(() => Residency.of([]))).toEqual([
    "[Residency] countries must be at least one country, got nothing; name where data may be, for example ['NO']",
  ]);
  expect(
    errors(() =>
      Residency.of(['Norway'], {
        sources: { library: 'NO', 'a.example': 'no', 'a.example/b': 'NO' },
        anchors: [
          { ...anchor, name: 'A', address: 'a b', maxRoundTripTime: Duration.millis(0) },
          anchor,
          anchor,
        ],
      }),
    ),
  ).toEqual([
    '[Residency] countries must be two capital letters (ISO 3166-1 alpha-2), got Norway; write NO for Norway, DE for Germany',
    '[Residency] sources must be a host with an optional port and path, without scheme and slash at the end, got library; write for example mirror.example.no or mirror.example.no/k8s',
    '[Residency] country of source a.example must be two capital letters (ISO 3166-1 alpha-2), got no; write NO for Norway, DE for Germany',
    '[Residency] sources must be apart from each other, got a.example/b below a.example; name the paths one by one, or the host alone',
    '[Residency] anchors must be named by an RFC 1123 label, got A; use lower-case letters, digits and hyphens, at most 63',
    '[Residency] address of anchor A must be an IP address or a DNS name, got a b; give what ping takes, for example the router of an internet exchange',
    '[Residency] maxRoundTripTime of anchor A must be more than 0 and at most 1000 ms, got 0 ms; a round trip of 1 ms is at most 150 km away; a second is anywhere on earth',
    '[Residency] country of anchor A must be one of Norway, got NO; to be near a point outside shows nothing; choose one inside',
    '[Residency] country of anchor nix must be one of Norway, got NO; to be near a point outside shows nothing; choose one inside',
    '[Residency] anchors must be unique by name, got nix; rename one of them',
    '[Residency] country of anchor nix must be one of Norway, got NO; to be near a point outside shows nothing; choose one inside',
  ]);
});

test.each(['127.0.0.1', '127.8.0.1', '0.0.0.0', '::1', '::', 'localhost', 'a.localhost'])(
  'an anchor at %s is the machine itself',
  (address) =>
    expect(errors(() => Residency.of(['NO'], { anchors: [{ ...anchor, address }] }))).toEqual([
      `[Residency] address of anchor nix must be elsewhere than on the machine that measures, got ${address}; to be near itself shows nothing; give a point whose place is known`,
    ]),
);

test('an address with a number too large is no name', () => {
  const anchors = [{ ...anchor, address: '10.0.0.300' }];
  expect(errors(() => Residency.of(['NO'], { anchors }))[0]).toMatch(
    /^\[Residency\] address of anchor nix must be an IP address or a DNS name, got 10\.0\.0\.300;/,
  );
});

test('an anchor that no zone measures would be none', () => {
  expect(errors(() => Residency.of(['NO'], { anchors: [{ ...anchor, zones: [] }] }))).toEqual([
    '[Residency] zones of anchor nix must be at least one, got nothing; leave it out for all zones',
  ]);
});

test('a machine of the cluster is no anchor', () => {
  const residency = Residency.of(['NO'], { anchors: [{ ...anchor, address: '10.20.0.11' }] });
  expect(errors(() => osloCluster(undefined, { residency }))).toEqual([
    '[oslo] address of anchor nix must be no machine of the cluster, got 10.20.0.11 of cp-1; to be near itself shows nothing; give a point whose place is known',
  ]);
});

test('zones of an anchor are zones of the cluster', () => {
  const residency = Residency.of(['NO'], { anchors: [{ ...anchor, zones: ['bergen-1'] }] });
  expect(errors(() => osloCluster(undefined, { residency }))).toEqual([
    '[oslo] zones of anchor nix must be of oslo-1, got bergen-1; machines of these zones measure the way to it',
  ]);
});

test('a policy that nothing carries into the cluster is a finding', () => {
  const cluster = osloCluster(undefined, { residency: Residency.eea() });
  expect(cluster.findings().find(({ id }) => id === 'GW-CLUSTER-016')?.message).toBe(
    'residency allows the EEA, and no ResidentStorage is there',
  );
  const ids = osloCluster()
    .findings()
    .map(({ id }) => id);
  expect(ids).not.toContain('GW-CLUSTER-016');
});
