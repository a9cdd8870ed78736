import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import {
  KubeProxyMode,
  KubernetesVersion,
  LinuxDataplane,
  OperatingSystem,
  Severity,
  TunedCalico,
  TunedFlannel,
} from '../../lib';
import { validateStrictly } from '../support/strict-schema';
import { upstreamDir, upstreamFile } from '../support/upstream';
import { modes, renderMode, type Mode } from './support';

// Every mode on every release and distribution beside every dataplane: what comes out is valid, or it
// is refused by the ids that are expected. Expectations are written from what the parts do, not from
// the rules.

const versions = ['1.35.0', '1.35.4', '1.35.8', '1.36.0', '1.36.4', '1.37.1'];
const systems = {
  'Debian 12': OperatingSystem.DEBIAN_12,
  'Debian 13': OperatingSystem.DEBIAN_13,
  'Ubuntu 22.04': OperatingSystem.UBUNTU_22_04,
  'Ubuntu 24.04': OperatingSystem.UBUNTU_24_04,
} as const;
type System = keyof typeof systems;
const dataplanes = ['Iptables', 'Nftables', 'BPF', 'flannel'] as const;

const combinations = modes.flatMap((mode) =>
  versions.flatMap((version) =>
    (Object.keys(systems) as System[]).flatMap((system) =>
      dataplanes.map((dataplane) => ({ mode, version, system, dataplane })),
    ),
  ),
);
type Combination = (typeof combinations)[number];

test.each(modes)('in %s mode everything is valid or refused', (mode) => {
  const wrong = combinations
    .filter((c) => c.mode === mode)
    .flatMap((c) =>
      faultsOf(c).map((fault) => `${c.version}, ${c.system}, ${c.dataplane}: ${fault}`),
    );
  expect(wrong).toEqual([]);
});

test('the table is whole', () => {
  // 3 modes, 6 releases, 4 distributions, 4 dataplanes.
  expect(combinations).toHaveLength(3 * 6 * 4 * 4);
  const refused = combinations.filter((c) => errors(c).length > 0);
  // BPF always; the two filters of Calico each beside the modes of the other.
  expect(refused).toHaveLength(24 * (3 + 1 + 2));
  // IPVS always; nftables on one distribution and five releases; iptables on three releases.
  expect(combinations.filter((c) => warnings(c).length > 0)).toHaveLength(96 + 20 + 48);
});

function faultsOf(combination: Combination): string[] {
  const { mode, version, system, dataplane } = combination;
  const { chart, cluster, objects, configuration } = renderMode(
    mode,
    {},
    {
      kubernetesVersion: KubernetesVersion.of(version),
      operatingSystem: systems[system],
    },
  );
  if (dataplane === 'flannel') {
    new TunedFlannel(chart, 'cni', { cluster });
  } else {
    new TunedCalico(chart, 'cni', { cluster, linuxDataplane: dataplane as LinuxDataplane });
  }
  const found = (severity: Severity, room: RegExp) => [
    ...new Set(
      cluster
        .findings()
        .filter((finding) => finding.severity === severity && room.test(finding.id))
        .map(({ id }) => id),
    ),
  ];
  const said = [
    ...found(Severity.ERROR, /./),
    ...found(Severity.WARNING, /^GW-PROXY-/),
    ...found(Severity.NOTE, /^GW-PROXY-/),
  ].sort();
  const expected = [...errors(combination), ...warnings(combination)].sort();
  if (said.join() !== expected.join()) {
    return [`said ${said.join() || 'nothing'}, expected ${expected.join() || 'nothing'}`];
  }
  return upstreamDir() === undefined
    ? []
    : [
        // No schema of 1.37 is at hand.
        ...objects.all.flatMap((o) =>
          validateStrictly(o, /^1\.35/.test(version) ? '1.35' : '1.36'),
        ),
        ...unknownKeys(configuration),
      ];
}

/** Ids of what makes a combination impossible. */
function errors({ mode, dataplane }: Combination): string[] {
  // BPF is alone with the Services; the other dataplanes of Calico share a packet filter with kube-proxy.
  const filter = mode === KubeProxyMode.NFTABLES ? 'Nftables' : 'Iptables';
  return dataplane === 'flannel' || dataplane === filter ? [] : ['GW-CNI-008'];
}

/** Ids of what works with a risk. */
function warnings({ mode, version, system }: Combination): string[] {
  const expected: Record<Mode, Array<[string, boolean]>> = {
    ipvs: [
      ['GW-PROXY-001', true],
      // No periodic resync in this one patch of all that are in the table.
      ['GW-PROXY-003', version === '1.35.0'],
    ],
    iptables: [['GW-PROXY-022', ['1.35.0', '1.35.4', '1.36.0'].includes(version)]],
    // Only Debian 13 has an nft of 1.1.3, and only 1.37 an image that lives with it.
    nftables: [['GW-PROXY-011', system === 'Debian 13' && version !== '1.37.1']],
  };
  return expected[mode].filter(([, holds]) => holds).map(([id]) => id);
}

function unknownKeys(configuration: object): string[] {
  const upstream = parse(
    readFileSync(upstreamFile('manifests', 'kubernetes-1.36-kube-proxy-defaults.yaml'), 'utf8'),
  );
  const walk = (ours: any, theirs: any, path: string): string[] =>
    Object.entries(ours).flatMap(([key, value]) => {
      if (!(key in theirs)) {
        return [`no key ${path}${key} in upstream's configuration`];
      }
      const nested = value !== null && typeof value === 'object' && !Array.isArray(value);
      return nested ? walk(value, theirs[key] ?? {}, `${path}${key}.`) : [];
    });
  return walk(configuration, upstream, '');
}
