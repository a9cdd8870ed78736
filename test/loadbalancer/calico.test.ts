import {
  CalicoAssignIps,
  CniKind,
  Encapsulation,
  IpPoolUse,
  LoadBalancerKind,
  TunedCalico,
  TunedFlannel,
  type CalicoLoadBalancerPool,
  type ClusterProps,
  type TunedCalicoOptions,
} from '../../lib';
import { dualStack } from '../support/dual-stack';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { phases } from '../support/phases';
import { calicoLb, said, type Rendered } from './balancer';

const router = { peerIp: '10.20.0.1', asNumber: 64513 };
const withCalico = (options: TunedCalicoOptions = { bgp: { topOfRackPeers: [router] } }) => ({
  before: (chart: any, cluster: any) => void new TunedCalico(chart, 'cni', { cluster, ...options }),
});
const calicoLater = (options: TunedCalicoOptions = { bgp: { topOfRackPeers: [router] } }) => ({
  after: withCalico(options).before,
});
const pools = (...given: Array<Partial<CalicoLoadBalancerPool>>) =>
  given.map((pool, n) => ({ name: `p${n}`, cidr: `192.0.2.${n * 32}/27`, ...pool }));

/** What Calico's own objects say about the load balancer. */
function told({ objects }: Rendered) {
  const bgp = objects.find('BGPConfiguration').spec;
  return {
    networks: bgp.serviceLoadBalancerIPs,
    aggregation: bgp.serviceLoadBalancerAggregation,
    controllers: objects.find('KubeControllersConfiguration').spec.controllers,
  };
}

test('a pool for nothing but addresses of Services', () => {
  const { objects, chart } = calicoLb({}, {}, withCalico());
  expect(objects.find('IPPool').spec).toEqual({
    cidr: '192.0.2.0/27',
    blockSize: 27,
    ipipMode: 'Never',
    vxlanMode: 'Never',
    natOutgoing: false,
    nodeSelector: 'all()',
    allowedUses: ['LoadBalancer'],
    assignmentMode: 'Automatic',
    disableBGPExport: false,
  });
  expect(phases(chart)).toContain('45-load-balancer-config IPPool edge');
});

test('a large pool has blocks of 64, and may be for those who ask', () => {
  const { objects } = calicoLb({
    pools: pools({
      cidr: '203.0.113.0/24',
      autoAssign: false,
      namespaceSelector: "team == 'edge'",
    }),
  });
  expect(objects.find('IPPool').spec).toMatchObject({
    blockSize: 26,
    assignmentMode: 'Manual',
    namespaceSelector: "team == 'edge'",
  });
});

test.each([
  ['before', withCalico()],
  ['after', calicoLater()],
])('Calico that comes %s it announces every address by itself', (_when, around) => {
  const rendered = calicoLb({}, {}, around);
  expect(told(rendered)).toEqual({
    networks: [{ cidr: '192.0.2.0/27' }],
    aggregation: 'Disabled',
    controllers: { loadBalancer: { assignIPs: 'AllServices' } },
  });
  expect(phases(rendered.chart)).toContain('20-cni BGPConfiguration default');
  expect(phases(rendered.chart)).toContain(
    '30-network-policy KubeControllersConfiguration default',
  );
  const keys = rendered.cluster.decisions().map(({ key }) => key);
  expect(keys).toContain('BGPConfiguration.spec.serviceLoadBalancerAggregation');
});

test('nothing that the spec says of BGP or of host endpoints is lost', () => {
  const rendered = calicoLb(
    { assignIps: CalicoAssignIps.REQUESTED_SERVICES_ONLY, aggregateRoutes: true },
    {},
    withCalico({
      bgp: {
        asNumber: 65000,
        topOfRackPeers: [router],
        serviceLoadBalancerIps: ['198.51.100.64/26'],
      },
      hostEndpoints: {},
    }),
  );
  const { networks, aggregation, controllers } = told(rendered);
  expect(networks).toEqual([{ cidr: '198.51.100.64/26' }, { cidr: '192.0.2.0/27' }]);
  expect(aggregation).toBe('Enabled');
  expect(controllers).toEqual({
    node: { hostEndpoint: { autoCreate: 'Enabled', createDefaultHostEndpoint: 'Enabled' } },
    loadBalancer: { assignIPs: 'RequestedServicesOnly' },
  });
  expect(rendered.objects.find('BGPConfiguration').spec.asNumber).toBe(65000);
});

test('without a word about BGP there is a BGPConfiguration, and somebody waits for its definition', () => {
  const rendered = calicoLb({}, {}, withCalico({ encapsulation: Encapsulation.NONE }));
  expect(rendered.objects.find('BGPConfiguration').spec).toEqual({
    asNumber: 64512,
    listenPort: 179,
    nodeToNodeMeshEnabled: true,
    serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/27' }],
    serviceLoadBalancerAggregation: 'Disabled',
  });
  const waits = rendered.cluster._waits('after', '10-cni-operator' as never);
  expect(waits.map(({ resource }) => resource)).toContain(
    'crd/bgpconfigurations.crd.projectcalico.org',
  );
});

test('the fact alone switches BGP on where pods do not need it', () => {
  const facts = { loadBalancer: LoadBalancerKind.CALICO };
  const rendered = calicoLb({}, facts, withCalico({ encapsulation: Encapsulation.VXLAN }));
  expect(rendered.objects.find('Installation').spec.calicoNetwork.bgp).toBe('Enabled');
  expect(said(rendered)).toEqual([]);
});

