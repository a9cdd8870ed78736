import { Chart, Testing } from 'cdk8s';
import {
  Architecture,
  FlannelBackend,
  FlannelInterface,
  KubeProxyMode,
  LoadBalancerKind,
  OperatingSystem,
  Severity,
  Underlay,
  type ClusterProps,
} from '../../lib';
import { TunedFlannel, type TunedFlannelOptions } from '../../lib/cni';
import { flannelRules } from '../../lib/cni/flannel/rules';
import { osloMachine } from '../support/oslo';
import { spread } from './calico';
import { dualStack, foreign, render, said, worker } from './flannel';

const hostGw = FlannelBackend.hostGw();
const direct = FlannelBackend.vxlan({ directRouting: true });
const tunnel = FlannelBackend.vxlan({ directRouting: false });
const wireguard = FlannelBackend.wireguard();
const udp = FlannelBackend.udp({ debug: true });

const on = (options: TunedFlannelOptions, facts: Partial<ClusterProps> = {}) =>
  said(render(options, facts));

test('the flagship gives flannel one thing to say', () => {
  expect(said(render())).toEqual([]);
  const [finding, ...rest] = render()
    .cluster.findings()
    .filter((f) => /GW-CNI/.test(f.id));
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    id: 'GW-CNI-112',
    severity: 'warning',
    path: 'oslo/cni',
    message:
      'flannel enforces no NetworkPolicy; pods reach 169.254.169.254 where there is such a service',
  });
});

test('ids are numbered from 101 without gaps, in order', () => {
  expect(flannelRules.map(({ id }) => id)).toEqual(flannelRules.map((_, n) => `GW-CNI-${101 + n}`));
});

test('every rule can be read about', () => {
  expect(flannelRules.filter(({ reference }) => !/^https:\/\/\S+$/.test(reference))).toEqual([]);
});

test('an error stops the synth', () => {
  const { flannel } = render({ backend: hostGw }, spread(3, 2));
  expect(() => Testing.synth(Chart.of(flannel))).toThrow(
    'GW-CNI-102 [oslo/cni] backend must be other than host-gw',
  );
});

test('only what would be wrong is an error', () => {
  const errors = flannelRules.filter(({ severity }) => severity === Severity.ERROR);
  expect(errors.map(({ id }) => Number(id.slice(-3)))).toEqual([
    101, 102, 103, 104, 107, 108, 110, 115, 119,
  ]);
});

describe('GW-CNI-101: bare packets that nobody carries', () => {
  const single = (o: { mtu: number }) => Underlay.flatL2({ ...o, singleAddresses: true });
  const filteredSegment = (o: { mtu: number }) =>
    Underlay.of({ ...o, l2Adjacent: true, filtersSourceAddresses: true });
  const filteredSingle = (o: { mtu: number }) => Underlay.filtered({ ...o, singleAddresses: true });

  test.each([
    [hostGw, filteredSegment, 'on an underlay that drops foreign source addresses, got host-gw'],
    [hostGw, Underlay.filtered, 'on an underlay that drops foreign source addresses, got host-gw'],
    [
      direct,
      Underlay.filtered,
      'on an underlay that drops foreign source addresses, got vxlan with directRouting',
    ],
    [hostGw, Underlay.routed, 'where the machines of a zone share no segment, got host-gw'],
    [
      direct,
      Underlay.routed,
      'where the machines of a zone share no segment, got vxlan with directRouting',
    ],
    [hostGw, single, 'where NICs carry single addresses, got host-gw'],
  ])('%#', (backend, make, text) => {
    expect(on({ backend }, spread(3, 1, make))).toEqual([
      `GW-CNI-101 backend must tunnel every packet ${text}`,
    ]);
  });

  test('a tunnel is right, and so are a segment and a machine by itself', () => {
    expect(on({ backend: tunnel }, spread(3, 1, Underlay.filtered))).toEqual([]);
    expect(on({ backend: wireguard }, spread(3, 1, Underlay.filtered))).toEqual([]);
    expect(on({ backend: hostGw }, spread(3, 1))).toEqual([]);
    expect(on({ backend: direct }, spread(3, 1))).toEqual([]);
    expect(on({ backend: hostGw }, spread(1, 1, Underlay.filtered))).toEqual([]);
  });

  test('direct routes need a neighbour', () => {
    expect(on({ backend: direct }, spread(3, 3, Underlay.filtered))).toEqual([]);
    expect(on({ backend: direct }, spread(3, 1, filteredSingle))).toEqual([
      'GW-CNI-118 directRouting saves nothing where NICs carry single addresses',
    ]);
  });

  test('the default is right on every underlay', () => {
    const makers = [Underlay.flatL2, Underlay.routed, Underlay.filtered, single, filteredSingle];
    for (const make of makers) {
      expect(on({}, spread(4, 2, make))).toEqual([]);
    }
  });
});

