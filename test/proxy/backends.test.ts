import { ApiObject } from 'cdk8s';
import { HardenedNginxIngress, HardenedTraefik, MetalLb, MetalLbMode } from '../../lib';
import { renderMode, render, findings } from './support';
import { KubeProxyMode } from '../../lib/cluster';
import { dualStack } from '../support/dual-stack';

type Objects = Record<string, Record<string, unknown>>;

/** What is said of a cluster whose App has these objects as well. */
function said(
  objects: Objects,
  mode: KubeProxyMode.IPTABLES | KubeProxyMode.IPVS = KubeProxyMode.IPTABLES,
) {
  const { chart, cluster } = renderMode(mode);
  for (const [id, object] of Object.entries(objects)) {
    new ApiObject(chart, id, object as { apiVersion: string; kind: string });
  }
  return cluster
    .findings()
    .filter(({ id }) => id === 'GW-PROXY-024')
    .map(({ path, message }) => `[${path}] ${message}`);
}

const service = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { selector: { app: 'web' }, ...spec },
});
const deployment = (spec: object, labels: object = { app: 'web', tier: 'front' }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { template: { metadata: { labels }, spec } },
});
const bare = { containers: [{ name: 'web' }, { name: 'log' }] };
const probed = { containers: [{ name: 'web', readinessProbe: {} }, { name: 'log' }] };

test('pods that never say when they are ready', () => {
  const message =
    'Service shop/web sends to pods of Deployment shop/web, which have no readinessProbe';
  for (const mode of [KubeProxyMode.IPTABLES, KubeProxyMode.IPVS] as const) {
    expect(said({ service: service(), web: deployment(bare) }, mode)).toEqual([
      `[oslo/web] ${message}`,
    ]);
  }
});

test.each<[string, Objects]>([
  ['one container says so', { service: service(), web: deployment(probed) }],
  [
    'a sidecar does',
    {
      service: service(),
      web: deployment({ ...bare, initContainers: [{ name: 'mesh', readinessProbe: {} }] }),
    },
  ],
  ['no Service sends to it', { web: deployment(bare) }],
  [
    'the Service is of other pods',
    { service: service({ selector: { app: 'api' } }), web: deployment(bare) },
  ],
  [
    'or of another namespace',
    { service: service({}, { namespace: 'bank' }), web: deployment(bare) },
  ],
  ['the Service is headless', { service: service({ clusterIP: 'None' }), web: deployment(bare) }],
  [
    'it wants all pods',
    { service: service({ publishNotReadyAddresses: true }), web: deployment(bare) },
  ],
  ['it is a name elsewhere', { service: service({ type: 'ExternalName' }), web: deployment(bare) }],
  [
    'a controller says so',
    {
      service: service(),
      web: deployment({ ...bare, readinessGates: [{ conditionType: 'example.no/in-balancer' }] }),
    },
  ],
  ['it names no pods', { service: service({ selector: {} }), web: deployment(bare) }],
  [
    'a Job ends',
    { service: service(), web: { ...deployment(bare), apiVersion: 'batch/v1', kind: 'Job' } },
  ],
  [
    'a workload without a pod',
    { service: service(), web: { apiVersion: 'apps/v1', kind: 'Deployment' } },
  ],
])('nothing is said where %s', (_, objects) => {
  expect(said(objects)).toEqual([]);
});

test('a Pod and a namespace that is not named', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', labels: { app: 'web' } },
    spec: bare,
  };
  expect(said({ service: service({}, { namespace: undefined }), pod })).toEqual([
    '[oslo/pod] Service default/web sends to pods of Pod default/one, which have no readinessProbe',
  ]);
});

test('our own workloads say when they are ready', () => {
  const { chart, cluster } = render();
  new MetalLb(chart, 'lb', {
    cluster,
    mode: MetalLbMode.layer2(),
    pools: [{ name: 'edge', addresses: ['10.20.0.128/28'] }],
  });
  new HardenedNginxIngress(chart, 'nginx', { cluster });
  const other = render();
  new HardenedTraefik(other.chart, 'traefik', { cluster: other.cluster });
  for (const each of [cluster, other.cluster]) {
    expect(findings(each).filter((line) => line.includes('GW-PROXY-024'))).toEqual([]);
  }
});

test('GW-PROXY-025: an image of another release', () => {
  const by = (tag: string) =>
    findings(render({ image: `registry.k8s.io/kube-proxy${tag}` }).cluster).filter((line) =>
      line.includes('GW-PROXY-025'),
    );
  const warning = (version: string) => [
    `GW-PROXY-025 warning image is of kube-proxy ${version}, the API servers are of 1.36.4`,
  ];
  // A patch with a repair may come before that of the API servers.
  expect(by(':v1.36.5')).toEqual([]);
  expect(by(':v1.37.0')).toEqual(warning('1.37.0'));
  expect(by(':v1.32.9')).toEqual(warning('1.32.9'));
  expect(by(':v1.33.0')).toEqual([]);
  expect(by(':v1.36.4')).toEqual([]);
  expect(by(`@sha256:${'0'.repeat(64)}`)).toEqual([]);
  expect(by(':latest')).toEqual([]);
});

test('GW-PROXY-026: a family whose NodePorts nobody narrowed', () => {
  const by = (nodePortAddresses: string[] | undefined, facts = {}) =>
    findings(render({ nodePortAddresses }, facts).cluster).filter((line) =>
      line.includes('GW-PROXY-026'),
    );
  const v4 = '10.20.0.0/24';
  expect(by([v4], dualStack())).toEqual([
    'GW-PROXY-026 warning nodePortAddresses 10.20.0.0/24 names no IPv6 network: NodePorts answer on every IPv6 address',
  ]);
  expect(by(['fd00:20::/64'])).toEqual([
    'GW-PROXY-026 warning nodePortAddresses fd00:20::/64 names no IPv4 network: NodePorts answer on every IPv4 address',
  ]);
  expect(by([v4, 'fd00:20::/64'], dualStack())).toEqual([]);
  expect(by([v4])).toEqual([]);
  expect(by(['primary'], dualStack())).toEqual([]);
  expect(by(undefined, dualStack())).toEqual([]);
});
