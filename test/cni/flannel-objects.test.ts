import { Chart, Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  Cluster,
  FlannelBackend,
  FlannelInterface,
  FlannelWireguardMode,
  KubeProxyMode,
  Underlay,
  ZoneLink,
  type ClusterProps,
} from '../../lib';
import { wrappingBytes } from '../../lib/cluster';
import { TunedFlannel } from '../../lib/cni';
import { unexplainedLeaves } from '../support/coverage';
import { osloProps } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { phases } from '../support/phases';
import { spread } from './calico';
import {
  args,
  cniConf,
  dualStack,
  ipv6Only,
  netConf,
  pod,
  render,
  type RenderedFlannel,
} from './flannel';

const backends: Array<[string, FlannelBackend]> = [
  ['vxlan', FlannelBackend.vxlan()],
  ['host-gw', FlannelBackend.hostGw()],
  ['wireguard', FlannelBackend.wireguard({ persistentKeepalive: Duration.seconds(25) })],
  ['udp', FlannelBackend.udp({ debug: true })],
];

/** Every shape of the output: backends, families, a mirror, all options, nftables, one machine. */
const variants: Array<[string, () => RenderedFlannel]> = [
  ...backends.map(([name, backend]): [string, () => RenderedFlannel] => [
    `backend ${name}`,
    () => render({ backend }),
  ]),
  ['dual stack', () => render({}, dualStack)],
  ['dual stack, wireguard', () => render({ backend: FlannelBackend.wireguard() }, dualStack)],
  ['dual stack, host-gw', () => render({ backend: FlannelBackend.hostGw() }, dualStack)],
  ['IPv6 alone', () => render({}, ipv6Only)],
  [
    'a mirror',
    () => render({}, { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['a', 'b'] }),
  ],
  [
    'all options',
    () =>
      render({
        backend: FlannelBackend.vxlan({ vni: 7, port: 4789, directRouting: false }),
        mtu: 1400,
        interface: FlannelInterface.named('eno1', 'eth0'),
        checksumOffload: false,
        nftables: false,
        ipMasq: true,
        ipMasqRandomFully: false,
        iptablesForwardRules: false,
        iptablesResync: Duration.minutes(1),
        ipBlackholeRoute: true,
        setNodeNetworkUnavailable: false,
        hairpinMode: false,
        healthzPort: 18081,
        image: 'registry.example.no/flannel:v0.28.9',
        cniPluginImage: 'registry.example.no/plugin:v1',
        cpuRequestMillicores: 50,
        memoryRequest: Size.mebibytes(64),
        etcdConfig: '{"Network":"10.244.0.0/16"}',
      }),
  ],
  ['nftables', () => render({}, { kubeProxyMode: KubeProxyMode.NFTABLES })],
  ['no masquerade', () => render({ ipMasq: false })],
  ['one machine', () => render({}, spread(1, 1))],
];

describeWithUpstream('every object passes a strict API server', () => {
  test.each(variants)('%s', (_name, make) => {
    expect(make().objects.all.flatMap((o) => validateStrictly(o))).toEqual([]);
  });
});

