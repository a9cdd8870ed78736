import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { ApiEndpoint, Encapsulation, KubeProxyMode, Underlay } from '../../lib';
import { overheadOf, Phase, wrappingOf } from '../../lib/cluster';
import { FelixLogSeverity } from '../../lib/cni';
import '../../lib/testing/jest';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { phases } from '../support/phases';
import { network, render, spread } from './calico';
import { variants } from './calico-variants';

describeWithUpstream('every object passes a strict API server', () => {
  test.each(variants)('%s', (_name, make) => {
    expect(make().objects.all.flatMap((o) => validateStrictly(o))).toEqual([]);
  });
});

test.each(variants)('every value has a reason: %s', (_name, make) => {
  const { cluster, objects } = make();
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      'ConfigMap.data',
      // Copied from the spec, image by image.
      'ImageSet.spec.images',
      'Installation.spec.calicoNetwork.ipPools.cidr',
      'Installation.spec.imagePullSecrets',
      'Installation.spec.registry',
      'Deployment.spec.template.spec.containers.image',
      'Deployment.spec.template.spec.imagePullSecrets',
    ],
    structural: [
      // Access is compared grant by grant with upstream; that to passwords in calico-bgp.test.ts.
      'ClusterRole.rules',
      'Role.rules',
      ...['ClusterRoleBinding', 'RoleBinding'].flatMap((kind) => [
        `${kind}.roleRef`,
        `${kind}.subjects`,
      ]),
      'APIServer.spec',
      'Deployment.spec.selector',
      'Deployment.spec.template.metadata.labels',
      ...['serviceAccountName', 'hostNetwork', 'dnsPolicy', 'nodeSelector', 'volumes'].map(
        (f) => `Deployment.spec.template.spec.${f}`,
      ),
      ...['name', 'command', 'env', 'envFrom', 'volumeMounts'].map(
        (f) => `Deployment.spec.template.spec.containers.${f}`,
      ),
    ],
  };
  expect(objects.all.flatMap((object) => unexplainedLeaves(object, explained))).toEqual([]);
});

test('the operator comes a phase before what it installs, settings of Felix first', () => {
  expect(phases(render().calico).map((line) => line.replace(/ \S+$/, ''))).toEqual([
    '10-cni-operator Namespace',
    '10-cni-operator ServiceAccount',
    '10-cni-operator ClusterRole',
    '10-cni-operator ClusterRole',
    '10-cni-operator ClusterRoleBinding',
    '10-cni-operator RoleBinding',
    '10-cni-operator Deployment',
    '20-cni FelixConfiguration',
    '20-cni Installation',
    '20-cni APIServer',
    '30-network-policy Tier',
    '30-network-policy GlobalNetworkPolicy',
  ]);
});

test('each phase waits for what the next one needs', () => {
  const { cluster, objects } = render();
  const definitions = cluster._waits('after', Phase.CNI_OPERATOR).map((w) => w.resource);
  expect(
    cluster._waits('after', Phase.CNI_OPERATOR).every((w) => w.condition === 'Established'),
  ).toBe(true);
  const applied = objects.all
    // What the API server of Calico serves needs no definition.
    .filter((o) => /operator\.tigera\.io|crd\.projectcalico\.org/.test(o.apiVersion))
    .map((o) => `crd/${o.kind.toLowerCase()}s.${o.apiVersion.split('/')[0]}`);
  expect(definitions).toEqual([...applied, 'crd/tigerastatuses.operator.tigera.io'].sort());
  expect(
    cluster._waits('after', Phase.CNI).map((w) => [w.condition, w.resource, w.follows]),
  ).toEqual([
    ['Available', 'tigerastatus/ippools', 'installation/default'],
    ['Available', 'tigerastatus/calico', 'installation/default'],
    ['Available', 'tigerastatus/apiserver', 'apiserver/default'],
  ]);
});

test('the flagship: no encapsulation, BGP, the whole MTU, the address kubelet was given', () => {
  const { spec } = render().objects.find('Installation');
  expect(spec).toEqual({
    flexVolumePath: 'None',
    kubeletVolumePluginPath: 'None',
    controlPlaneReplicas: 2,
    calicoNetwork: {
      bgp: 'Enabled',
      linuxDataplane: 'Iptables',
      mtu: 1500,
      nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' },
      ipPools: [
        {
          name: 'default-ipv4-ippool',
          cidr: '10.244.0.0/16',
          encapsulation: 'None',
          blockSize: 26,
          natOutgoing: 'Enabled',
          nodeSelector: 'all()',
          allowedUses: ['Workload', 'Tunnel'],
          assignmentMode: 'Automatic',
          disableBGPExport: false,
          disableNewAllocations: false,
        },
      ],
    },
  });
});

// What pkg/controller/ippool/defaults.go of the operator fills in, and the one default of the schema.
test('the pool names every field that the operator would add to the list', () => {
  const filled = [
    'allowedUses',
    'assignmentMode',
    'blockSize',
    'cidr',
    'disableBGPExport',
    'disableNewAllocations',
    'encapsulation',
    'name',
    'natOutgoing',
    'nodeSelector',
  ];
  expect(Object.keys(network(render()).ipPools[0]).sort()).toEqual(filled);
});

