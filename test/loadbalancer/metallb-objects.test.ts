import { Duration } from 'cdk8s';
import { parse } from 'yaml';
import {
  ApiEndpoint,
  LoadBalancerKind,
  MetalLbMode,
  SecretRef,
  Underlay,
  Zone,
  type ClusterProps,
} from '../../lib';
import type { ObjectSet } from '../../lib/testing';
import { unexplainedLeaves } from '../support/coverage';
import { dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { phases } from '../support/phases';
import { metalLb, worker } from './balancer';

const customs = (objects: ObjectSet) =>
  objects.all
    .filter(({ apiVersion }) => apiVersion.startsWith('metallb.io/'))
    .map(({ apiVersion, kind, metadata, spec }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      spec,
    }));
const withWorkers: Partial<ClusterProps> = {
  machines: [...[1, 2, 3].map((n) => osloMachine(n)), worker(1), worker(2)],
};
const twoZones: Partial<ClusterProps> = {
  zones: [
    Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
    Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
  ],
  machines: [...[1, 2, 3].map((n) => osloMachine(n)), worker(1), worker(2, 'oslo-2', '10.21.0.22')],
};
const routed = [{ name: 'edge', addresses: ['203.0.113.16/28'] }];

test('the flagship: a pool, and one advertisement on the NIC of the node network', () => {
  expect(customs(metalLb().objects)).toEqual([
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      name: 'edge',
      spec: { addresses: ['10.20.0.128/28'], autoAssign: true, avoidBuggyIPs: false },
    },
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'L2Advertisement',
      name: 'groundwork',
      spec: { ipAddressPools: ['edge'], interfaces: ['eno1'] },
    },
  ]);
});

test('pools say to whom they give, and interfaces and machines are the ones that are named', () => {
  const { objects } = metalLb({
    pools: [
      {
        name: 'edge',
        addresses: ['10.20.0.130-10.20.0.133'],
        autoAssign: false,
        avoidBuggyIps: true,
        serviceAllocation: {
          priority: 10,
          namespaces: ['nginx-ingress'],
          namespaceSelector: { team: 'edge' },
          serviceSelector: { b: '2', a: '1' },
        },
      },
    ],
    mode: MetalLbMode.layer2({ interfaces: ['bond0'], nodeSelector: { edge: 'true' } }),
  });
  expect(customs(objects).map(({ spec }) => spec)).toEqual([
    {
      addresses: ['10.20.0.130-10.20.0.133'],
      autoAssign: false,
      avoidBuggyIPs: true,
      serviceAllocation: {
        priority: 10,
        namespaces: ['nginx-ingress'],
        namespaceSelectors: [{ matchLabels: { team: 'edge' } }],
        serviceSelectors: [{ matchLabels: { a: '1', b: '2' } }],
      },
    },
    {
      ipAddressPools: ['edge'],
      interfaces: ['bond0'],
      nodeSelectors: [{ matchLabels: { edge: 'true' } }],
    },
  ]);
});

test('a machine that names no NIC leaves the choice to the speakers', () => {
  const machines = [osloMachine(1), osloMachine(2), osloMachine(3, { nic: undefined })];
  const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
  const { objects } = metalLb({}, { machines, endpoint });
  expect(objects.find('L2Advertisement').spec).toEqual({ ipAddressPools: ['edge'] });
});

test('every zone answers for its own pools only', () => {
  const { objects } = metalLb(
    {
      pools: [
        { name: 'one', addresses: ['10.20.0.128/28'] },
        { name: 'two', addresses: ['10.21.0.128/28'] },
        { name: 'three', addresses: ['10.21.0.160-10.21.0.170'] },
      ],
    },
    twoZones,
  );
  const advertised = objects.all.filter(({ kind }) => kind === 'L2Advertisement');
  expect(advertised.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
    [
      'groundwork-oslo-1',
      {
        ipAddressPools: ['one'],
        interfaces: ['eno1'],
        nodeSelectors: [{ matchLabels: { 'topology.kubernetes.io/zone': 'oslo-1' } }],
      },
    ],
    [
      'groundwork-oslo-2',
      {
        ipAddressPools: ['two', 'three'],
        interfaces: ['eno1'],
        nodeSelectors: [{ matchLabels: { 'topology.kubernetes.io/zone': 'oslo-2' } }],
      },
    ],
  ]);
});

