import { Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  Encapsulation,
  HardenedNginxIngress,
  IpvsKubeProxy,
  KubeProxyMode,
  LoadBalancerKind,
  MetalLb,
  MetalLbMode,
  SecretRef,
  Severity,
  TunedCalico,
  Underlay,
  Zone,
  type ClusterProps,
  type MetalLbBgpPeer,
} from '../../lib';
import { addressAnnotations, Cidr, networksBetween } from '../../lib/cluster';
import { loadBalancerRules } from '../../lib/loadbalancer/rules';
import { bgpRules } from '../../lib/node/endpoint/bgp-rules';
import { dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { edgePool, empty, metalLb, said, worker } from './balancer';

const routed = [{ name: 'edge', addresses: ['203.0.113.16/28'] }];
const bgp = (...peers: MetalLbBgpPeer[]) => ({
  pools: routed,
  mode: MetalLbMode.bgp({ asNumber: 64512, peers }),
});
const router = { address: '10.20.0.1', asNumber: 64513 };
const other = { address: '10.20.0.2', asNumber: 64513 };
const oneNic = 'note GW-LB-006 each address is answered for by one of 3 machines';

test('ids are numbered without gaps, and every rule can be read about', () => {
  const ids = loadBalancerRules.map(({ id }) => id);
  expect([...ids].sort()).toEqual(ids.map((_, n) => `GW-LB-${String(n + 1).padStart(3, '0')}`));
  expect(
    loadBalancerRules.filter(({ reference }) => !/^(https:|docs\/)\S+$/.test(reference)),
  ).toEqual([]);
});

test('only what would be wrong is an error', () => {
  const errors = loadBalancerRules.filter(({ severity }) => severity === Severity.ERROR);
  expect(errors.map(({ id }) => id)).toEqual([
    'GW-LB-001',
    'GW-LB-002',
    'GW-LB-009',
    'GW-LB-004',
    'GW-LB-005',
    'GW-LB-010',
  ]);
});

describe('GW-LB-001 and 002: the edge and its address', () => {
  const withEdge = (options: object, address?: string, facts: Partial<ClusterProps> = {}) => {
    const rendered = metalLb(options, facts);
    const { chart, cluster } = rendered;
    new HardenedNginxIngress(chart, 'edge', { cluster, loadBalancerAddress: address });
    return said(rendered).filter((line) => line !== oneNic);
  };
  const pending =
    'error GW-LB-001 no pool gives addresses by itself to Services in namespace nginx-ingress';

  test('a pool for everybody', () => expect(withEdge({})).toEqual([]));

  test.each([
    ['for those who ask', { ...edgePool, autoAssign: false }],
    ['for others', { ...edgePool, serviceAllocation: { namespaces: ['shop'] } }],
  ])('a pool %s', (_name, pool) => expect(withEdge({ pools: [pool] })).toEqual([pending]));

  test.each([
    ['by name', { namespaces: ['shop', 'nginx-ingress'] }],
    ['perhaps, by label', { namespaceSelector: { team: 'edge' } }],
  ])('a pool for its namespace %s', (_name, serviceAllocation) => {
    expect(withEdge({ pools: [{ ...edgePool, serviceAllocation }] })).toEqual([]);
  });

  test('an address of its own', () => {
    expect(withEdge({ pools: [{ ...edgePool, autoAssign: false }] }, '10.20.0.130')).toEqual([]);
    expect(withEdge({}, '10.20.0.99')).toEqual([
      'error GW-LB-002 the edge asks for 10.20.0.99, and the pools hold 10.20.0.128/28',
    ]);
  });

  test('an address of a pool for others, which MetalLB gives to nobody else', () => {
    const pool = { ...edgePool, serviceAllocation: { namespaces: ['shop', 'bank'] } };
    expect(withEdge({ pools: [pool] }, '10.20.0.130')).toEqual([
      'error GW-LB-002 the edge in namespace nginx-ingress asks for 10.20.0.130, and its pool edge serves shop, bank',
    ]);
    const ours = { ...edgePool, serviceAllocation: { namespaces: ['nginx-ingress'] } };
    expect(withEdge({ pools: [ours] }, '10.20.0.130')).toEqual([]);
  });

  test('GW-LB-009: one address for a Service of two families', () => {
    expect(withEdge({}, '10.20.0.130', dualStack())).toEqual([
      'error GW-LB-009 the edge asks for 10.20.0.130, and its Service has two families',
    ]);
  });
});

describe('GW-LB-003: replicas far from the address', () => {
  const facts: Partial<ClusterProps> = {
    zones: [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
      Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ],
    machines: [
      ...[1, 2, 3].map((n) => osloMachine(n)),
      worker(1),
      worker(2),
      worker(3, 'oslo-2', '10.21.0.23'),
      worker(4, 'oslo-2', '10.21.0.24'),
    ],
  };
  const made = (options: object, replicas: number) => {
    const rendered = metalLb(options, facts);
    new HardenedNginxIngress(rendered.chart, 'edge', { cluster: rendered.cluster, replicas });
    return said(rendered, 'GW-LB-003');
  };

  test('fewer replicas than machines, and a zone without a pool', () => {
    expect(made({}, 2)).toEqual([
      'warning GW-LB-003 all 2 replicas of the edge may run in zone oslo-2, where no pool is',
    ]);
  });

  test('one on every machine, a pool in every zone, or routers that know the way', () => {
    expect(made({}, 4)).toEqual([]);
    const both = [edgePool, { name: 'two', addresses: ['10.21.0.128/28'] }];
    expect(made({ pools: both }, 2)).toEqual([]);
    expect(made(bgp(router), 2)).toEqual([]);
  });
});

describe('GW-LB-004: networks in which no address moves by ARP', () => {
  const on = (underlay: Underlay, options: object = {}) =>
    said(
      metalLb(options, {
        underlay,
        endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
      }),
      'GW-LB-004',
    );

  test('one segment', () => expect(on(Underlay.flatL2({ mtu: 1500 }))).toEqual([]));

  test('a provider that filters, routers between machines, single addresses', () => {
    expect(on(Underlay.filtered({ mtu: 1500 }))).toEqual([
      "error GW-LB-004 the underlay drops packets from addresses that are not the machine's own",
    ]);
    expect(on(Underlay.routed({ mtu: 1500 }))).toEqual([
      'error GW-LB-004 machines of a zone do not share a segment (underlay.l2Adjacent)',
    ]);
    expect(on(Underlay.flatL2({ mtu: 1500, singleAddresses: true }))).toEqual([
      'error GW-LB-004 NICs carry single addresses, so nobody asks for others by ARP (underlay.singleAddresses)',
    ]);
  });

  test('BGP asks for none of it', () => {
    expect(on(Underlay.routed({ mtu: 1500 }), bgp(router))).toEqual([]);
  });
});

test('GW-LB-005: nobody announces', () => {
  expect(said(metalLb({ announceFromControlPlanes: false }))).toEqual([
    'error GW-LB-005 announceFromControlPlanes is false, and every machine is a control plane',
  ]);
});

test('GW-LB-006: one machine for an address', () => {
  expect(said(metalLb())).toEqual([oneNic]);
  const machines = [...[1, 2, 3].map((n) => osloMachine(n)), worker(1)];
  expect(said(metalLb({}, { machines }))).toEqual([]);
  expect(said(metalLb(bgp(router, other)))).toEqual([]);
});

test('GW-LB-007: Secrets that must be there', () => {
  const password = SecretRef.of('tor', 'password');
  expect(said(metalLb(bgp({ ...router, password }, { ...other, password })))).toEqual([
    'note GW-LB-007 a session waits for Secret tor in namespace metallb-system',
  ]);
});

test('GW-LB-008: routers that may be away', () => {
  expect(said(metalLb(bgp(router)))).toEqual([
    'note GW-LB-008 machines in zone oslo-1 have one router',
  ]);
});

describe('what others say about it', () => {
  const withCalico = (bgpOptions: object) => (chart: Chart, cluster: Cluster) =>
    void new TunedCalico(chart, 'cni', {
      cluster,
      encapsulation: Encapsulation.NONE,
      bgp: bgpOptions,
    });
  const tor = { peerIp: router.address, asNumber: 64513 };

  test('GW-CNI-037: two sessions with one router', () => {
    const clash = metalLb(bgp(router, other), {}, withCalico({ topOfRackPeers: [tor] }));
    expect(said(clash, 'GW-CNI-037')).toEqual([
      'error GW-CNI-037 Calico and MetalLB both open a session with router 10.20.0.1',
    ]);
  });

  test('the mesh between machines, and routers of its own, are no hindrance', () => {
    expect(said(metalLb(bgp(router), {}, withCalico({})), 'GW-CNI-037')).toEqual([]);
    expect(
      said(metalLb(bgp(other), {}, withCalico({ topOfRackPeers: [tor] })), 'GW-CNI-037'),
    ).toEqual([]);
    expect(said(metalLb({}, {}, withCalico({ topOfRackPeers: [tor] })), 'GW-CNI-037')).toEqual([]);
  });

  test('GW-CNI-037: sessions of a MetalLB that is not of the spec may be the same', () => {
    const { chart, cluster } = empty({ loadBalancer: LoadBalancerKind.METALLB_BGP });
    withCalico({})(chart, cluster);
    expect(said({ cluster }, 'GW-CNI-037')).toEqual([
      'error GW-CNI-037 Calico speaks BGP with routers or machines, and MetalLB perhaps with the same',
    ]);
  });

  test('GW-PROXY-002: IPVS without strictARP', () => {
    const loose = (chart: Chart, cluster: Cluster) =>
      void new IpvsKubeProxy(chart, 'proxy', { cluster, strictArp: false });
    const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
    expect(said(metalLb({}, { endpoint }, loose), 'GW-PROXY-002')).toEqual([
      'error GW-PROXY-002 strictArp is false, while MetalLB announces Services by ARP',
    ]);
    expect(said(metalLb(bgp(router), { endpoint }, loose), 'GW-PROXY-002')).toEqual([]);
  });

  test('GW-PROXY-006: the address with which kube-proxy tries out schedulers', () => {
    const proxy = (chart: Chart, cluster: Cluster) =>
      void new IpvsKubeProxy(chart, 'proxy', { cluster });
    const pools = [{ name: 'edge', addresses: ['198.51.100.0/28'] }];
    expect(said(metalLb({ ...bgp(router), pools }, {}, proxy), 'GW-PROXY-006')).toEqual([
      'error GW-PROXY-006 load-balancer pool edge 198.51.100.0/28 contains 198.51.100.0',
    ]);
  });

  test('GW-NODE-060 is about routers that both dial, where they are known', () => {
    const check = bgpRules.find(({ id }) => id === 'GW-NODE-060')!;
    const beside = (peer: string, announceFromControlPlanes = true) => {
      const endpoint = ApiEndpoint.kubeVipBgp('10.99.0.10', {
        asNumber: 64512,
        peers: [{ address: peer, asNumber: 64513 }],
      });
      const { cluster } = metalLb({ ...bgp(router), announceFromControlPlanes }, { endpoint });
      return check.check(cluster).map(({ message }) => message);
    };
    expect(beside(router.address)).toEqual([
      'MetalLB and kube-vip speak BGP from the same addresses',
    ]);
    expect(beside(other.address)).toEqual([]);
    expect(beside(router.address, false)).toEqual([]);
  });
});

describe('facts and constructs', () => {
  test('a cluster without a load balancer has none', () => {
    expect(empty().cluster.loadBalancer).toBe(LoadBalancerKind.NONE);
  });

  test('machines of others', () => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = Cluster.fromFacts(chart, 'cluster', {
      ...osloProps(),
      kubeProxyMode: KubeProxyMode.IPVS,
    });
    new MetalLb(chart, 'lb', { cluster, pools: [edgePool] });
    expect(said({ cluster })).toEqual([oneNic]);
  });

  test('the annotation by which a Service asks for an address', () => {
    const addresses = ['10.20.0.130', 'fd00:20::130'];
    expect(addressAnnotations(LoadBalancerKind.METALLB_L2, addresses)).toEqual({
      'metallb.io/loadBalancerIPs': '10.20.0.130,fd00:20::130',
    });
    expect(addressAnnotations(LoadBalancerKind.METALLB_BGP, ['10.20.0.130'])).toEqual({
      'metallb.io/loadBalancerIPs': '10.20.0.130',
    });
    expect(addressAnnotations(LoadBalancerKind.CALICO, addresses)).toEqual({
      'projectcalico.org/loadBalancerIPs': '["10.20.0.130","fd00:20::130"]',
    });
    expect(addressAnnotations(LoadBalancerKind.NONE, addresses)).toBeUndefined();
    expect(addressAnnotations(LoadBalancerKind.OTHER, addresses)).toBeUndefined();
  });
});

describe('ranges as networks', () => {
  test.each([
    ['10.0.0.0', '10.0.0.255', ['10.0.0.0/24']],
    ['10.0.0.1', '10.0.0.6', ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
    ['0.0.0.0', '255.255.255.255', ['0.0.0.0/0']],
    ['fd00::ff', 'fd00::100', ['fd00::ff/128', 'fd00::100/128']],
    ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['::/0']],
    ['10.0.0.2', '10.0.0.1', []],
    ['10.0.0.2', 'fd00::1', []],
    ['10.0.0.2', 'x', []],
  ])('%s to %s', (first, last, expected) => {
    expect(networksBetween(first, last).map(String)).toEqual(expected);
  });

  test('all addresses and no other, whatever the ends', () => {
    for (const [from, to] of [
      [3, 77],
      [128, 129],
      [0, 254],
      [255, 255],
    ]) {
      const networks = networksBetween(`192.0.2.${from}`, `192.0.2.${to}`);
      const inside = Array.from({ length: 256 }, (_, n) => n).filter((n) =>
        networks.some((cidr: Cidr) => cidr.contains(`192.0.2.${n}`)),
      );
      expect(inside).toEqual(Array.from({ length: to - from + 1 }, (_, n) => from + n));
    }
  });
});
