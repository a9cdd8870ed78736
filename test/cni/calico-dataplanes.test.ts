import { Duration } from 'cdk8s';
import { ApiEndpoint, ApiEndpointKind, Encapsulation, NvmeControlPlane, Underlay } from '../../lib';
import {
  BpfConnectTimeLoadBalancing,
  BpfExternalServiceMode,
  LinuxDataplane,
  NodeAddressAutodetection,
  TunedCalico,
} from '../../lib/cni';
import '../../lib/testing/jest';
import { dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { network, render, said } from './calico';
import { onlyV6, WITHOUT_PROXY } from './calico-variants';

const felix = (...args: Parameters<typeof render>) =>
  render(...args).objects.find('FelixConfiguration').spec;
const needs = (...args: Parameters<typeof render>) => {
  const { cluster } = render(...args);
  const { kernelModules, ports, sysctls } = cluster.ledger.forMachine(cluster.machines[0]!);
  return {
    modules: kernelModules.map(({ key }) => key),
    ports: ports.map(({ key }) => key),
    sysctls: sysctls.map(({ key }) => key),
  };
};

describe('address families', () => {
  test('two pools, two ways to find an address; IPv6 leaves with the address of its machine', () => {
    const spec = network(render({}, dualStack()));
    expect(spec).toMatchObject({
      bgp: 'Enabled',
      mtu: 1500,
      nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' },
      nodeAddressAutodetectionV6: { kubernetes: 'NodeInternalIP' },
      ipPools: [
        { name: 'default-ipv4-ippool', cidr: '10.244.0.0/16', blockSize: 26 },
        {
          name: 'default-ipv6-ippool',
          cidr: 'fd00:244::/56',
          blockSize: 122,
          encapsulation: 'None',
          natOutgoing: 'Enabled',
        },
      ],
    });
  });

  test.each([
    [Encapsulation.IPIP, 'VXLAN', 1430],
    [Encapsulation.IPIP_CROSS_SUBNET, 'VXLANCrossSubnet', 1430],
    [Encapsulation.VXLAN, 'VXLAN', 1430],
    [Encapsulation.VXLAN_CROSS_SUBNET, 'VXLANCrossSubnet', 1430],
    [Encapsulation.NONE, 'None', 1500],
  ])('IPv6 beside %s goes by %s', (encapsulation, second, mtu) => {
    const rendered = render({ encapsulation }, dualStack());
    const { ipPools, mtu: pods } = network(rendered);
    expect([ipPools[0].encapsulation, ipPools[1].encapsulation, pods]).toEqual([
      encapsulation,
      second,
      mtu,
    ]);
    const rows = rendered.cluster.decisions().filter(({ key }) => /ippool\].enc/.test(key));
    expect(rows.map(({ value }) => value)).toEqual([encapsulation, second]);
    expect(rows[1]!.why.startsWith('IP in IP carries IPv4 only')).toBe(second !== encapsulation);
  });

  test('blockSize is about IPv4; each pool may have its own', () => {
    const sizes = (options: object) =>
      network(render(options, dualStack())).ipPools.map((p: any) => p.blockSize);
    expect(sizes({ blockSize: 28 })).toEqual([28, 122]);
    const ipPools = [{ cidr: '10.244.0.0/16' }, { cidr: 'fd00:244::/124' }];
    expect(sizes({ ipPools })).toEqual([26, 124]);
  });

  test('IPv6 only has no IPv4 to find', () => {
    const spec = network(render({}, onlyV6()));
    expect(spec).toHaveProperty('nodeAddressAutodetectionV6');
    expect(spec).not.toHaveProperty('nodeAddressAutodetectionV4');
    expect(needs({}, onlyV6()).sysctls).toEqual(['net.ipv6.conf.all.forwarding']);
    expect(needs({}, dualStack()).sysctls).toEqual([
      'net.ipv4.ip_forward',
      'net.ipv6.conf.all.forwarding',
    ]);
  });

  test('IPv6 only with BPF says so, or the operator would look for IPv4', () => {
    const spec = network(render({}, onlyV6(WITHOUT_PROXY)));
    expect(spec.nodeAddressAutodetectionV4).toEqual({});
    expect(spec.nodeAddressAutodetectionV6).toEqual({ kubernetes: 'NodeInternalIP' });
  });

  test('every way to find an address, as the operator takes it', () => {
    const spec = (nodeAddressAutodetection: NodeAddressAutodetection) =>
      network(render({ nodeAddressAutodetection })).nodeAddressAutodetectionV4;
    expect(
      [
        NodeAddressAutodetection.firstFound(),
        NodeAddressAutodetection.onInterface('eno1,bond.*'),
        NodeAddressAutodetection.skipInterface('wg.*'),
        NodeAddressAutodetection.canReach('10.20.0.1'),
        NodeAddressAutodetection.cidrs('10.20.0.0/24', '10.21.0.0/24'),
      ].map(spec),
    ).toEqual([
      { firstFound: true },
      { interface: 'eno1,bond.*' },
      { skipInterface: 'wg.*' },
      { canReach: '10.20.0.1' },
      { cidrs: ['10.20.0.0/24', '10.21.0.0/24'] },
    ]);
  });
});