test('a pool may hold both families of one zone', () => {
  const pools = [{ name: 'edge', addresses: ['10.20.0.128/28', 'fd00:20::1:0/112'] }];
  const { objects } = metalLb({ pools }, dualStack());
  expect(objects.find('IPAddressPool').spec.addresses).toEqual(pools[0].addresses);
});

test('BGP: sessions and routes', () => {
  const { objects } = metalLb(
    {
      pools: routed,
      mode: MetalLbMode.bgp({
        asNumber: 64512,
        peers: [
          { address: '10.20.0.1', asNumber: 64513, zone: 'oslo-1' },
          {
            address: '192.0.2.7',
            asNumber: 64514,
            port: 1179,
            holdTime: Duration.seconds(30),
            password: SecretRef.of('tor', 'password'),
            nodeSelector: { rack: 'a' },
          },
        ],
        advertisements: [
          {
            aggregationLength: 28,
            localPref: 200,
            communities: ['64512:100'],
            peers: ['192.0.2.7'],
            nodeSelector: { rack: 'a' },
          },
          { pools: ['edge'] },
        ],
      }),
    },
    withWorkers,
  );
  expect(customs(objects)).toEqual([
    expect.objectContaining({ kind: 'IPAddressPool', name: 'edge' }),
    {
      apiVersion: 'metallb.io/v1beta2',
      kind: 'BGPPeer',
      name: 'router-oslo-1-10-20-0-1',
      spec: {
        myASN: 64512,
        peerASN: 64513,
        peerAddress: '10.20.0.1',
        peerPort: 179,
        holdTime: '9s',
        nodeSelectors: [{ matchLabels: { 'topology.kubernetes.io/zone': 'oslo-1' } }],
      },
    },
    {
      apiVersion: 'metallb.io/v1beta2',
      kind: 'BGPPeer',
      name: 'router-192-0-2-7',
      spec: {
        myASN: 64512,
        peerASN: 64514,
        peerAddress: '192.0.2.7',
        peerPort: 1179,
        holdTime: '30s',
        passwordSecret: { name: 'tor', namespace: 'metallb-system' },
        nodeSelectors: [{ matchLabels: { rack: 'a' } }],
      },
    },
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'BGPAdvertisement',
      name: 'groundwork-1',
      spec: {
        ipAddressPools: ['edge'],
        aggregationLength: 28,
        localPref: 200,
        communities: ['64512:100'],
        peers: ['router-192-0-2-7'],
        nodeSelectors: [{ matchLabels: { rack: 'a' } }],
      },
    },
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'BGPAdvertisement',
      name: 'groundwork-2',
      spec: { ipAddressPools: ['edge'], aggregationLength: 32 },
    },
  ]);
});

describe('control planes', () => {
  const speaker = (objects: ObjectSet) => objects.find('DaemonSet').spec.template.spec;
  const label = 'node-role.kubernetes.io/control-plane';

  test('without workers they announce, whatever label they have, and run the controller', () => {
    const { objects } = metalLb();
    expect(speaker(objects).containers[0].args).toContain('--ignore-exclude-lb');
    const controller = objects.find('Deployment').spec.template.spec;
    for (const { tolerations } of [speaker(objects), controller]) {
      expect(tolerations).toEqual([{ key: label, operator: 'Exists', effect: 'NoSchedule' }]);
    }
  });

  test('beside workers they are left alone, unless somebody wants them', () => {
    const { objects } = metalLb({}, withWorkers);
    expect(speaker(objects).containers[0].args).toEqual(['--port=9120', '--log-level=info']);
    expect(speaker(objects).tolerations).toEqual([]);
    expect(objects.find('Deployment').spec.template.spec.tolerations).toEqual([]);
    const both = metalLb({ announceFromControlPlanes: true }, withWorkers).objects;
    expect(speaker(both).containers[0].args).toContain('--ignore-exclude-lb');
    expect(speaker(both).tolerations).toHaveLength(1);
  });
});