test('GW-CNI-102: host-gw over several zones', () => {
  expect(on({ backend: hostGw }, spread(3, 2))).toEqual([
    'GW-CNI-102 backend must be other than host-gw with machines in 2 zones, each with a network of its own, got host-gw',
  ]);
  expect(on({ backend: direct }, spread(4, 2))).toEqual([]);
});

describe('GW-CNI-103: the packet filter of kube-proxy', () => {
  test.each([
    [true, KubeProxyMode.IPVS],
    [true, KubeProxyMode.IPTABLES],
    [false, KubeProxyMode.NFTABLES],
  ])('nftables %s, kube-proxy %s', (nftables, kubeProxyMode) => {
    expect(on({ nftables }, { kubeProxyMode })).toContain(
      `GW-CNI-103 nftables is ${nftables}, but kube-proxy runs in ${kubeProxyMode} mode`,
    );
  });

  test.each([...Object.values(KubeProxyMode), undefined])('the default is right: %s', (mode) => {
    expect(on({}, { kubeProxyMode: mode }).filter((s) => s.startsWith('GW-CNI-103'))).toEqual([]);
  });
});

test('GW-CNI-104: nobody serves Services', () => {
  expect(on({}, { kubeProxyMode: KubeProxyMode.NONE })).toEqual([
    'GW-CNI-104 kubeProxyMode is none, and flannel serves no Services',
  ]);
  expect(on({}, { kubeProxyMode: KubeProxyMode.IPVS })).toEqual([]);
});

describe('GW-CNI-105: checksum offload', () => {
  const broken = { underlay: Underlay.flatL2({ mtu: 1500, breaksVxlanOffload: true }) };
  const newer = { operatingSystem: OperatingSystem.DEBIAN_13 };

  test('on an underlay that breaks it', () => {
    expect(on({ checksumOffload: true }, broken)).toEqual([
      'GW-CNI-105 checksumOffload is true on an underlay that breaks it',
    ]);
    expect(on({}, broken)).toEqual([]);
  });

  test('on a kernel that was slow with it', () => {
    expect(on({}, newer)).toEqual([
      'GW-CNI-105 vxlan on kernel 6.12 leaves checksums to the offload',
    ]);
    expect(on({ checksumOffload: false }, newer)).toEqual([]);
    expect(on({ backend: wireguard }, newer)).toEqual([]);
  });
});

test('GW-CNI-106, GW-CNI-107: the backend udp', () => {
  expect(on({ backend: udp })).toEqual([
    'GW-CNI-106 backend udp is for debugging; flanneld runs privileged',
  ]);
  const machines = [osloMachine(1), worker('w-1', { architecture: Architecture.ARM64 })];
  expect(on({ backend: udp }, { machines })).toEqual([
    'GW-CNI-107 machine w-1 is arm64, backend udp is amd64',
    'GW-CNI-106 backend udp is for debugging; flanneld runs privileged',
  ]);
  expect(on({}, { machines })).toEqual([]);
});

test('GW-CNI-108: a machine without an interface of that name', () => {
  const named = { interface: FlannelInterface.named('eno1', 'eno3') };
  const machines = [osloMachine(1), worker('w-1', { nic: 'eno2' })];
  expect(on(named, { machines })).toEqual([
    'GW-CNI-108 machine w-1 has its cluster network on eno2, the interface is to be eno1 or eno3',
  ]);
  expect(on(named)).toEqual([]);
  expect(on(named, { machines: [osloMachine(1), worker('w-1', { nic: undefined })] })).toEqual([]);
});

describe('GW-CNI-109: patterns', () => {
  const pattern = (text: string) => ({ interface: FlannelInterface.regex(text) });

  test('that are open at an end', () => {
    expect(on(pattern('eno1'))).toEqual([
      'GW-CNI-109 pattern eno1 also finds longer names and other addresses',
    ]);
    expect(on(pattern('^eno[0-9]+$'))).toEqual([]);
    expect(on(pattern('(?i)^eno1$'))).toEqual([]);
  });

  test('that find nothing on a machine', () => {
    const machines = [osloMachine(1), worker('w-1', { nic: 'ens3' })];
    expect(on(pattern('^eno1$'), { machines })).toEqual([
      'GW-CNI-109 pattern ^eno1$ finds neither ens3 nor 10.20.0.30 on machine w-1',
    ]);
    expect(on(pattern('^10\\.20\\.0\\.[0-9]+$'), { machines })).toEqual([]);
  });
});

test('GW-CNI-110: a kernel without WireGuard', () => {
  const old = render({ backend: wireguard });
  // No distribution of the catalogue is that old.
  jest.spyOn(old.cluster, 'kernel', 'get').mockReturnValue('5.4');
  expect(said(old)).toEqual(['GW-CNI-110 backend wireguard wants kernel 5.6, Debian 12 has 5.4']);
  expect(on({ backend: wireguard })).toEqual([]);
});

test('GW-CNI-111: a smaller MTU than fits', () => {
  expect(on({ mtu: 1400 })).toEqual([
    'GW-CNI-111 mtu 1400 leaves 50 bytes of every packet unused; vxlan on this underlay allows 1450',
  ]);
  expect(on({ mtu: 1450 })).toEqual([]);
  // Above flannel's own arithmetic, below the real one.
  expect(on({ mtu: 1440, backend: wireguard })).toEqual([]);
});