describe('BPF', () => {
  test('the operator finds the API by address, before anything serves Services', () => {
    const data = (endpoint: ApiEndpoint) =>
      render({}, { ...WITHOUT_PROXY, endpoint }).objects.find('ConfigMap');
    const map = data(
      ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.oslo.example', port: 7443 }),
    );
    expect(map.metadata).toMatchObject({
      name: 'kubernetes-services-endpoint',
      namespace: 'tigera-operator',
    });
    expect(map.data).toEqual({
      KUBERNETES_SERVICE_HOST: '10.20.0.10',
      KUBERNETES_SERVICE_PORT: '7443',
    });
    const named = ApiEndpoint.external({ dnsName: 'api.oslo.example', address: '10.9.9.9' });
    expect(data(named).data.KUBERNETES_SERVICE_HOST).toBe('10.9.9.9');
    expect(named.kind).toBe(ApiEndpointKind.EXTERNAL);
  });

  test('follows from a cluster without kube-proxy, with its own tunnel for Services', () => {
    const rendered = render({}, WITHOUT_PROXY);
    expect(network(rendered)).toMatchObject({ linuxDataplane: 'BPF', mtu: 1450 });
    // The operator owns these, and never both ways to the API.
    expect(network(rendered)).not.toHaveProperty('kubeProxyManagement');
    expect(network(rendered)).not.toHaveProperty('bpfNetworkBootstrap');
    expect(rendered.objects.find('FelixConfiguration').spec).toEqual({
      usageReportingEnabled: false,
      mtuIfacePattern: '^(eno1)$',
      bpfDataIfacePattern: '^(eno1)$',
    });
    expect(needs({}, WITHOUT_PROXY)).toMatchObject({
      modules: ['vxlan'],
      ports: expect.arrayContaining(['4789/udp from machines']),
    });
    expect(said(rendered)).toEqual(['GW-CNI-023 dataplane BPF serves no SCTP']);
  });

  test('takes its settings', () => {
    const bpf = {
      externalServiceMode: BpfExternalServiceMode.DSR,
      connectTimeLoadBalancing: BpfConnectTimeLoadBalancing.ENABLED,
      dataIfacePattern: '^bond0$',
      mapSizeConntrack: 1024,
    };
    expect(felix({ bpf }, WITHOUT_PROXY)).toMatchObject({
      bpfExternalServiceMode: 'DSR',
      bpfConnectTimeLoadBalancing: 'Enabled',
      bpfDataIfacePattern: '^bond0$',
      bpfMapSizeConntrack: 1024,
    });
  });

  test('chosen at the front, it leaves kube-proxy out', () => {
    const cni = TunedCalico.configure({ linuxDataplane: LinuxDataplane.BPF });
    const plane = new NvmeControlPlane(tempApp(), 'oslo', { ...osloProps(), cni });
    expect(plane.cluster.kubeProxyMode).toBe('none');
    expect(plane.cluster).toHaveNoFindings({ from: 'error' });
  });

  test.each([
    ['one segment', Underlay.flatL2, 'None'],
    ['filters', Underlay.filtered, 'VXLAN'],
  ])('travels as the underlay has it: %s', (_name, underlay, encapsulation) => {
    const facts = { ...WITHOUT_PROXY, underlay: underlay({ mtu: 1500 }) };
    expect(network(render({}, facts)).ipPools[0].encapsulation).toBe(encapsulation);
  });
});

