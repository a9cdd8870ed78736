import { FlannelBackend, FlannelInterface, KubeProxyMode, Severity } from '../../lib';
import { validateStrictly } from '../support/strict-schema';
import { upstreamDir } from '../support/upstream';
import { render } from './flannel';
import { allFamilies, factsOf, sites, type Families } from './sites';

// Every backend on every underlay with every service proxy in every address family: rendered and
// valid, or refused for the reasons that are expected, written from what packets do.

const backends = {
  'own choice': undefined,
  vxlan: FlannelBackend.vxlan({ directRouting: false }),
  'vxlan with direct routes': FlannelBackend.vxlan({ directRouting: true }),
  'host-gw': FlannelBackend.hostGw(),
  wireguard: FlannelBackend.wireguard(),
} as const;
type Backend = keyof typeof backends;

const combinations = sites.flatMap((site) =>
  (Object.keys(backends) as Backend[]).flatMap((backend) =>
    [undefined, ...Object.values(KubeProxyMode)].flatMap((proxy) =>
      allFamilies.map((families) => ({ site, backend, proxy, families })),
    ),
  ),
);
type Combination = (typeof combinations)[number];

test.each(sites)('on $name everything is valid or refused', (site) => {
  const wrong = combinations
    .filter((c) => c.site === site)
    .flatMap((c) =>
      faultsOf(c).map((fault) => `${c.backend}, kube-proxy ${c.proxy}, ${c.families}: ${fault}`),
    );
  expect(wrong).toEqual([]);
});

test('the table is whole', () => {
  expect(combinations).toHaveLength(8 * 5 * 5 * 3);
  const refused = combinations.filter((c) => refusals(c).length > 0);
  expect([refused.length, combinations.length - refused.length]).toEqual([252, 348]);
});

function faultsOf(combination: Combination): string[] {
  const { site, backend, proxy: kubeProxyMode, families } = combination;
  const expected = refusals(combination);
  const make = () =>
    render(
      {
        backend: backends[backend],
        // flannel finds no interface by address for host-gw without IPv4; by name it does.
        ...(backend === 'host-gw' && families === 'IPv6'
          ? { interface: FlannelInterface.named('eno1') }
          : {}),
      },
      { ...factsOf(site, families), kubeProxyMode },
    );
  if (expected.includes('too small')) {
    expect(make).toThrow(/cluster\.pathMtu must be at least 13\d\d for IPv6 pods behind/);
    return [];
  }
  const { cluster, objects } = make();
  const errors = cluster
    .findings()
    .filter(({ id, severity }) => id.startsWith('GW-CNI-') && severity === Severity.ERROR);
  const ids = [...new Set(errors.map(({ id }) => id))].sort();
  if (ids.join() !== expected.join()) {
    return [`refused by ${ids.join() || 'nothing'}, expected ${expected.join() || 'nothing'}`];
  }
  return expected.length > 0 || upstreamDir() === undefined
    ? []
    : objects.all.flatMap((object) => validateStrictly(object));
}

/** What makes a combination impossible. */
function refusals({ site, backend, proxy, families }: Combination): string[] {
  const { underlay, zones } = site;
  const bare = backend === 'host-gw';
  const direct = backend === 'vxlan with direct routes';
  if (families !== 'IPv4' && underlay.mtu - costs(backend, families) < 1280) {
    return ['too small'];
  }
  const carried = underlay.l2Adjacent && !underlay.filtersSourceAddresses;
  const reasons: Array<[string, boolean]> = [
    [
      'GW-CNI-101',
      (bare && (!carried || underlay.singleAddresses)) ||
        (direct && !carried && !underlay.singleAddresses),
    ],
    ['GW-CNI-102', bare && zones > 1],
    ['GW-CNI-104', proxy === KubeProxyMode.NONE],
  ];
  return reasons.filter(([, holds]) => holds).map(([id]) => id);
}

function costs(backend: Backend, families: Families): number {
  const outer = families === 'IPv4' ? 20 : 40;
  if (backend === 'host-gw') {
    return 0;
  }
  return outer + (backend === 'wireguard' ? 40 : 30);
}
