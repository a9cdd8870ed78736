import { Encapsulation } from '../../lib';
import { Phase, SecretRef } from '../../lib/cluster';
import { ClusterRoutingMode } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { phases } from '../support/phases';
import { network, render, spread, type Rendered } from './calico';
import { ALL_OF_BGP, onlyV6 } from './calico-variants';

const STORED = 'crd.projectcalico.org/v1';
const reflectors = { routeReflectors: { machines: ['cp-1', 'cp-3'] } };

/** Objects of a phase as `Kind name`, in the order in which they are applied. */
function inPhase({ calico }: Rendered, phase: Phase): string[] {
  const start = `${phase} `;
  return phases(calico).flatMap((line) =>
    line.startsWith(start) ? [line.slice(start.length)] : [],
  );
}

test('everything that BIRD reads at its start comes before the Installation', () => {
  const rendered = render(ALL_OF_BGP);
  expect(inPhase(rendered, Phase.CNI)).toEqual([
    'FelixConfiguration default',
    'Namespace calico-system',
    'Role calico-bgp-passwords',
    'RoleBinding calico-bgp-passwords',
    'BGPFilter no-default',
    'BGPConfiguration default',
    'BGPPeer tor-oslo-1-10-20-0-1',
    'Installation default',
    'APIServer default',
  ]);
  const kinds = ['BGPFilter', 'BGPConfiguration', 'BGPPeer'];
  expect(kinds.map((kind) => rendered.objects.find(kind).apiVersion)).toEqual(
    kinds.map(() => STORED),
  );
  const waits = rendered.cluster
    ._waits('after', Phase.CNI_OPERATOR)
    .map(({ resource }) => resource);
  expect(waits).toEqual(
    expect.arrayContaining(
      ['bgpconfigurations', 'bgpfilters', 'bgppeers'].map((n) => `crd/${n}.crd.projectcalico.org`),
    ),
  );
});

test('BGPConfiguration has every option', () => {
  expect(render(ALL_OF_BGP).objects.find('BGPConfiguration').spec).toEqual({
    asNumber: 64999,
    listenPort: 1790,
    nodeToNodeMeshEnabled: true,
    nodeMeshPassword: { secretKeyRef: { name: 'mesh', key: 'password' } },
    serviceClusterIPs: [{ cidr: '10.96.0.0/16' }],
    serviceExternalIPs: [{ cidr: '203.0.113.0/28' }],
    serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }],
    communities: [
      { name: 'big', value: '64512:1:2' },
      { name: 'blue', value: '64512:100' },
    ],
    prefixAdvertisements: [
      { cidr: '10.244.0.0/16', communities: ['blue', '64512:7'] },
      { cidr: '198.51.100.0/24', communities: ['big'] },
    ],
  });
});

test('BGPPeer and BGPFilter have every option', () => {
  const rendered = render(ALL_OF_BGP);
  expect(rendered.objects.find('BGPPeer').spec).toEqual({
    nodeSelector: "topology.kubernetes.io/zone == 'oslo-1'",
    peerIP: '10.20.0.1',
    asNumber: 65001,
    localASNumber: 65010,
    password: { secretKeyRef: { name: 'routers', key: 'oslo-1' } },
    keepaliveTime: '20s',
    ttlSecurity: 1,
    sourceAddress: 'None',
    nextHopMode: 'Self',
    numAllowedLocalASNumbers: 1,
    filters: ['no-default'],
  });
  expect(rendered.objects.find('BGPFilter').spec).toEqual({
    importV4: [
      { action: 'Reject', cidr: '0.0.0.0/0', matchOperator: 'Equal' },
      { action: 'Accept', source: 'RemotePeers', interface: 'eno*' },
    ],
    exportV4: [{ action: 'Accept' }],
  });
});