describeWithUpstream('against upstream’s schemas', () => {
  test.each<[string, Partial<ClusterProps>, string]>([
    ['one family', {}, '203.0.113.0/24'],
    ['two families', dualStack(), 'fd00:99::/112'],
  ])('%s', (_name, facts, cidr) => {
    const { objects } = calicoLb({ pools: pools({}, { cidr }) }, facts, withCalico());
    expect(objects.all.flatMap((object) => validateStrictly(object))).toEqual([]);
  });
});

test('in IPVS mode the host firewall lets packets for the pools in', () => {
  const { cluster } = calicoLb();
  const { ports } = cluster.ledger.forMachine(cluster.machines[0]);
  expect(ports.map(({ key }) => key)).toContain('to 192.0.2.0/27 from anywhere');
});

describe('what is wrong', () => {
  const faults = (...given: Array<Partial<CalicoLoadBalancerPool>>) => {
    try {
      calicoLb({ pools: pools(...given) });
    } catch (error) {
      return (error as Error).message.replace(/\[oslo\/lb\] /g, '').split('\n');
    }
    return [];
  };

  test('networks', () => {
    expect(faults({ cidr: '10.20.0.128/28' })).toEqual([
      'pools[0].cidr must be apart from the node network of zone oslo-1, got 10.20.0.128/28; routers and neighbours look for it there by ARP instead of taking the announced way',
    ]);
    expect(faults({ cidr: '10.244.8.0/24' })).toEqual([
      'pools[0].cidr must be apart from the pod network 10.244.0.0/16, got 10.244.8.0/24; packets to a shared address go to only one of the two',
    ]);
    expect(faults({ cidr: '192.0.2.1-192.0.2.6' })).toEqual([
      'pools[0].cidr must be a canonical CIDR, got 192.0.2.1-192.0.2.6; Calico takes no ranges; give several networks',
    ]);
    expect(faults({}, { cidr: '192.0.2.16/28' })).toEqual([
      'pools[1].cidr must be apart from pools[0].cidr 192.0.2.0/27, got 192.0.2.16/28; an address belongs to one pool, once',
    ]);
    expect(faults()).toEqual([
      'pools must be at least one pool, got nothing; without addresses every Service of type LoadBalancer stays pending',
    ]);
  });

  test('blocks and selectors', () => {
    expect(faults({ blockSize: 26 })).toEqual([
      'pools[0].blockSize must be between 27 and 32, got 26; it is a prefix length inside 192.0.2.0/27; 26 gives blocks of 64 addresses',
    ]);
    expect(faults({ namespaceSelector: ' ' })).toEqual([
      'pools[0].namespaceSelector must be a selector, got nothing; leave it out for all namespaces',
    ]);
  });
});

describe('GW-LB-010: who announces them', () => {
  test('Calico with BGP', () => {
    expect(said(calicoLb({}, {}, withCalico()))).toEqual([]);
  });

  test('nobody', () => {
    expect(said(calicoLb())).toEqual(['error GW-LB-010 the cluster has no TunedCalico']);
    const flannel = {
      before: (chart: any, cluster: any) => void new TunedFlannel(chart, 'cni', { cluster }),
    };
    expect(said(calicoLb({}, {}, flannel))).toEqual([
      'error GW-LB-010 the cluster has no TunedCalico',
    ]);
    const without = withCalico({ encapsulation: Encapsulation.VXLAN, bgp: { enabled: false } });
    expect(said(calicoLb({}, { cni: CniKind.CALICO }, without))).toEqual([
      'error GW-LB-010 BGP of TunedCalico is off (bgp.enabled)',
    ]);
  });
});

test('GW-LB-011: routes of whole pools', () => {
  expect(said(calicoLb({ aggregateRoutes: true }, {}, withCalico()))).toEqual([
    'warning GW-LB-011 routes to pools are aggregated',
  ]);
});

describe('what Calico’s own rules make of it', () => {
  test('GW-CNI-046: nobody hears what is announced', () => {
    expect(
      said(calicoLb({}, {}, withCalico({ encapsulation: Encapsulation.NONE })), 'GW-CNI-046'),
    ).toEqual([
      'warning GW-CNI-046 Services are advertised, and bgp.topOfRackPeers names no router',
    ]);
    expect(said(calicoLb({}, {}, withCalico()), 'GW-CNI-046')).toEqual([]);
  });

  test('GW-CNI-030: two give addresses, or two pools have one name', () => {
    const own = withCalico({
      bgp: { topOfRackPeers: [router] },
      ipPools: [
        { cidr: '10.244.0.0/16' },
        { name: 'old', cidr: '198.51.100.0/26', allowedUses: [IpPoolUse.LOAD_BALANCER] },
      ],
    });
    expect(said(calicoLb({}, {}, own), 'GW-CNI-030')).toEqual([
      'error GW-CNI-030 ipPools give LoadBalancer addresses, and so does oslo/lb',
    ]);
    const named = { pools: pools({ name: 'default-ipv4-ippool' }) };
    expect(said(calicoLb(named, {}, withCalico()), 'GW-CNI-030')).toEqual([
      'error GW-CNI-030 the pool default-ipv4-ippool of oslo/lb has the name of a pool for pods',
    ]);
  });
});
