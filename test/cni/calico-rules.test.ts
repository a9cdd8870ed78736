import { Chart, Testing } from 'cdk8s';
import {
  Cluster,
  Encapsulation,
  KubeProxyMode,
  KubernetesVersion,
  OperatingSystem,
  Severity,
  Underlay,
  Zone,
} from '../../lib';
import { TunedCalico } from '../../lib/cni';
import { calicoRules } from '../../lib/cni/calico/rules';
import { ObjectSet } from '../../lib/testing';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { ours, render, said, spread } from './calico';

test('the flagship gives Calico nothing to say', () => {
  expect(said(render())).toEqual([]);
});

test('ids are numbered without gaps', () => {
  expect(calicoRules.map(({ id }) => id).sort()).toEqual(
    calicoRules.map((_, n) => `GW-CNI-${String(n + 1).padStart(3, '0')}`),
  );
});

test('an error stops the synth', () => {
  const { calico } = render({ encapsulation: Encapsulation.NONE }, spread(3, 2));
  expect(() => Testing.synth(Chart.of(calico))).toThrow(
    'GW-CNI-002 [oslo/cni] encapsulation must be other than None',
  );
});

test('only what would be wrong is an error', () => {
  const errors = calicoRules
    .filter(({ severity }) => severity === Severity.ERROR)
    .map(({ id }) => id);
  expect(errors.sort()).toEqual(
    [1, 2, 8, 13, 17, 19, 20, 21, 22, 24, 25, 28, 29, 30, 31, 33, 37, 43].map(
      (n) => `GW-CNI-${String(n).padStart(3, '0')}`,
    ),
  );
});

describe('GW-CNI-001: bare addresses on a filtering underlay', () => {
  const filtered = (encapsulation: Encapsulation, machines = 3, zones = 1) =>
    said(render({ encapsulation }, spread(machines, zones, Underlay.filtered))).filter(
      (s) => s.includes('-001') || s.includes('-002'),
    );

  test.each([
    Encapsulation.NONE,
    Encapsulation.IPIP_CROSS_SUBNET,
    Encapsulation.VXLAN_CROSS_SUBNET,
  ])('%s', (encapsulation) => {
    expect(filtered(encapsulation)).toEqual([
      `GW-CNI-001 encapsulation must be VXLAN on an underlay that drops foreign source addresses, got ${encapsulation}`,
    ]);
  });

  test('tunnels are right, and so is a machine by itself', () => {
    expect([Encapsulation.IPIP, Encapsulation.VXLAN].flatMap((e) => filtered(e))).toEqual([]);
    expect(filtered(Encapsulation.NONE, 1)).toEqual([]);
    expect(filtered(Encapsulation.VXLAN_CROSS_SUBNET, 3, 3)).toEqual([]);
  });

  test('the remedy is VXLAN', () => {
    const [finding] = ours(
      render({ encapsulation: Encapsulation.NONE }, spread(3, 1, Underlay.filtered)).cluster,
    );
    expect(finding).toMatchObject({
      severity: 'error',
      path: 'oslo/cni',
      remedy: expect.stringContaining('Encapsulation.VXLAN'),
    });
  });
});

describe('GW-CNI-002: bare addresses beyond one segment', () => {
  test('None over several zones', () => {
    expect(said(render({ encapsulation: Encapsulation.NONE }, spread(3, 2)))).toEqual([
      'GW-CNI-002 encapsulation must be other than None with machines in 2 zones, each with a network of its own, got None',
    ]);
  });

  test.each([Encapsulation.NONE, Encapsulation.IPIP_CROSS_SUBNET])(
    '%s behind routers',
    (encapsulation) => {
      expect(said(render({ encapsulation }, spread(3, 1, Underlay.routed)))).toContain(
        `GW-CNI-002 encapsulation must be VXLAN or IPIP where the machines of a zone share no segment, got ${encapsulation}`,
      );
    },
  );

  test('a zone without machines counts for nothing', () => {
    const zones = ['oslo-1', 'oslo-2'].map((name, n) =>
      Zone.of(name, { country: 'NO', nodeCidr: `10.20.${n}.0/24` }),
    );
    const rendered = render({}, { zones });
    expect(rendered.calico.encapsulation).toBe('None');
    expect(said(rendered)).toEqual([]);
  });

  test('CrossSubnet over zones that are segments is right', () => {
    expect(said(render({ encapsulation: Encapsulation.VXLAN_CROSS_SUBNET }, spread(4, 2)))).toEqual(
      [
        'GW-CNI-005 encapsulation VXLANCrossSubnet saves its overhead only if NICs carry /24 in oslo-1, /24 in oslo-2',
      ],
    );
  });
});

describe('GW-CNI-003: checksum offload under VXLAN', () => {
  const on = (
    operatingSystem: OperatingSystem,
    checksumOffload?: boolean,
    encapsulation = Encapsulation.VXLAN,
  ) =>
    said(
      render(
        { encapsulation, ...(checksumOffload === undefined ? {} : { felix: { checksumOffload } }) },
        { operatingSystem },
      ),
    );

  test('on a new kernel', () => {
    expect(on(OperatingSystem.DEBIAN_13)).toEqual([
      `GW-CNI-003 encapsulation VXLAN on kernel ${OperatingSystem.DEBIAN_13.kernel} leaves checksums to the offload`,
    ]);
  });

  test('not on an older one, not with the offload off, not without VXLAN', () => {
    expect(on(OperatingSystem.DEBIAN_12)).toEqual([]);
    expect(on(OperatingSystem.DEBIAN_13, false)).toEqual([]);
    expect(on(OperatingSystem.DEBIAN_13, undefined, Encapsulation.NONE)).toEqual([]);
  });
});