test('GW-CNI-113, GW-CNI-114, GW-CNI-123, GW-CNI-125: machines of others', () => {
  expect(said(foreign())).toEqual([
    'GW-CNI-113 kube-controller-manager must run with --allocate-node-cidrs=true and --cluster-cidr=10.244.0.0/16',
    'GW-CNI-114 bridge, host-local, loopback, portmap must be in /opt/cni/bin of every machine',
    'GW-CNI-123 br_netfilter must be loaded, and net.bridge.bridge-nf-call-iptables, net.ipv4.ip_forward be 1, on every machine',
    'GW-CNI-125 networkd of these machines is not told here to leave routes of others alone',
  ]);
  expect(said(foreign({}, dualStack))[0]).toContain('--cluster-cidr=10.244.0.0/16,fd00:244::/56');
});

test("GW-CNI-115: Calico's load balancers", () => {
  expect(on({}, { loadBalancer: LoadBalancerKind.CALICO })).toEqual([
    'GW-CNI-115 loadBalancer is calico, and the network plugin is flannel',
  ]);
  expect(on({}, { loadBalancer: LoadBalancerKind.METALLB_L2 })).toEqual([]);
});

test('GW-CNI-116: another release', () => {
  expect(on({ image: 'registry.example.no/flannel:v0.29.0' })).toEqual([
    'GW-CNI-116 image has tag v0.29.0; flags, rights and fields are those of v0.28.9',
  ]);
  expect(on({ image: 'registry.example.no/flannel:v0.28.9' })).toEqual([]);
});

test('GW-CNI-117: the first IPv6 address of a NIC', () => {
  expect(on({}, dualStack)).toEqual([
    'GW-CNI-117 pod packets of IPv6 travel between the IPv6 addresses that flannel finds on the NICs; the spec has fd00:20::11 for cp-1',
  ]);
});

describe('what etcd had', () => {
  const etcd = (value: object) =>
    on(TunedFlannel.fromEtcdConfig(JSON.stringify({ Network: '10.244.0.0/16', ...value }))).filter(
      (line) => !always.includes(line),
    );
  const always = [
    'GW-CNI-121 /coreos.com/network/config lay in the v2 store of etcd, which is gone since etcd 3.6; it is the ConfigMap kube-flannel-cfg now',
    "GW-CNI-121 Docker's options from /run/flannel/subnet.env are replaced by the CNI plugins that kubelet's runtime calls",
    'GW-CNI-121 leases below /coreos.com/network/subnets are annotations flannel.alpha.coreos.com/* of nodes now',
  ];

  test('the store, the leases and Docker are gone', () => {
    const options = TunedFlannel.fromEtcdConfig(
      '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}',
    );
    expect([...on(options)].sort()).toEqual([...always].sort());
  });

  test('another network', () => {
    expect(etcd({ Network: '10.1.0.0/16', Backend: { Type: 'vxlan' } })).toEqual([
      'GW-CNI-119 etcdConfig has Network 10.1.0.0/16, podCidr is 10.244.0.0/16',
    ]);
  });

  test('no backend, and udp', () => {
    expect(etcd({})).toEqual([
      'GW-CNI-120 etcdConfig names no Backend, which meant udp; here it is vxlan with direct routes',
    ]);
    expect(etcd({ Backend: { Type: 'udp', Port: 7890 } })).toEqual([
      'GW-CNI-120 etcdConfig has Backend udp, by which a process copies every packet to user space and back; here it is vxlan with direct routes',
      'GW-CNI-121 etcdConfig has Backend.Port, which is not carried over',
    ]);
    expect(etcd({ Backend: { Type: 'host-gw' } })).toEqual([]);
  });

  test('subnets and what nobody knows', () => {
    const Backend = { Type: 'vxlan' };
    expect(
      etcd({ Backend, SubnetLen: 25, SubnetMin: '10.244.1.0', SubnetMax: '10.244.9.0' }),
    ).toEqual([
      'GW-CNI-121 etcdConfig has SubnetLen 25; the subnet of a machine is its node.spec.podCIDR now',
      'GW-CNI-121 etcdConfig has SubnetMax 10.244.9.0; the subnet of a machine is its node.spec.podCIDR now',
      'GW-CNI-121 etcdConfig has SubnetMin 10.244.1.0; the subnet of a machine is its node.spec.podCIDR now',
    ]);
    expect(etcd({ Backend, Colour: 'blue' })).toEqual([
      'GW-CNI-121 etcdConfig has Colour, which is not carried over',
    ]);
  });
});

test('GW-CNI-122: nftables is experimental', () => {
  expect(on({}, { kubeProxyMode: KubeProxyMode.NFTABLES })).toEqual([
    'GW-CNI-122 EnableNFTables is experimental in flannel v0.28.9',
  ]);
});