describe('WireGuard', () => {
  test.each([
    ['IPv4', {}, { wireguardEnabled: true, wireguardListeningPort: 51820 }, ['51820/udp'], 1440],
    [
      'IPv6',
      onlyV6(),
      { wireguardEnabledV6: true, wireguardListeningPortV6: 51821 },
      ['51821/udp'],
      1420,
    ],
    [
      'both',
      dualStack(),
      {
        wireguardEnabled: true,
        wireguardListeningPort: 51820,
        wireguardEnabledV6: true,
        wireguardListeningPortV6: 51821,
      },
      ['51820/udp', '51821/udp'],
      1420,
    ],
  ])('in %s', (_families, facts, fields, ports, mtu) => {
    const spec = felix({ wireguard: {} }, facts);
    expect(Object.fromEntries(Object.entries(spec).filter(([f]) => /^wireguard/.test(f)))).toEqual(
      fields,
    );
    expect(network(render({ wireguard: {} }, facts)).mtu).toBe(mtu);
    const wanted = needs({ wireguard: {} }, facts);
    expect(wanted.modules).toContain('wireguard');
    expect(wanted.ports.filter((key) => /^518/.test(key))).toEqual(
      ports.map((port) => `${port} from machines`),
    );
  });

  test('keeps tunnels open, on ports of its own', () => {
    const wireguard = { listeningPort: 40000, keepAlive: Duration.seconds(25) };
    expect(felix({ wireguard })).toMatchObject({
      wireguardListeningPort: 40000,
      wireguardKeepAlive: '25s',
    });
    expect(needs({ wireguard }).ports).toContain('40000/udp from machines');
    expect(felix()).not.toHaveProperty('wireguardEnabled');
  });
});

describe('checksum offload', () => {
  const on = (options: object, breaksVxlanOffload = true) =>
    felix(options, { underlay: Underlay.flatL2({ mtu: 1500, breaksVxlanOffload }) })
      .featureDetectOverride;
  const OFF = 'ChecksumOffloadBroken=true';

  test('is off for VXLAN where the underlay breaks it, and for nothing else', () => {
    expect(on({ encapsulation: Encapsulation.VXLAN })).toBe(OFF);
    expect(on({ encapsulation: Encapsulation.VXLAN }, false)).toBeUndefined();
    expect(on({ encapsulation: Encapsulation.IPIP })).toBeUndefined();
    expect(on({ encapsulation: Encapsulation.NONE, wireguard: {} })).toBeUndefined();
    expect(on({ encapsulation: Encapsulation.IPIP, felix: { checksumOffload: false } })).toBe(OFF);
  });

  test("WireGuard's device has no such setting", () => {
    expect(() => on({ wireguard: {}, felix: { checksumOffload: false } })).toThrow(
      'felix.checksumOffload must be left out without a tunnel',
    );
  });

  test('turned on against the underlay it is a finding', () => {
    const underlay = Underlay.flatL2({ mtu: 1500, breaksVxlanOffload: true });
    const options = { encapsulation: Encapsulation.VXLAN, felix: { checksumOffload: true } };
    expect(said(render(options, { underlay }))).toEqual([
      'GW-CNI-003 encapsulation VXLAN leaves checksums to an offload that the underlay breaks',
    ]);
  });
});

test('NICs of the spec with dots in their names are patterns of themselves', () => {
  const machines = [1, 2, 3].map((n) => osloMachine(n, { nic: 'bond0.7' }));
  expect(felix({}, { ...WITHOUT_PROXY, machines }).bpfDataIfacePattern).toBe('^(bond0\\.7)$');
});