test.each(variants)('every value has a reason: %s', (_name, make) => {
  const rendered = make();
  const { cluster, objects } = rendered;
  const template = 'DaemonSet.spec.template';
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      ...['EnableIPv4', 'EnableIPv6', 'Network', 'IPv6Network'].map((f) => `net-conf.json.${f}`),
      `${template}.spec.imagePullSecrets`,
      `${template}.spec.containers.image`,
      `${template}.spec.initContainers.image`,
    ],
    structural: [
      // Access, mounts and folders are compared one by one with upstream.
      'ClusterRole.rules',
      'ClusterRoleBinding.roleRef',
      'ClusterRoleBinding.subjects',
      'cni-conf.json.plugins.type',
      'DaemonSet.spec.selector',
      'DaemonSet.spec.updateStrategy.type',
      // Names for this test.
      'cni-conf.json.kind',
      'net-conf.json.kind',
      `${template}.metadata`,
      ...['affinity', 'serviceAccountName', 'volumes'].map((f) => `${template}.spec.${f}`),
      ...['name', 'command', 'args', 'volumeMounts'].map(
        (f) => `${template}.spec.initContainers.${f}`,
      ),
      ...['name', 'command', 'ports', 'env', 'volumeMounts'].map(
        (f) => `${template}.spec.containers.${f}`,
      ),
      // The arguments and the texts of the ConfigMap follow, taken apart.
      `${template}.spec.containers.args`,
      'ConfigMap.data',
    ],
  };
  const flags = Object.fromEntries(args(rendered).map((arg) => arg.split('=').concat('true')));
  const apart = [
    { kind: 'flanneld', ...flags },
    { kind: 'net-conf.json', ...netConf(rendered) },
    { ...cniConf(rendered), kind: 'cni-conf.json' },
  ];
  expect([...objects.all, ...apart].flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

test('all is applied in one phase, the configuration before the pods', () => {
  expect(phases(render().flannel)).toEqual([
    '20-cni Namespace kube-flannel',
    '20-cni ServiceAccount flannel',
    '20-cni ClusterRole flannel',
    '20-cni ClusterRoleBinding flannel',
    '20-cni ConfigMap kube-flannel-cfg',
    '20-cni DaemonSet kube-flannel-ds',
  ]);
});

test('the flagship: vxlan with direct routes', () => {
  const rendered = render();
  expect(netConf(rendered)).toEqual({
    EnableIPv4: true,
    Network: '10.244.0.0/16',
    EnableIPv6: false,
    EnableNFTables: false,
    Backend: { Type: 'vxlan', VNI: 1, Port: 8472, DirectRouting: true, MTU: 1500 },
  });
  expect(rendered.flannel).toMatchObject({ backend: 'vxlan', podMtu: 1450 });
  expect(args(rendered)).toEqual([
    '--ip-masq',
    '--kube-subnet-mgr',
    '--healthz-ip=127.0.0.1',
    '--healthz-port=8081',
    '--iface=$(HOST_IP)',
  ]);
  expect(cniConf(rendered)).toEqual({
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [
      { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
});

describe('direct routes follow the underlay', () => {
  const direct = (facts: Partial<ClusterProps>, backend?: FlannelBackend) =>
    netConf(render({ backend }, facts)).Backend.DirectRouting;
  const filteredSegment = (o: { mtu: number }) =>
    Underlay.of({ ...o, l2Adjacent: true, filtersSourceAddresses: true });
  const single = (o: { mtu: number }) => Underlay.flatL2({ ...o, singleAddresses: true });

  test.each([
    ['one segment', spread(3, 1), true],
    ['segments joined by routers', spread(4, 2), true],
    ['routers between all machines', spread(3, 1, Underlay.routed), false],
    ['filtered sources', spread(3, 1, Underlay.filtered), false],
    ['filtered sources on one segment', spread(3, 1, filteredSegment), false],
    ['single addresses', spread(3, 1, single), false],
  ])('%s', (_name, facts, expected) => {
    expect(direct(facts)).toBe(expected);
    expect(direct(facts, FlannelBackend.vxlan({ directRouting: !expected }))).toBe(!expected);
  });

  test('the decision says why', () => {
    const why = (underlay: Underlay) =>
      render({}, { underlay })
        .cluster.decisions()
        .find((d) => d.key === 'net-conf.json.Backend.DirectRouting')!.why;
    const reasons = [Underlay.flatL2, Underlay.routed, Underlay.filtered, single].map((make) =>
      why(make({ mtu: 1500 })),
    );
    expect(new Set(reasons).size).toBe(4);
  });
});

describe('options reach flannel', () => {
  const backend = (b: FlannelBackend, facts: Partial<ClusterProps> = {}) =>
    netConf(render({ backend: b }, facts)).Backend;

  test('vxlan', () => {
    expect(backend(FlannelBackend.vxlan({ vni: 7, port: 4789 }))).toEqual({
      Type: 'vxlan',
      VNI: 7,
      Port: 4789,
      DirectRouting: true,
      MTU: 1500,
    });
  });

  test('host-gw and udp leave the MTU to the chain of plugins', () => {
    const facts = { underlay: Underlay.flatL2({ mtu: 1500 }) };
    const hostGw = render({ backend: FlannelBackend.hostGw() }, facts);
    const udp = render({ backend: FlannelBackend.udp({ debug: true, port: 9999 }) }, facts);
    expect(netConf(hostGw).Backend).toEqual({ Type: 'host-gw' });
    expect(netConf(udp).Backend).toEqual({ Type: 'udp', Port: 9999 });
    expect([hostGw, udp].map((r) => cniConf(r).plugins[0].delegate.mtu)).toEqual([1500, 1472]);
  });

  test('wireguard', () => {
    const options = { listenPort: 4000, persistentKeepalive: Duration.seconds(25) };
    expect(backend(FlannelBackend.wireguard(options))).toEqual({
      Type: 'wireguard',
      ListenPort: 4000,
      Mode: 'separate',
      MTU: 1500,
      PersistentKeepaliveInterval: 25,
    });
    expect(backend(FlannelBackend.wireguard({ listenPortV6: 4001 }), dualStack)).toEqual({
      Type: 'wireguard',
      ListenPort: 51820,
      ListenPortV6: 4001,
      Mode: 'separate',
      MTU: 1500,
    });
  });

  test.each([FlannelWireguardMode.AUTO, FlannelWireguardMode.IPV4, FlannelWireguardMode.IPV6])(
    'wireguard mode %s has one port',
    (mode) => {
      expect(backend(FlannelBackend.wireguard({ mode }), dualStack)).toMatchObject({
        ListenPort: 51820,
        ListenPortV6: 51820,
        Mode: mode,
      });
    },
  );

  test.each([
    [{ ipMasq: false }, '--ip-masq=false'],
    [{ ipMasqRandomFully: false }, '--ip-masq-fully-random-disable'],
    [{ iptablesForwardRules: false }, '--iptables-forward-rules=false'],
    [{ iptablesResync: Duration.minutes(1) }, '--iptables-resync=60'],
    [{ ipBlackholeRoute: true }, '--ip-blackhole-route'],
    [{ setNodeNetworkUnavailable: false }, '--set-node-network-unavailable=false'],
    [{ healthzPort: 18081 }, '--healthz-port=18081'],
    [{ interface: FlannelInterface.named('eno1', 'eth0') }, '--iface=eno1 --iface=eth0'],
    [{ interface: FlannelInterface.regex('^eno1$') }, '--iface-regex=^eno1$'],
    [{ interface: FlannelInterface.canReach('10.20.0.1') }, '--iface-can-reach=10.20.0.1'],
  ])('%j', (options, expected) => {
    const before = args(render());
    const after = args(render(options));
    expect(before.join(' ')).not.toContain(expected);
    expect(after.join(' ')).toContain(expected);
    const found = after.filter((arg) => arg.startsWith('--iface')).length;
    expect(found).toBe(expected.split(' ').filter((arg) => arg.startsWith('--iface')).length || 1);
  });

  test('a default spelt out changes nothing', () => {
    const spelt = {
      backend: FlannelBackend.vxlan(),
      mtu: 1450,
      interface: FlannelInterface.nodeInternalIp(),
      checksumOffload: true,
      nftables: false,
      ipMasq: true,
      ipMasqRandomFully: true,
      iptablesForwardRules: true,
      ipBlackholeRoute: false,
      setNodeNetworkUnavailable: true,
      hairpinMode: true,
      healthzPort: 8081,
      cpuRequestMillicores: 100,
      memoryRequest: Size.mebibytes(50),
    };
    expect(render(spelt).objects).toEqual(render().objects);
  });

  test('hairpin, health, requests, images', () => {
    const options = {
      hairpinMode: false,
      healthzPort: 18081,
      cpuRequestMillicores: 50,
      memoryRequest: Size.gibibytes(1),
      image: 'registry.example.no/flannel:v0.28.9',
      cniPluginImage: 'registry.example.no/plugin:v1',
    };
    const rendered = render(options);
    const [container] = pod(rendered).containers;
    expect(cniConf(rendered).plugins[0].delegate.hairpinMode).toBe(false);
    expect(container.ports[0].containerPort).toBe(18081);
    expect(container.resources).toEqual({ requests: { cpu: '50m', memory: '1024Mi' } });
    expect([container, ...pod(rendered).initContainers].map((c) => c.image)).toEqual([
      'registry.example.no/flannel:v0.28.9',
      'registry.example.no/plugin:v1',
      'registry.example.no/flannel:v0.28.9',
    ]);
  });

  test('without masquerade the bridge plugin does none either', () => {
    expect(cniConf(render({ ipMasq: false })).plugins[0].delegate).toEqual({
      hairpinMode: true,
      isDefaultGateway: true,
      ipMasq: false,
    });
    expect(cniConf(render()).plugins[0].delegate).not.toHaveProperty('ipMasq');
  });

  test('udp opens the tun device', () => {
    const spec = pod(render({ backend: FlannelBackend.udp({ debug: true }) }));
    const [container] = spec.containers;
    expect(container.securityContext.privileged).toBe(true);
    expect(container.volumeMounts).toContainEqual({ name: 'tun', mountPath: '/dev/net/tun' });
    expect(spec.volumes).toContainEqual({
      name: 'tun',
      hostPath: { path: '/dev/net/tun', type: 'CharDevice' },
    });
    expect(pod(render()).containers[0].securityContext.privileged).toBe(false);
  });
});

test('a new text is a new pod, the same text is the same one', () => {
  const hash = (rendered: RenderedFlannel) =>
    rendered.objects.find('DaemonSet').spec.template.metadata.annotations[
      'cdk8s-groundwork/config-hash'
    ];
  expect(hash(render())).toMatch(/^[0-9a-f]{12}$/);
  expect(hash(render())).toBe(hash(render()));
  const changed = [{ mtu: 1400 }, { hairpinMode: false }].map((options) => hash(render(options)));
  expect(new Set([hash(render()), ...changed]).size).toBe(3);
});

test('a tunnel that a restart interrupts is restarted one machine at a time', () => {
  const steps = backends.map(
    ([, backend]) =>
      render({ backend }).objects.find('DaemonSet').spec.updateStrategy.rollingUpdate
        .maxUnavailable,
  );
  expect(steps).toEqual(['10%', '10%', 1, 1]);
});

test('a mirror serves all images, pull secrets reach the pod', () => {
  const facts = { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['mirror'] };
  const spec = pod(render({}, facts));
  expect([...spec.initContainers, ...spec.containers].map((c: any) => c.image)).toEqual([
    'mirror.example.no/k8s/flannel-io/flannel-cni-plugin:v1.9.1-flannel3',
    'mirror.example.no/k8s/flannel-io/flannel:v0.28.9',
    'mirror.example.no/k8s/flannel-io/flannel:v0.28.9',
  ]);
  expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }]);
});

describe('families', () => {
  test('both', () => {
    expect(netConf(render({}, dualStack))).toMatchObject({
      EnableIPv4: true,
      Network: '10.244.0.0/16',
      EnableIPv6: true,
      IPv6Network: 'fd00:244::/56',
      // flannel takes 50 off where IPv6 needs 70.
      Backend: { MTU: 1480 },
    });
  });

  test('IPv6 alone has no network of IPv4', () => {
    const conf = netConf(render({}, ipv6Only));
    expect(conf).toMatchObject({
      EnableIPv4: false,
      EnableIPv6: true,
      IPv6Network: 'fd00:244::/56',
      Backend: { MTU: 1480 },
    });
    expect(conf).not.toHaveProperty('Network');
  });
});

test.each([
  [KubeProxyMode.IPTABLES, false],
  [KubeProxyMode.IPVS, false],
  [KubeProxyMode.NFTABLES, true],
  [undefined, false],
])('kube-proxy %s makes EnableNFTables %s', (kubeProxyMode, expected) => {
  const rendered = render({}, { kubeProxyMode });
  expect(netConf(rendered).EnableNFTables).toBe(expected);
  expect(rendered.cluster._summary('cni')!.dataplane).toBe(expected ? 'nftables' : 'iptables');
});

test('configure makes the same construct', () => {
  const configuration = TunedFlannel.configure({ mtu: 1400 });
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', {
    clusterName: 'oslo',
    ...osloProps({ cni: configuration.kind }),
  });
  const flannel = configuration.create(chart, 'cni', cluster);
  expect(flannel).toBeInstanceOf(TunedFlannel);
  expect(flannel).toMatchObject({ backend: 'vxlan', podMtu: 1400 });
  expect(cluster._summary('cni')).toMatchObject({
    path: 'oslo/cni',
    kind: 'flannel',
    label: 'flannel v0.28.9',
    encapsulation: 'vxlan with direct routes',
    bgp: false,
    podMtu: 1400,
    dataplane: 'iptables',
  });
});