describe('the encapsulation follows the underlay', () => {
  test.each([
    ['one segment', spread(3, 1), 'None', 'Enabled', 1500],
    ['segments joined by routers', spread(3, 3), 'IPIPCrossSubnet', 'Enabled', 1480],
    ['routers between all machines', spread(3, 1, Underlay.routed), 'VXLAN', 'Disabled', 1450],
    ['filtered sources', spread(3, 1, Underlay.filtered), 'VXLAN', 'Disabled', 1450],
  ])('%s', (_name, facts, encapsulation, bgp, mtu) => {
    const rendered = render({}, facts);
    expect(network(rendered)).toMatchObject({ bgp, mtu, ipPools: [{ encapsulation }] });
    expect(rendered.calico).toMatchObject({ encapsulation, podMtu: mtu });
    expect(rendered.cluster).toHaveNoFindings({ from: 'error' });
  });
});

test('BGP is on exactly where the operator demands it', () => {
  const bgp = Object.values(Encapsulation).map((encapsulation) => [
    encapsulation,
    network(render({ encapsulation })).bgp,
  ]);
  expect(Object.fromEntries(bgp)).toEqual({
    None: 'Enabled',
    IPIP: 'Enabled',
    IPIPCrossSubnet: 'Enabled',
    VXLAN: 'Disabled',
    VXLANCrossSubnet: 'Disabled',
  });
});

test.each([
  [KubeProxyMode.IPTABLES, 'Iptables'],
  [KubeProxyMode.IPVS, 'Iptables'],
  [KubeProxyMode.NFTABLES, 'Nftables'],
  [undefined, 'Iptables'],
])('kube-proxy %s makes the dataplane %s', (kubeProxyMode, dataplane) => {
  expect(network(render({}, { kubeProxyMode })).linuxDataplane).toBe(dataplane);
});

test('one machine gets one Calico API server', () => {
  expect(render({}, spread(1, 1)).objects.find('Installation').spec.controlPlaneReplicas).toBe(1);
});

describe('Felix', () => {
  const spec = (...args: Parameters<typeof render>) =>
    render(...args).objects.find('FelixConfiguration').spec;
  const owned = [
    'healthPort',
    'vxlanVNI',
    'vxlanPort',
    'nftablesMode',
    'bpfEnabled',
    'programClusterRoutes',
  ];

  test.each(variants)('reports no usage and leaves the operator its fields: %s', (_name, make) => {
    const felix = make().objects.find('FelixConfiguration').spec;
    expect(felix.usageReportingEnabled).toBe(false);
    expect(Object.keys(felix).filter((field) => owned.includes(field))).toEqual([]);
  });

  test('measures the MTU on the NICs of the spec, and only on them', () => {
    const machines = ['eno1', 'bond0.100', 'eno1'].map((nic, n) => osloMachine(n + 1, { nic }));
    const { mtuIfacePattern } = spec({}, { machines });
    expect(mtuIfacePattern).toBe('^(bond0\\.100|eno1)$');
    expect(
      ['eno1', 'bond0.100', 'eno10', 'bond0x100'].map((nic) =>
        new RegExp(mtuIfacePattern).test(nic),
      ),
    ).toEqual([true, true, false, false]);
  });

  test('keeps its own pattern while a NIC is unknown', () => {
    const machines = [1, 2, 3].map((n) => osloMachine(n, n === 2 ? { nic: undefined } : {}));
    expect(spec({}, { machines, endpoint: external() })).toEqual({ usageReportingEnabled: false });
  });

  test('takes severity, metrics and checksum offload', () => {
    const felix = {
      logSeverityScreen: FelixLogSeverity.ERROR,
      prometheusMetricsPort: 9191,
      checksumOffload: false,
    };
    expect(spec({ encapsulation: Encapsulation.VXLAN, felix })).toEqual({
      usageReportingEnabled: false,
      mtuIfacePattern: '^(eno1)$',
      logSeverityScreen: 'Error',
      prometheusMetricsEnabled: true,
      prometheusMetricsPort: 9191,
      featureDetectOverride: 'ChecksumOffloadBroken=true',
    });
  });

  test('leaves checksum offload to its own detection when it is on', () => {
    expect(
      spec({ encapsulation: Encapsulation.VXLAN, felix: { checksumOffload: true } }),
    ).not.toHaveProperty('featureDetectOverride');
  });
});

test('no packet of a pod is larger than the underlay carries', () => {
  const encapsulations = fc.constantFrom(...Object.values(Encapsulation));
  fc.assert(
    fc.property(
      fc.integer({ min: 1280, max: 9216 }),
      encapsulations,
      fc.option(fc.nat(9216)),
      (mtu, encapsulation, own) => {
        const facts = { underlay: Underlay.flatL2({ mtu, roundTripTime: Duration.millis(1) }) };
        const overhead = overheadOf([{ wrapping: wrappingOf(encapsulation), family: 'IPv4' }]);
        const most = mtu - overhead;
        const make = () => network(render({ encapsulation, mtu: own ?? undefined }, facts)).mtu;
        if (own !== null && (own > most || own < Math.min(1280, most))) {
          expect(make).toThrow('mtu must be between');
          return;
        }
        const rendered = make();
        expect(rendered + overhead).toBeLessThanOrEqual(mtu);
        expect(rendered).toBe(own ?? most);
      },
    ),
    { numRuns: 60 },
  );
});

function external() {
  // A virtual IP wants to know every control plane's NIC.
  return ApiEndpoint.external({ dnsName: 'api.oslo.example', address: '10.20.0.10' });
}