test('pods keep to the restricted level, but for what a speaker is for', () => {
  const { objects } = metalLb();
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
  const controller = objects.find('Deployment').spec.template.spec;
  expect(controller.containers[0].securityContext).toEqual(restricted);
  expect(controller.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  const speaker = objects.find('DaemonSet').spec.template.spec.containers[0];
  expect(speaker.securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_RAW'] });
  const level = objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce'];
  expect(level).toBe('privileged');
});

test('BGP needs neither frames of its own, nor memberlist and its key', () => {
  const mode = MetalLbMode.bgp({
    asNumber: 64512,
    peers: [{ address: '192.0.2.7', asNumber: 64513 }],
  });
  const { objects } = metalLb({ pools: routed, mode });
  const pod = objects.find('DaemonSet').spec.template.spec;
  expect(pod.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'] });
  // A speaker tries every device that is not excluded, and writes an error for each without NET_RAW.
  expect(pod.volumes).toEqual([
    { name: 'metallb-excludel2', configMap: { name: 'metallb-excludel2' } },
  ]);
  expect(pod.containers[0].volumeMounts).toEqual([
    { name: 'metallb-excludel2', mountPath: '/etc/metallb', readOnly: true },
  ]);
  const excluded = parse(objects.find('ConfigMap').data['excludel2.yaml']);
  expect(
    ['lo', 'eno1', 'cali12'].filter(
      (nic) => !excluded.announcedInterfacesToExclude.some((one: string) => nic.match(one)),
    ),
  ).toEqual([]);
  expect(pod.containers[0].env.map(({ name }: any) => name)).toEqual([
    'METALLB_NODE_NAME',
    'METALLB_POD_NAME',
  ]);
  expect(JSON.stringify(objects)).not.toMatch(/METALLB_ML|7946/);
});

test('images come from the mirror, and every pod lists the pull secrets', () => {
  const { objects } = metalLb(
    {},
    { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['pull'] },
  );
  for (const kind of ['Deployment', 'DaemonSet']) {
    const { containers, imagePullSecrets } = objects.find(kind).spec.template.spec;
    expect(containers[0].image).toMatch(/^mirror\.example\.no\/k8s\/metallb\/\w+:v0\.16\.1$/);
    expect(imagePullSecrets).toEqual([{ name: 'pull' }]);
  }
});

test('metrics: asked about by both, and read by whoever has the role', () => {
  const { objects } = metalLb({ metrics: true });
  for (const name of ['metallb-system:controller', 'metallb-system:speaker']) {
    expect(objects.find('ClusterRole', name).rules).toContainEqual({
      apiGroups: ['authorization.k8s.io'],
      resources: ['subjectaccessreviews'],
      verbs: ['create'],
    });
  }
  expect(objects.find('ClusterRole', 'metallb-metrics-reader').rules).toEqual([
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  ]);
  expect(JSON.stringify(metalLb().objects)).not.toMatch(/prometheus|subjectaccess/);
});

test('the controller is reached by probes, and by whom an option brings', () => {
  const ports = (options: object) =>
    metalLb(options)
      .objects.find('NetworkPolicy')
      .spec.ingress[0].ports.map(({ port }: any) => port);
  expect(ports({})).toEqual([17472]);
  expect(ports({ validatingWebhook: true, metrics: true })).toEqual([17472, 9443, 9120]);
  expect(metalLb().objects.find('NetworkPolicy').spec.egress).toEqual([
    {
      to: [1, 2, 3].map((n) => ({ ipBlock: { cidr: `10.20.0.1${n}/32` } })),
      ports: [{ protocol: 'TCP', port: 6443 }],
    },
    { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] },
  ]);
});

test('the controllers come first, and what they read after its definitions', () => {
  const { chart, cluster } = metalLb({ validatingWebhook: true });
  for (const line of phases(chart)) {
    const late = / (IPAddressPool|L2Advertisement) /.test(line);
    expect(line.startsWith(late ? '45-load-balancer-config ' : '40-load-balancer ')).toBe(true);
  }
  const waits = cluster._waits('after', '40-load-balancer' as never);
  expect(waits).toHaveLength(9);
  expect(waits[0]).toEqual({
    resource: 'crd/ipaddresspools.metallb.io',
    condition: 'Established',
    minutes: 5,
    needed: true,
  });
});

describe('what the machines are asked for', () => {
  const ports = (options: object, facts: Partial<ClusterProps> = {}, name = 'cp-1') => {
    const { cluster } = metalLb(options, facts);
    const machine = cluster.machines.find((m) => m.name === name)!;
    return cluster.ledger.forMachine(machine).ports.map(({ key }) => key);
  };

  test('memberlist between speakers, and every address of the pools', () => {
    const pools = [{ name: 'edge', addresses: ['10.20.0.130-10.20.0.134'] }];
    expect(ports({ pools })).toEqual([
      '7946/tcp from machines',
      '7946/udp from machines',
      'to 10.20.0.130/31 from anywhere',
      'to 10.20.0.132/31 from anywhere',
      'to 10.20.0.134/32 from anywhere',
    ]);
  });

  test('only where there is a speaker', () => {
    expect(ports({}, withWorkers)).toEqual(['to 10.20.0.128/28 from anywhere']);
    expect(ports({}, withWorkers, 'w-1')).toContain('7946/tcp from machines');
  });

  test('metrics for scrapers, which are pods', () => {
    expect(ports({ metrics: true })).toEqual(
      expect.arrayContaining(['9120/tcp from machines', '9120/tcp from pods']),
    );
  });

  test('nothing for BGP, which MetalLB only dials', () => {
    const mode = MetalLbMode.bgp({
      asNumber: 64512,
      peers: [{ address: '192.0.2.7', asNumber: 64513 }],
    });
    expect(ports({ pools: routed, mode })).toEqual(['to 203.0.113.16/28 from anywhere']);
  });
});

test('it tells the others what it is', () => {
  const { cluster } = metalLb();
  expect(cluster.loadBalancer).toBe(LoadBalancerKind.METALLB_L2);
  const { own: _own, ...told } = cluster._summary('loadBalancer')!;
  expect(told).toEqual({
    path: 'oslo/lb',
    kind: 'metallb-l2',
    label: 'MetalLB v0.16.1',
    pools: [
      {
        name: 'edge',
        label: '10.20.0.128/28',
        cidrs: ['10.20.0.128/28'],
        zone: 'oslo-1',
        automatic: true,
        namespaces: undefined,
      },
    ],
    bgpPeers: [],
    fromControlPlanes: true,
  });
});

test('every value of the pods has a reason', () => {
  const { cluster, objects } = metalLb({ validatingWebhook: true, metrics: true });
  const pod = 'spec.template.spec';
  const explained = {
    decisions: cluster.decisions(),
    facts: [`*.${pod}.containers.image`],
    structural: [
      '*.spec.selector',
      '*.spec.template.metadata',
      ...['serviceAccountName', 'nodeSelector', 'hostNetwork', 'volumes'].map(
        (p) => `*.${pod}.${p}`,
      ),
      ...['name', 'env', 'ports', 'volumeMounts', 'livenessProbe', 'readinessProbe'].map(
        (p) => `*.${pod}.containers.${p}`,
      ),
    ],
  };
  const pods = objects.all.filter(({ kind }) =>
    ['Deployment', 'DaemonSet', 'ConfigMap'].includes(kind),
  );
  expect(pods).toHaveLength(3);
  expect(pods.flatMap((object) => unexplainedLeaves(object, explained))).toEqual([]);
});

test('every decision has a reason and a source', () => {
  const { cluster } = metalLb(
    { validatingWebhook: true },
    { underlay: Underlay.flatL2({ mtu: 1500 }) },
  );
  const mine = cluster.decisions().filter(({ path }) => path === 'oslo/lb');
  expect(mine.length).toBeGreaterThan(15);
  expect(mine.filter(({ why, source }) => why === '' || source === '')).toEqual([]);
  expect(mine.map(({ key }) => key)).toContain('L2Advertisement.spec.interfaces');
});