test('calico-node may read the passwords, and nothing else', () => {
  const rendered = render(ALL_OF_BGP);
  expect(rendered.objects.find('Role')).toMatchObject({
    metadata: { namespace: 'calico-system' },
    rules: [
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['mesh', 'routers'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  });
  expect(rendered.objects.find('RoleBinding', 'calico-bgp-passwords')).toMatchObject({
    metadata: { namespace: 'calico-system' },
    roleRef: { kind: 'Role', name: 'calico-bgp-passwords' },
    subjects: [{ kind: 'ServiceAccount', name: 'calico-node', namespace: 'calico-system' }],
  });
  // pkg/render/namespaces.go of the operator; other labels of the same keys would start a quarrel.
  expect(rendered.objects.find('Namespace', 'calico-system').metadata.labels).toMatchObject({
    name: 'calico-system',
    'pod-security.kubernetes.io/enforce': 'privileged',
    'pod-security.kubernetes.io/enforce-version': 'latest',
  });
  expect(rendered.objects.ofKind('Secret')).toEqual([]);
});

test('without a password there is no namespace and no right', () => {
  const rendered = render({ bgp: { asNumber: 64999 } });
  expect(rendered.objects.ofKind('Role')).toEqual([]);
  expect(rendered.objects.ofKind('Namespace')).toHaveLength(1);
});

test('BGP without options leaves its configuration to Calico', () => {
  expect(render().objects.all.filter(({ kind }) => /^BGP/.test(kind))).toEqual([]);
  expect(render({ bgp: {} }).objects.find('BGPConfiguration').spec).toEqual({
    asNumber: 64512,
    listenPort: 179,
    nodeToNodeMeshEnabled: true,
  });
  expect(
    render({ encapsulation: Encapsulation.VXLAN, bgp: {} }).objects.all.filter(({ kind }) =>
      /^BGP/.test(kind),
    ),
  ).toEqual([]);
});

describe('route reflectors', () => {
  const rendered = render({ bgp: reflectors });

  test('are marked on their Nodes, which no engine may prune', () => {
    const nodes = rendered.objects.ofKind('Node');
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['cp-1', 'cp-3']);
    for (const node of nodes) {
      expect(Object.keys(node).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
      expect(node.metadata.labels).toMatchObject({ 'route-reflector': 'true' });
      expect(node.metadata.annotations).toEqual({
        'projectcalico.org/RouteReflectorClusterID': '244.0.0.1',
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      });
    }
  });

  test('have every machine as neighbour, in the AS that all share', () => {
    expect(rendered.objects.find('BGPPeer').spec).toEqual({
      nodeSelector: 'all()',
      peerSelector: "route-reflector == 'true'",
    });
    expect(rendered.objects.find('BGPConfiguration').spec.nodeToNodeMeshEnabled).toBe(false);
  });

  test('come before the mesh goes, when told so', () => {
    const both = render({ bgp: { ...reflectors, nodeToNodeMesh: true } });
    expect(both.objects.find('BGPConfiguration').spec.nodeToNodeMeshEnabled).toBe(true);
  });
});

describe('routers', () => {
  test('of every zone and of all machines', () => {
    const topOfRackPeers = [
      { zone: 'oslo-1', peerIp: '10.20.0.1', asNumber: 65001 },
      { zone: 'oslo-2', peerIp: '10.20.1.1', asNumber: 65002 },
      { peerIp: '10.99.0.1', asNumber: 65003 },
    ];
    const { objects } = render({ bgp: { topOfRackPeers } }, spread(4, 2));
    const peers = objects.ofKind('BGPPeer');
    expect(peers.map(({ metadata, spec }) => [metadata.name, spec.nodeSelector])).toEqual([
      ['tor-oslo-1-10-20-0-1', "topology.kubernetes.io/zone == 'oslo-1'"],
      ['tor-oslo-2-10-20-1-1', "topology.kubernetes.io/zone == 'oslo-2'"],
      ['tor-10-99-0-1', 'all()'],
    ]);
  });

  test.each([
    ['fd00:20::1', 'tor-fd00-20--1'],
    ['fd00:20::', 'tor-fd00-20--0'],
  ])('%s makes a name that Kubernetes takes', (peerIp, name) => {
    const bgp = { topOfRackPeers: [{ peerIp, asNumber: 65001 }] };
    expect(render({ bgp }, onlyV6()).objects.find('BGPPeer').metadata.name).toBe(name);
  });

  test('reach the machines by their addresses on the port of the spec', () => {
    const { cluster } = render(ALL_OF_BGP);
    const ports = cluster.ledger.forMachine(cluster.machines[0]!).ports.map(({ key }) => key);
    expect(ports).toEqual(expect.arrayContaining(['1790/tcp from 10.20.0.1/32']));
    expect(ports.filter((key) => key.startsWith('179/'))).toEqual([]);
    expect(ports).not.toContain('1790/tcp from anywhere');
  });
});

test('both Service networks are advertised in a dual-stack cluster', () => {
  const rendered = render({ bgp: { advertiseServiceCidr: true } }, dualStack());
  expect(rendered.objects.find('BGPConfiguration').spec.serviceClusterIPs).toEqual([
    { cidr: '10.96.0.0/16' },
    { cidr: 'fd00:96::/112' },
  ]);
});

describe('what switches BGP on', () => {
  const why = (...args: Parameters<typeof render>) => {
    const rendered = render(...args);
    const decision = rendered.cluster.decisions().find(({ key }) => key.endsWith('.bgp'))!;
    expect(network(rendered).bgp).toBe(decision.value);
    return `${decision.value}: ${decision.why}`;
  };
  const encapsulation = Encapsulation.VXLAN;
  const MESH = 'every machine keeps a session with every other';

  test.each([
    [{}, `Enabled: the operator refuses None without BGP; its routes are BIRD's; ${MESH}`],
    [
      { encapsulation },
      'Disabled: Felix programs the routes; without BGP there is no BIRD to run and no port to open',
    ],
    [{ encapsulation, bgp: { enabled: true } }, `Enabled: chosen in the spec; ${MESH}`],
    [{ encapsulation, bgp: reflectors }, 'Enabled: the spec names neighbours'],
    [
      { encapsulation, bgp: { advertiseServiceCidr: true } },
      `Enabled: Services are advertised; ${MESH}`,
    ],
    [
      { clusterRoutingMode: ClusterRoutingMode.FELIX },
      'Disabled: Felix programs the routes; without BGP there is no BIRD to run and no port to open',
    ],
  ])('%j', (options, text) => {
    expect(why(options)).toBe(text);
  });
});

test('passwords are named, never known', () => {
  const password = SecretRef.of('bgp', 'word');
  const text = JSON.stringify(render({ bgp: { nodeMeshPassword: password } }).objects);
  expect(text.match(/"word"/g)).toHaveLength(1);
  expect(text).not.toMatch(/stringData|"data"/);
});
