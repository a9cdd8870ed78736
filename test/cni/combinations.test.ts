import { Encapsulation, KubeProxyMode, Severity } from '../../lib';
import { validateStrictly } from '../support/strict-schema';
import { operatorFaults } from '../support/tigera-operator';
import { upstreamDir } from '../support/upstream';
import { ours, render } from './calico';
import { allFamilies, factsOf, sites } from './sites';

// Every encapsulation on every underlay with every service proxy in every address family: either what
// comes out is valid, or it is refused by the ids that are expected. The expectations are written from
// what packets do, not from the rules.

const combinations = sites.flatMap((site) =>
  [undefined, ...Object.values(Encapsulation)].flatMap((encapsulation) =>
    [undefined, ...Object.values(KubeProxyMode)].flatMap((kubeProxyMode) =>
      allFamilies.map((families) => ({
        site,
        encapsulation,
        kubeProxyMode,
        families,
      })),
    ),
  ),
);
type Combination = (typeof combinations)[number];

test.each(sites)('on $name everything is valid or refused', (site) => {
  const here = combinations.filter((c) => c.site === site);
  const wrong = here.flatMap((c) => faultsOf(c).map((fault) => `${label(c)}: ${fault}`));
  expect(wrong).toEqual([]);
});

test('the table is whole', () => {
  // 8 underlays, 5 encapsulations and none chosen, 4 proxy modes and none known, 3 kinds of families.
  expect(combinations).toHaveLength(8 * 6 * 5 * 3);
  const refused = combinations.filter((c) => refusals(c).length > 0);
  expect([refused.length, combinations.length - refused.length]).toEqual([311, 409]);
});

test('without a wish nothing is refused but what cannot be', () => {
  const refused = combinations.filter(
    (c) => c.encapsulation === undefined && refusals(c).length > 0,
  );
  // Where IPv6 in VXLAN leaves less than 1280 bytes nothing can be chosen.
  expect(new Set(refused.map((c) => c.site.name))).toEqual(new Set(['the least MTU']));
});

function faultsOf(combination: Combination): string[] {
  const { encapsulation, kubeProxyMode } = combination;
  const rendered = render(
    { encapsulation },
    { ...factsOf(combination.site, combination.families), kubeProxyMode },
  );
  const errors = ours(rendered.cluster).filter(({ severity }) => severity === Severity.ERROR);
  const ids = [...new Set(errors.map(({ id }) => id))].sort();
  const expected = refusals(combination);
  if (ids.join() !== expected.join()) {
    return [`refused by ${ids.join() || 'nothing'}, expected ${expected.join() || 'nothing'}`];
  }
  if (expected.length > 0) {
    return [];
  }
  const installation = rendered.objects.find('Installation');
  return [
    ...operatorFaults(installation, rendered.cluster.podCidrs),
    ...(upstreamDir() === undefined
      ? []
      : rendered.objects.all.flatMap((o) => validateStrictly(o))),
  ];
}

/** Ids of what makes a combination impossible. */
function refusals({ site, encapsulation: chosen, kubeProxyMode, families }: Combination): string[] {
  const { underlay, zones } = site;
  const bpf = kubeProxyMode === KubeProxyMode.NONE;
  // Nobody's wish: only the size of packets can still be wrong.
  const encapsulation = chosen ?? Encapsulation.VXLAN;
  const ipip = /^IPIP/.test(encapsulation);
  const bare = encapsulation === Encapsulation.NONE || /CrossSubnet/.test(encapsulation);
  const wished = chosen !== undefined;
  const overhead = (family: 'IPv4' | 'IPv6') => {
    const outer = family === 'IPv4' ? 20 : 40;
    const ipipThere = ipip && !(families === 'both' && family === 'IPv6');
    const wraps = encapsulation !== Encapsulation.NONE;
    return Math.max(bpf ? outer + 30 : 0, wraps ? outer + (ipipThere ? 0 : 30) : 0);
  };
  const used = families === 'both' ? (['IPv4', 'IPv6'] as const) : [families];
  const left = underlay.mtu - Math.max(...used.map(overhead));
  const reasons: Array<[string, boolean]> = [
    ['GW-CNI-001', wished && bare && underlay.filtersSourceAddresses],
    [
      'GW-CNI-002',
      wished &&
        !underlay.filtersSourceAddresses &&
        ((bare && !underlay.l2Adjacent) || (encapsulation === Encapsulation.NONE && zones > 1)),
    ],
    ['GW-CNI-017', ipip && underlay.dropsIpInIp],
    ['GW-CNI-019', families !== 'IPv4' && left < 1280],
    ['GW-CNI-021', ipip && bpf],
    ['GW-CNI-029', ipip && families === 'IPv6'],
  ];
  return reasons.filter(([, holds]) => holds).map(([id]) => id);
}

function label({ encapsulation, kubeProxyMode, families }: Combination): string {
  return [encapsulation ?? 'own choice', `kube-proxy ${kubeProxyMode ?? 'unknown'}`, families].join(
    ', ',
  );
}