describe('no packet of a pod is larger than the smallest way carries', () => {
  const makers: Record<string, () => FlannelBackend> = {
    vxlan: () => FlannelBackend.vxlan(),
    'host-gw': () => FlannelBackend.hostGw(),
    wireguard: () => FlannelBackend.wireguard(),
    udp: () => FlannelBackend.udp({ debug: true }),
  };
  const families: Record<string, Partial<ClusterProps>> = { IPv4: {}, both: dualStack };
  /** By the headers, not by flannel's own constants: outer IP, UDP, tunnel. */
  const grows = (type: string, ipv6: boolean) =>
    ({
      vxlan: wrappingBytes.VXLAN[ipv6 ? 'IPv6' : 'IPv4'],
      wireguard: wrappingBytes.WireGuard[ipv6 ? 'IPv6' : 'IPv4'],
      'host-gw': 0,
      udp: 28,
    })[type]!;
  /** What flannel makes of its configuration: vxlan/device.go, wireguard/wireguard_network.go. */
  const effective = (rendered: RenderedFlannel) => {
    const { Type, MTU } = netConf(rendered).Backend;
    const own: Record<string, number> = { vxlan: MTU - 50, wireguard: MTU - 80 };
    return own[Type] ?? cniConf(rendered).plugins[0].delegate.mtu;
  };

  test('any MTU, backend, family and choice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1360, max: 9216 }),
        fc.constantFrom(...Object.keys(makers)),
        fc.constantFrom(...Object.keys(families)),
        fc.option(fc.integer({ min: 1200, max: 9300 })),
        (mtu, type, family, own) => {
          fc.pre(type !== 'udp' || family === 'IPv4');
          const underlay = Underlay.flatL2({ mtu });
          const most = mtu - grows(type, family === 'both');
          const make = () =>
            render(
              { backend: makers[type]!(), mtu: own ?? undefined },
              { ...families[family], underlay },
            );
          if (own !== null && (own > most || own < 1280)) {
            expect(make).toThrow('mtu must be between');
            return;
          }
          const rendered = make();
          expect(effective(rendered)).toBe(rendered.flannel.podMtu);
          expect(effective(rendered) + grows(type, family === 'both')).toBeLessThanOrEqual(mtu);
          if (own !== null) {
            expect(effective(rendered)).toBe(own);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  test('the smallest NIC, zone or link counts, not the underlay', () => {
    const facts = spread(4, 2);
    const underlay = Underlay.flatL2({
      mtu: 9000,
      links: [ZoneLink.between('oslo-1', 'oslo-2', { mtu: 1400 })],
    });
    expect(netConf(render({}, { ...facts, underlay })).Backend.MTU).toBe(1400);
  });
});