test('GW-CNI-004: the mesh at 100 machines and one more', () => {
  expect(said(render({}, spread(100, 1)))).toEqual([]);
  expect(said(render({}, spread(101, 1)))).toEqual([
    'GW-CNI-004 101 machines make a full mesh of 5050 sessions; upstream recommends it up to 100 machines',
  ]);
  expect(said(render({ encapsulation: Encapsulation.VXLAN }, spread(101, 1)))).toEqual([]);
});

test('GW-CNI-006: IP in IP through firewalls', () => {
  expect(said(render({ encapsulation: Encapsulation.IPIP }))).toEqual([
    'GW-CNI-006 encapsulation IPIP needs IP protocol 4 through every firewall between machines',
  ]);
});

test("GW-CNI-007: the article's 1440 wastes 60 bytes", () => {
  expect(said(render({ mtu: 1440 }))).toEqual([
    'GW-CNI-007 mtu 1440 leaves 60 bytes of every packet unused; None on this underlay allows 1500',
  ]);
});

describe('GW-CNI-008: the dataplane and a proxy that came later', () => {
  const withLateProxy = (mode: KubeProxyMode) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
    new TunedCalico(chart, 'cni', { cluster });
    cluster._register('kubeProxy', {
      path: 'oslo/kube-proxy',
      mode,
      strictArp: false,
      excludeCidrs: [],
      inspect: [],
    });
    return ours(cluster).map(({ id, message }) => `${id} ${message}`);
  };

  test('nftables', () => {
    expect(withLateProxy(KubeProxyMode.NFTABLES)).toEqual([
      'GW-CNI-008 linuxDataplane is Iptables, but kube-proxy runs in nftables mode',
    ]);
  });

  test('ipvs goes with what was chosen', () => {
    expect(withLateProxy(KubeProxyMode.IPVS)).toEqual([]);
  });
});

test('GW-CNI-009: nftables in this Calico', () => {
  expect(said(render({}, { kubeProxyMode: KubeProxyMode.NFTABLES }))).toEqual([
    'GW-CNI-009 linuxDataplane is Nftables, and Calico v3.32.1 lacks repairs of it',
  ]);
});

test('GW-CNI-010: a Kubernetes that upstream does not test', () => {
  expect(said(render({}, { kubernetesVersion: KubernetesVersion.V1_37 }))).toEqual([
    'GW-CNI-010 Calico v3.32.1 is tested with Kubernetes 1.34, 1.35, 1.36, not with 1.37',
  ]);
  expect(said(render({}, { kubernetesVersion: KubernetesVersion.V1_35 }))).toEqual([]);
});

test('GW-CNI-011: an old kernel and an old nft', () => {
  const rendered = render({}, { kubeProxyMode: KubeProxyMode.NFTABLES });
  const { label } = rendered.cluster.operatingSystem;
  // Every distribution of the catalogue is new enough today.
  jest.spyOn(rendered.cluster, 'kernel', 'get').mockReturnValue('5.12');
  Object.defineProperty(rendered.cluster, 'operatingSystem', { value: { label, nft: '0.9.8' } });
  expect(said(rendered).filter((s) => s.startsWith('GW-CNI-011'))).toEqual([
    `GW-CNI-011 dataplane Nftables wants kernel 5.13, ${label} has 5.12`,
    `GW-CNI-011 dataplane Nftables wants nft 1.0.1, ${label} has 0.9.8`,
  ]);
});

test('GW-CNI-012: an operator of another release', () => {
  expect(said(render({ operatorImage: 'quay.io/tigera/operator:v1.42.4' }))).toEqual([
    'GW-CNI-012 operatorImage has tag v1.42.4; Calico v3.32.1 and its rights belong to v1.42.3',
  ]);
});

describe('GW-CNI-013 and 014: addresses', () => {
  test('fewer blocks than machines', () => {
    expect(said(render({ blockSize: 20 }, spread(17, 1)))).toEqual([
      'GW-CNI-013 podCidr 10.244.0.0/16 holds 16 blocks of /20 for 17 machines',
    ]);
    expect(said(render({ blockSize: 20 }, spread(16, 1)))).toEqual([
      'GW-CNI-027 podCidr 10.244.0.0/16 holds 16 blocks; 16 machines with 110 pods each take 1 each, twice that is 32',
    ]);
  });

  test('twenty blocks hold fewer than 110 pods', () => {
    expect(said(render({ blockSize: 30 }))).toEqual([
      'GW-CNI-014 20 blocks of /30 are 80 addresses a machine, kubelet runs 110 pods',
    ]);
    expect(said(render({ blockSize: 29 }))).toEqual([]);
  });
});

test('GW-CNI-015: pods that keep their addresses', () => {
  expect(said(render({ natOutgoing: false }))).toEqual([
    'GW-CNI-015 natOutgoing is off: nothing outside the cluster knows 10.244.0.0/16 by itself',
  ]);
});

test('every rule says what to do, in words without a period at the end', () => {
  for (const { title, why, remedy, reference } of calicoRules) {
    expect([title, why, remedy].filter((text) => text === '' || text.endsWith('.'))).toEqual([]);
    expect(reference).toMatch(/^https:\/\//);
  }
});

test('under fromFacts the same objects come out', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = Cluster.fromFacts(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  const calico = new TunedCalico(chart, 'cni', { cluster });
  const objects = ObjectSet.of(calico);
  expect([...objects.all].sort(byName)).toEqual([...render().objects.all].sort(byName));
  expect(objects.find('Installation').spec.calicoNetwork.mtu).toBe(1500);
});

function byName(a: any, b: any): number {
  const key = (o: any) => `${o.kind} ${o.metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
