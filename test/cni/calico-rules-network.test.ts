import {
  ApiEndpoint,
  Encapsulation,
  KubernetesVersion,
  KubeProxyMode,
  LoadBalancerKind,
  Underlay,
  Zone,
} from '../../lib';
import {
  BpfExternalServiceMode,
  CalicoIpamType,
  IpPoolAssignmentMode,
  IpPoolUse,
  LinuxDataplane,
} from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { render, said, spread } from './calico';
import { ALL_OF_POOLS, onlyV6, WITHOUT_PROXY } from './calico-variants';

const by = (id: string, ...args: Parameters<typeof render>) =>
  said(render(...args))
    .filter((line) => line.startsWith(id))
    .map((line) => line.slice(id.length + 1));

test('GW-CNI-016: CrossSubnet among single addresses', () => {
  const underlay = Underlay.flatL2({ mtu: 1500, singleAddresses: true });
  const on = (encapsulation: Encapsulation, facts = {}) =>
    by('GW-CNI-016', { encapsulation }, { ...spread(4, 2), ...facts });
  for (const mode of [Encapsulation.IPIP_CROSS_SUBNET, Encapsulation.VXLAN_CROSS_SUBNET]) {
    expect(on(mode, { underlay })).toEqual([
      `encapsulation ${mode} tunnels between all machines, because NICs carry single addresses`,
    ]);
    expect(on(mode)).toEqual([]);
  }
  expect(on(Encapsulation.VXLAN, { underlay })).toEqual([]);
});

test('GW-CNI-017 takes the place of GW-CNI-006 where IP in IP is dropped', () => {
  const on = (dropsIpInIp: boolean, id: string) =>
    by(
      id,
      { encapsulation: Encapsulation.IPIP },
      { underlay: Underlay.flatL2({ mtu: 1500, dropsIpInIp }) },
    );
  expect(on(true, 'GW-CNI-017')).toEqual([
    'encapsulation must be without IP in IP on an underlay that drops IP protocol 4, got IPIP',
  ]);
  expect(on(true, 'GW-CNI-006')).toEqual([]);
  expect(on(false, 'GW-CNI-017')).toEqual([]);
});

test('GW-CNI-018: a wide zone beside a narrow one', () => {
  const zones = [
    Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', mtu: 9000 }),
    Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.20.1.0/24' }),
  ];
  expect(by('GW-CNI-018', {}, { ...spread(4, 2), zones })).toEqual([
    'zone oslo-1 carries 9000 bytes, and pods get 1480: oslo-1 - oslo-2 carries 7500 bytes less (underlay)',
  ]);
  expect(by('GW-CNI-018', {}, spread(4, 2))).toEqual([]);
});

test('GW-CNI-019: less than 1280 with IPv6', () => {
  const underlay = Underlay.filtered({ mtu: 1300 });
  expect(by('GW-CNI-019', {}, onlyV6({ underlay }))).toEqual([
    'mtu must be at least 1280 with IPv6, got 1230',
  ]);
  expect(by('GW-CNI-019', {}, dualStack({ underlay }))).toHaveLength(1);
  expect(by('GW-CNI-019', {}, { underlay })).toEqual([]);
  expect(by('GW-CNI-019', {}, onlyV6({ underlay: Underlay.filtered({ mtu: 1350 }) }))).toEqual([]);
});

test('GW-CNI-020: a kernel without WireGuard', () => {
  const on = (kernel: string, wireguard?: object) => {
    const rendered = render({ wireguard });
    jest.spyOn(rendered.cluster, 'kernel', 'get').mockReturnValue(kernel);
    return said(rendered).filter((line) => line.startsWith('GW-CNI-020'));
  };
  expect(on('5.5', {})).toEqual(['GW-CNI-020 wireguard wants kernel 5.6, Debian 12 has 5.5']);
  expect(on('5.6', {})).toEqual([]);
  expect(on('5.5')).toEqual([]);
});

