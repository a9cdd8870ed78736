import { Chart } from 'cdk8s';
import { Cluster, CniKind, Encapsulation, Underlay } from '../../lib';
import { TunedCalico } from '../../lib/cni';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { render } from './calico';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  [{ mtu: 9000 }, 'mtu must be between 1280 and 1500, got 9000; lower it or raise underlay.mtu'],
  [
    { mtu: 1500, encapsulation: Encapsulation.VXLAN },
    'mtu must be between 1280 and 1450, got 1500; lower it or raise underlay.mtu',
  ],
  [{ mtu: 900 }, 'mtu must be between 1280 and 1500, got 900; raise it or leave it out'],
  [
    { mtu: 1400.5 },
    'mtu must be a whole number between 1280 and 1500, got 1400.5; lower it or raise underlay.mtu',
  ],
  [
    { blockSize: 19 },
    'blockSize must be between 20 and 32, got 19; it is a prefix length inside 10.244.0.0/16; 26 gives blocks of 64 addresses',
  ],
  [
    { blockSize: 33 },
    'blockSize must be between 20 and 32, got 33; it is a prefix length inside 10.244.0.0/16; 26 gives blocks of 64 addresses',
  ],
  [
    { felix: { prometheusMetricsPort: 80 } },
    'felix.prometheusMetricsPort must be between 1024 and 65535, got 80; use 9091 unless it is taken',
  ],
  [
    { felix: { prometheusMetricsPort: 9099 } },
    'felix.prometheusMetricsPort must be none of 5473, 9098, 9099, got 9099; Calico listens there itself; use 9091 unless it is taken',
  ],
  [
    { felix: { checksumOffload: false } },
    'felix.checksumOffload must be left out without a tunnel, got false; it is about the devices of VXLAN and of IP in IP, and there is none',
  ],
  ...[
    'tigera/operator',
    'operator:v1',
    'quay.io/tigera/operator:',
    `quay.io/tigera/operator@${digest}`,
  ].map((operatorImage): [object, string] => [
    { operatorImage },
    `operatorImage must be a full reference with a tag, got ${operatorImage}; write registry/repository:tag, with @sha256 behind it if you pin the digest`,
  ]),
])('%j', (options, text) => {
  expect(() => render(options)).toThrow(new Error(`[oslo/cni] ${text}`));
});

test('a tag may carry a digest', () => {
  expect(() =>
    render({ operatorImage: `quay.io/tigera/operator:v1.42.3@${digest}` }),
  ).not.toThrow();
});

test('several wrong values come in one error', () => {
  expect(() => render({ mtu: 1, blockSize: 1 })).toThrow(
    /^\[oslo\/cni\] mtu .*\n\[oslo\/cni\] blockSize [^\n]*$/,
  );
});

test('a block is no larger than the pool', () => {
  expect(() => render({ blockSize: 21 }, { podCidr: '10.244.0.0/22' })).toThrow(
    '[oslo/cni] blockSize must be between 22 and 32, got 21;',
  );
});

test('the smallest underlay leaves what it leaves', () => {
  const underlay = Underlay.filtered({ mtu: 1280 });
  expect(render({}, { underlay }).calico.podMtu).toBe(1230);
  expect(() => render({ mtu: 1280 }, { underlay })).toThrow(
    '[oslo/cni] mtu must be between 1230 and 1230, got 1280; lower it or raise underlay.mtu',
  );
});

test("a cluster with another plugin is not this one's", () => {
  expect(() => render({}, { cni: CniKind.FLANNEL })).toThrow(
    new Error(
      '[oslo/cni] cluster.cni must be calico for this construct, got flannel; change the fact or use the construct for flannel',
    ),
  );
});

test('a cluster has one Calico', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  new TunedCalico(chart, 'cni', { cluster });
  expect(() => new TunedCalico(chart, 'again', { cluster })).toThrow(
    '[oslo/again] cluster must be',
  );
});

test('configure makes the same construct', () => {
  const configuration = TunedCalico.configure({ encapsulation: Encapsulation.VXLAN, mtu: 1400 });
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', {
    clusterName: 'oslo',
    ...osloProps({ cni: configuration.kind }),
  });
  const calico = configuration.create(chart, 'cni', cluster);
  expect(calico).toBeInstanceOf(TunedCalico);
  expect(calico).toMatchObject({ encapsulation: 'VXLAN', podMtu: 1400 });
  expect(cluster._summary('cni')).toMatchObject({
    path: 'oslo/cni',
    kind: 'calico',
    label: 'Calico v3.32.1',
    encapsulation: 'VXLAN',
    bgp: false,
    podMtu: 1400,
    dataplane: 'Iptables',
  });
});
