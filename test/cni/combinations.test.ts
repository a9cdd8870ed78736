import {
  ApiEndpoint,
  Encapsulation,
  KubeProxyMode,
  Machine,
  Severity,
  Underlay,
  Zone,
  type ClusterProps,
} from '../../lib';
import { validateStrictly } from '../support/strict-schema';
import { operatorFaults } from '../support/tigera-operator';
import { upstreamDir } from '../support/upstream';
import { find, ours, render } from './calico';

// Every encapsulation on every underlay with every service proxy in every address family: either what
// comes out is valid, or it is refused by the ids that are expected. The expectations are written from
// what packets do, not from the rules.

type Families = 'IPv4' | 'IPv6' | 'both';

interface Site {
  readonly name: string;
  readonly zones: number;
  readonly underlay: Underlay;
}

const mtu = 1500;
const sites: Site[] = [
  { name: 'one segment', zones: 1, underlay: Underlay.flatL2({ mtu }) },
  { name: 'jumbo frames', zones: 1, underlay: Underlay.flatL2({ mtu: 9000 }) },
  { name: 'two segments', zones: 2, underlay: Underlay.flatL2({ mtu }) },
  {
    name: 'two segments without protocol 4',
    zones: 2,
    underlay: Underlay.flatL2({ mtu, dropsIpInIp: true }),
  },
  {
    name: 'two segments of single addresses',
    zones: 2,
    underlay: Underlay.flatL2({ mtu, singleAddresses: true }),
  },
  { name: 'routers', zones: 1, underlay: Underlay.routed({ mtu }) },
  { name: 'filters', zones: 1, underlay: Underlay.filtered({ mtu }) },
  { name: 'the least MTU', zones: 1, underlay: Underlay.filtered({ mtu: 1280 }) },
];

const combinations = sites.flatMap((site) =>
  [undefined, ...Object.values(Encapsulation)].flatMap((encapsulation) =>
    [undefined, ...Object.values(KubeProxyMode)].flatMap((kubeProxyMode) =>
      (['IPv4', 'IPv6', 'both'] as const).map((families) => ({
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
  const rendered = render({ encapsulation }, { ...factsOf(combination), kubeProxyMode });
  const errors = ours(rendered.cluster).filter(({ severity }) => severity === Severity.ERROR);
  const ids = [...new Set(errors.map(({ id }) => id))].sort();
  const expected = refusals(combination);
  if (ids.join() !== expected.join()) {
    return [`refused by ${ids.join() || 'nothing'}, expected ${expected.join() || 'nothing'}`];
  }
  if (expected.length > 0) {
    return [];
  }
  const installation = find(rendered, 'Installation');
  return [
    ...operatorFaults(installation, rendered.cluster.podCidrs),
    ...(upstreamDir() === undefined ? [] : rendered.objects.flatMap((o) => validateStrictly(o))),
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

/** Three machines, spread over the zones. */
function factsOf({ site, families }: Combination): Partial<ClusterProps> {
  const { zones: count, underlay } = site;
  const v4 = families !== 'IPv6';
  const v6 = families !== 'IPv4';
  const node = (zone: number) => (v4 ? `10.20.${zone}.0/24` : `fd00:20:${zone + 1}::/64`);
  const address = (zone: number, n: number) =>
    v4 ? `10.20.${zone}.2${n}` : `fd00:20:${zone + 1}::2${n}`;
  return {
    underlay,
    endpoint: ApiEndpoint.external({
      dnsName: 'api.oslo.example',
      address: v4 ? '192.0.2.1' : '2001:db8::1',
    }),
    podCidr: v4 ? '10.244.0.0/16' : 'fd00:244::/56',
    serviceCidr: v4 ? '10.96.0.0/16' : 'fd00:96::/112',
    ...(families === 'both' ? { podCidrV6: 'fd00:244::/56', serviceCidrV6: 'fd00:96::/112' } : {}),
    zones: [...Array(count).keys()].map((z) =>
      Zone.of(`oslo-${z + 1}`, {
        country: 'NO',
        nodeCidr: node(z),
        ...(v4 && v6 ? { nodeCidrV6: `fd00:20:${z + 1}::/64` } : {}),
      }),
    ),
    machines: [0, 1, 2].map((n) => {
      const z = n % count;
      const facts = {
        zone: `oslo-${z + 1}`,
        address: address(z, n),
        nic: 'eno1',
        ...(v4 && v6 ? { addressV6: `fd00:20:${z + 1}::2${n}` } : {}),
      };
      return n === 0 ? Machine.controlPlane('m-0', facts) : Machine.worker(`m-${n}`, facts);
    }),
  };
}

function label({ encapsulation, kubeProxyMode, families }: Combination): string {
  return [
    encapsulation ?? 'own choice',
    `kube-proxy ${kubeProxyMode ?? 'unknown'}`,
    families satisfies Families,
  ].join(', ');
}