describe('BPF', () => {
  test('GW-CNI-021: IP in IP, whichever pool has it', () => {
    const ipPools = [
      { cidr: '10.244.0.0/17', encapsulation: Encapsulation.NONE },
      { name: 'b', cidr: '10.244.128.0/17', encapsulation: Encapsulation.IPIP },
    ];
    expect(by('GW-CNI-021', { ipPools }, WITHOUT_PROXY)).toEqual([
      'encapsulation must be without IP in IP with dataplane BPF, got IPIP',
    ]);
    expect(by('GW-CNI-021', { ipPools })).toEqual([]);
    expect(by('GW-CNI-021', {}, WITHOUT_PROXY)).toEqual([]);
  });

  test('GW-CNI-022: an endpoint that is a name', () => {
    const at = (endpoint: ApiEndpoint) => by('GW-CNI-022', {}, { ...WITHOUT_PROXY, endpoint });
    expect(at(ApiEndpoint.external({ dnsName: 'api.oslo.example' }))).toEqual([
      'endpoint must have an address with dataplane BPF, got api.oslo.example alone',
    ]);
    expect(at(ApiEndpoint.external({ dnsName: 'api.oslo.example', address: '10.9.9.9' }))).toEqual(
      [],
    );
  });

  test('GW-CNI-023: SCTP', () => {
    expect(by('GW-CNI-023', {}, WITHOUT_PROXY)).toEqual(['dataplane BPF serves no SCTP']);
    expect(by('GW-CNI-023')).toEqual([]);
  });

  test.each([
    [Underlay.filtered, ['drops foreign source addresses']],
    [Underlay.routed, ['is no Ethernet segment']],
    [Underlay.flatL2, []],
  ])('GW-CNI-024: direct server return (%#)', (underlay, reasons) => {
    const bpf = { externalServiceMode: BpfExternalServiceMode.DSR };
    const facts = { ...WITHOUT_PROXY, underlay: underlay({ mtu: 1500 }) };
    expect(by('GW-CNI-024', { bpf }, facts)).toEqual(
      reasons.map(
        (why) => `bpf.externalServiceMode must be Tunnel on an underlay that ${why}, got DSR`,
      ),
    );
    expect(by('GW-CNI-024', {}, facts)).toEqual([]);
  });

  test('GW-CNI-024: several segments are not one', () => {
    const bpf = { externalServiceMode: BpfExternalServiceMode.DSR };
    expect(by('GW-CNI-024', { bpf }, { ...spread(4, 2), ...WITHOUT_PROXY })).toEqual([
      'bpf.externalServiceMode must be Tunnel on an underlay that is several Ethernet segments, got DSR',
    ]);
  });

  test.each([
    [KubeProxyMode.IPVS, 'linuxDataplane is BPF, but kube-proxy runs in ipvs mode'],
    [KubeProxyMode.IPTABLES, 'linuxDataplane is BPF, but kube-proxy runs in iptables mode'],
    [undefined, 'linuxDataplane is BPF, but kube-proxy is not known to be absent'],
  ])('GW-CNI-008: beside kube-proxy %s', (kubeProxyMode, message) => {
    const options = { linuxDataplane: LinuxDataplane.BPF };
    expect(by('GW-CNI-008', options, { kubeProxyMode })).toEqual([message]);
    expect(by('GW-CNI-008', options, WITHOUT_PROXY)).toEqual([]);
  });
});

test.each([
  [LinuxDataplane.NFTABLES, KubeProxyMode.IPTABLES, 'but kube-proxy runs in iptables mode'],
  [LinuxDataplane.NFTABLES, KubeProxyMode.IPVS, 'but kube-proxy runs in ipvs mode'],
  [LinuxDataplane.IPTABLES, KubeProxyMode.NFTABLES, 'but kube-proxy runs in nftables mode'],
  [LinuxDataplane.IPTABLES, KubeProxyMode.NONE, 'but there is no kube-proxy that serves Services'],
])('GW-CNI-008: %s beside kube-proxy %s', (linuxDataplane, kubeProxyMode, text) => {
  expect(by('GW-CNI-008', { linuxDataplane }, { kubeProxyMode })).toEqual([
    `linuxDataplane is ${linuxDataplane}, ${text}`,
  ]);
});

test('GW-CNI-025: node ports of IPVS', () => {
  const on = (ranges: unknown[], kubeProxyMode: KubeProxyMode) =>
    by('GW-CNI-025', { felix: { overrides: { kubeNodePortRanges: ranges } } }, { kubeProxyMode });
  expect(on(['30000:32000', 8080], KubeProxyMode.IPVS)).toEqual([
    'felix.overrides.kubeNodePortRanges must be 30000:32767 with kube-proxy in ipvs mode, got 30000:32000, 8080',
  ]);
  expect(on(['30000:32767'], KubeProxyMode.IPVS)).toEqual([]);
  expect(on([8080], KubeProxyMode.IPTABLES)).toEqual([]);
});

describe('addresses', () => {
  test('GW-CNI-027 counts only pools that give addresses by themselves', () => {
    const ipPools = [
      { cidr: '10.244.0.0/24' },
      { name: 'b', cidr: '10.244.128.0/17', assignmentMode: IpPoolAssignmentMode.MANUAL },
      { name: 't', cidr: '10.244.64.0/18', allowedUses: [IpPoolUse.TUNNEL] },
    ];
    expect(by('GW-CNI-027', { ipPools })).toEqual([
      'ipPools 10.244.0.0/24 holds 4 blocks; 3 machines with 110 pods each take 2 each, twice that is 12',
    ]);
    expect(by('GW-CNI-013', { ipPools }, spread(5, 1))).toEqual([
      'ipPools 10.244.0.0/24 holds 4 blocks of /26 for 5 machines',
    ]);
    expect(by('GW-CNI-027', { ipPools: [{ cidr: '10.244.0.0/22' }] })).toEqual([]);
  });

  test('GW-CNI-014 takes the limit of the spec', () => {
    const ipam = { strictAffinity: true, maxBlocksPerHost: 1 };
    expect(by('GW-CNI-014', { ipam })).toEqual([
      '1 blocks of /26 are 64 addresses a machine, kubelet runs 110 pods',
    ]);
    expect(by('GW-CNI-014', { ipam: { ...ipam, maxBlocksPerHost: 2 } })).toEqual([]);
  });

  test('GW-CNI-015: what tunnels add to it', () => {
    expect(by('GW-CNI-015', { encapsulation: Encapsulation.VXLAN, natOutgoing: false })).toEqual([
      'natOutgoing is off: nothing outside the cluster knows 10.244.0.0/16 by itself, and answers to VXLAN addresses fail reverse-path checks',
    ]);
  });

  test('GW-CNI-028: HostLocal', () => {
    const ipam = { type: CalicoIpamType.HOST_LOCAL };
    expect(
      by('GW-CNI-028', { ipam, encapsulation: Encapsulation.VXLAN_CROSS_SUBNET, wireguard: {} }),
    ).toEqual([
      'encapsulation must be other than VXLAN with ipam HostLocal, got VXLANCrossSubnet',
      'wireguard must be left out with ipam HostLocal',
    ]);
    expect(by('GW-CNI-028', { ipam, encapsulation: Encapsulation.IPIP })).toEqual([]);
    expect(by('GW-CNI-028', { encapsulation: Encapsulation.VXLAN, wireguard: {} })).toEqual([]);
  });

  test('GW-CNI-029: IP in IP for IPv6', () => {
    const encapsulation = Encapsulation.IPIP_CROSS_SUBNET;
    const text = (cidr: string) =>
      `encapsulation must be VXLAN, VXLANCrossSubnet or None for the IPv6 pool ${cidr}, got IPIPCrossSubnet`;
    expect(by('GW-CNI-029', { encapsulation }, onlyV6())).toEqual([text('fd00:244::/56')]);
    expect(by('GW-CNI-029', { encapsulation }, dualStack())).toEqual([]);
    const ipPools = [{ cidr: '10.244.0.0/16' }, { cidr: 'fd00:244::/60', encapsulation }];
    expect(by('GW-CNI-029', { ipPools }, dualStack())).toEqual([text('fd00:244::/60')]);
  });

  test.each([
    [LoadBalancerKind.METALLB_L2, 1],
    [LoadBalancerKind.METALLB_BGP, 1],
    [LoadBalancerKind.CALICO, 0],
    [LoadBalancerKind.NONE, 0],
  ])('GW-CNI-030: %s beside pools for Services', (loadBalancer, count) => {
    expect(by('GW-CNI-030', ALL_OF_POOLS, { loadBalancer })).toEqual(
      Array(count).fill(`ipPools give LoadBalancer addresses, and so does ${loadBalancer}`),
    );
    expect(by('GW-CNI-030', {}, { loadBalancer })).toEqual([]);
  });
});

test('GW-CNI-010: every Kubernetes that upstream tests', () => {
  const minors = [KubernetesVersion.V1_35, KubernetesVersion.V1_36];
  expect(
    minors.flatMap((kubernetesVersion) => by('GW-CNI-010', {}, { kubernetesVersion })),
  ).toEqual([]);
});

test('GW-CNI-005: an unknown prefix is a note, whatever NICs are called', () => {
  const machines = [1, 2, 3].map((n) => osloMachine(n, { nic: 'bond0' }));
  expect(
    by('GW-CNI-005', { encapsulation: Encapsulation.IPIP_CROSS_SUBNET }, { machines }),
  ).toEqual(['encapsulation IPIPCrossSubnet saves its overhead only if NICs carry /24 in oslo-1']);
});
