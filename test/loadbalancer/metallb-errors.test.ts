import { Duration } from 'cdk8s';
import {
  HardenedNginxIngress,
  LoadBalancerKind,
  MetalLb,
  MetalLbMode,
  SecretRef,
  Zone,
  type ClusterProps,
  type MetalLbBgpAdvertisement,
  type MetalLbBgpOptions,
  type MetalLbBgpPeer,
  type MetalLbOptions,
  type MetalLbPool,
} from '../../lib';
import { dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { empty, metalLb } from './balancer';

/** The lines of the error, without the path in front. */
function faults(options: Partial<MetalLbOptions>, facts: Partial<ClusterProps> = {}): string[] {
  try {
    metalLb(options, facts);
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace('[oslo/lb] ', ''));
  }
  return [];
}

const pool = (...addresses: string[]): MetalLbPool => ({ name: 'edge', addresses });
const inLayer2 = (...addresses: string[]) => faults({ pools: [pool(...addresses)] });
const router: MetalLbBgpPeer = { address: '192.0.2.1', asNumber: 64513 };
const byBgp = (options: Partial<MetalLbBgpOptions> = {}, ...addresses: string[]) =>
  faults({
    pools: [pool(...(addresses.length > 0 ? addresses : ['203.0.113.16/28']))],
    mode: MetalLbMode.bgp({ asNumber: 64512, peers: [router], ...options }),
  });
const withPeer = (peer: Partial<MetalLbBgpPeer>) => byBgp({ peers: [{ ...router, ...peer }] });
const telling = (...advertisements: MetalLbBgpAdvertisement[]) => byBgp({ advertisements });

const twoZones: Partial<ClusterProps> = {
  zones: [
    Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
    Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
  ],
};

test('nothing is wrong with what is right', () => {
  expect(inLayer2('10.20.0.128/28', '10.20.0.200-10.20.0.210')).toEqual([]);
  expect(byBgp()).toEqual([]);
});

describe('addresses', () => {
  const spelling =
    'must be a canonical CIDR, or the first and the last address with a hyphen between';
  const hint = 'write for example 10.20.0.128/28 or 10.20.0.130-10.20.0.140';

  test.each([
    '10.20.0.129/28',
    '10.20.0.130',
    '10.20.0.140-10.20.0.130',
    '10.20.0.130-fd00::1',
    '10.20.0.130-10.20.0.131-10.20.0.132',
    '10.20.0.130 - 10.20.0.140',
    '',
  ])('%s is neither a network nor a range', (text) => {
    expect(inLayer2(text)).toEqual([
      `pools[0].addresses[0] ${spelling}, got ${text === '' ? 'nothing' : text}; ${hint}`,
    ]);
  });

  test('no pool, or a pool without any', () => {
    expect(faults({ pools: [] })).toEqual([
      'pools must be at least one pool, got nothing; without addresses every Service of type LoadBalancer stays pending',
    ]);
    expect(inLayer2()).toEqual([
      'pools[0].addresses must be at least one network or range, got nothing; MetalLB refuses all of its configuration for one pool without addresses',
    ]);
  });

  test('of pods and of Services', () => {
    expect(byBgp({}, '10.244.128.0/24')).toEqual([
      'pools[0].addresses[0] must be apart from the pod network 10.244.0.0/16, got 10.244.128.0/24; packets to a shared address go to only one of the two',
    ]);
    expect(byBgp({}, '10.96.10.1-10.96.10.9')).toEqual([
      'pools[0].addresses[0] must be apart from the Service network 10.96.0.0/16, got 10.96.10.1-10.96.10.9; packets to a shared address go to only one of the two',
    ]);
  });

  test.each([
    ['10.20.0.8/30', 'without 10.20.0.10, the address of the API'],
    ['10.20.0.12/31', 'without 10.20.0.12, the address of machine cp-2'],
    ['10.20.0.250-10.20.0.254', 'without 10.20.0.254, the address of the gateway of machine cp-1'],
    ['10.20.0.52/31', 'without 10.20.0.53, the address of a resolver of machine cp-1'],
  ])('%s is somebody’s already', (text, allowed) => {
    const machines = [
      osloMachine(1, { gateway: '10.20.0.254', dnsServers: ['10.20.0.53'] }),
      osloMachine(2),
      osloMachine(3),
    ];
    expect(faults({ pools: [pool(text)] }, { machines })).toEqual([
      `pools[0].addresses[0] must be ${allowed}, got ${text}; leave it out; two would answer for it`,
    ]);
  });

  test('that no host can have', () => {
    for (const text of ['127.0.0.8/30', '169.254.10.0/24', '224.0.0.0/24', '0.0.0.0/8']) {
      expect(byBgp({}, text)).toEqual([
        `pools[0].addresses[0] must be of addresses that a host can have, got ${text}; loopback, link-local, multicast and reserved ranges lead nowhere`,
      ]);
    }
  });

  test('of a family that the cluster does not have', () => {
    expect(inLayer2('fd00:20::100/120')).toEqual([
      'pools[0].addresses[0] must be of IPv4 addresses, got fd00:20::100/120; no Service asks for an address of the other family in this cluster',
    ]);
  });

  test('in two pools, or twice in one', () => {
    const other = { name: 'other', addresses: ['10.20.0.140-10.20.0.150'] };
    expect(faults({ pools: [pool('10.20.0.128/28'), other] })).toEqual([
      'pools[1].addresses[0] must be apart from pools[0].addresses[0] 10.20.0.128/28, got 10.20.0.140-10.20.0.150; an address belongs to one pool, once',
    ]);
    expect(inLayer2('10.20.0.128/28', '10.20.0.130-10.20.0.131')).toEqual([
      'pools[0].addresses[1] must be apart from pools[0].addresses[0] 10.20.0.128/28, got 10.20.0.130-10.20.0.131; an address belongs to one pool, once',
    ]);
  });

  test('names of pools', () => {
    const twice = [pool('10.20.0.128/29'), pool('10.20.0.136/29')];
    const message =
      'must be an RFC 1123 label of its own, got edge; use lower-case letters, digits and hyphens, at most 63';
    expect(faults({ pools: twice })).toEqual([`pools[1].name ${message}`]);
    expect(faults({ pools: [{ ...twice[0], name: 'Edge' }] })).toEqual([
      `pools[0].name ${message.replace('edge', 'Edge')}`,
    ]);
  });
});

describe('layer 2: addresses on the segment of the machines', () => {
  test('of another network', () => {
    expect(inLayer2('203.0.113.0/28')).toEqual([
      'pools[0].addresses[0] must be inside the node network of one zone (10.20.0.0/24), got 203.0.113.0/28; clients ask for the address by ARP on the segment of that network only; for other addresses routers must know the way (MetalLbMode.bgp)',
    ]);
  });

  test('the network’s own and its broadcast address', () => {
    expect(inLayer2('10.20.0.240/28')).toEqual([
      'pools[0].addresses[0] must be without 10.20.0.255, got 10.20.0.240/28; the first and the last address of 10.20.0.0/24 are its own and its broadcast address',
    ]);
    expect(inLayer2('10.20.0.0/29')).toEqual([
      'pools[0].addresses[0] must be without 10.20.0.0, got 10.20.0.0/29; the first and the last address of 10.20.0.0/24 are its own and its broadcast address',
    ]);
  });

  test('an IPv6 network of machines has no such addresses', () => {
    const pools = [pool('fd00:20::ff00/120')];
    expect(faults({ pools }, dualStack())).toEqual([]);
  });

  test('of two zones in one pool', () => {
    expect(faults({ pools: [pool('10.20.0.128/28', '10.21.0.128/28')] }, twoZones)).toEqual([
      'pools[0].addresses[1] must be in the same zone as pools[0].addresses[0] 10.20.0.128/28, got 10.21.0.128/28; give every zone pools of its own; only machines of that zone can answer for them',
    ]);
  });

  test('interfaces and labels', () => {
    const mode = (options: object) => faults({ mode: MetalLbMode.layer2(options) });
    expect(mode({ interfaces: [] })).toEqual([
      'mode.interfaces must be interface names of at most 15 characters, each once, got nothing; copy them from `ip -brief link`',
    ]);
    expect(mode({ interfaces: ['eno1', 'eno1', 'a/b'] })).toEqual([
      'mode.interfaces must be interface names of at most 15 characters, each once, got eno1; copy them from `ip -brief link`',
      'mode.interfaces must be interface names of at most 15 characters, each once, got a/b; copy them from `ip -brief link`',
    ]);
    expect(mode({ nodeSelector: {} })).toEqual([
      'mode.nodeSelector must be at least one label, got nothing; leave it out to select everything',
    ]);
    expect(mode({ nodeSelector: { 'a b': 'c' } })).toEqual([
      'mode.nodeSelector must be labels as Kubernetes has them, got a b=c; copy them from `kubectl get --show-labels`',
    ]);
  });
});

describe('who gets the addresses', () => {
  const allocation = (serviceAllocation: object) =>
    faults({ pools: [{ ...pool('10.20.0.128/28'), serviceAllocation }] });

  test('priority, namespaces, labels', () => {
    expect(allocation({ priority: 0 })).toEqual([
      'pools[0].serviceAllocation.priority must be between 1 and 2147483647, got 0; pools with smaller numbers are asked first',
    ]);
    expect(allocation({ namespaces: ['a', 'a', 'B'] })).toEqual(
      ['a', 'B'].map(
        (got) =>
          `pools[0].serviceAllocation.namespaces must be RFC 1123 labels, each once, got ${got}; correct the name; MetalLB refuses one that is named twice`,
      ),
    );
    expect(allocation({ serviceSelector: {}, namespaceSelector: {} })).toEqual(
      ['namespaceSelector', 'serviceSelector'].map(
        (name) =>
          `pools[0].serviceAllocation.${name} must be at least one label, got nothing; leave it out to select everything`,
      ),
    );
  });
});

describe('BGP', () => {
  test('addresses of a node network are looked for by ARP', () => {
    expect(byBgp({}, '10.20.0.128/28')).toEqual([
      'pools[0].addresses[0] must be apart from the node network of zone oslo-1, got 10.20.0.128/28; routers and neighbours look for it there by ARP instead of taking the announced way',
    ]);
  });

  test('no IPv6, which native BGP refuses whole', () => {
    const mode = MetalLbMode.bgp({ asNumber: 64512, peers: [router] });
    expect(faults({ pools: [pool('fd00:99::/112')], mode }, dualStack())).toEqual([
      "pools[0].addresses[0] must be IPv4 addresses with MetalLbMode.bgp, got fd00:99::/112; MetalLB's own BGP announces no IPv6; Calico's does (CalicoLoadBalancer)",
    ]);
  });

  test('numbers', () => {
    expect(byBgp({ asNumber: 0 })).toEqual([
      'mode.asNumber must be between 1 and 4294967295, got 0; private ones begin at 64512',
    ]);
    expect(withPeer({ asNumber: 2 ** 32 })).toEqual([
      'mode.peers[0].asNumber must be between 1 and 4294967295, got 4294967296; ask whoever runs the router',
    ]);
    expect(withPeer({ port: 17000 })).toEqual([
      'mode.peers[0].port must be between 1 and 16384, got 17000; BGP has port 179',
    ]);
  });

  test('routers', () => {
    expect(byBgp({ peers: [] })).toEqual([
      'mode.peers must be at least one, got nothing; without a router nobody outside learns the way',
    ]);
    expect(byBgp({ peers: [router, router] })).toEqual([
      'mode.peers[1] must be named once for a zone, got 192.0.2.1; a router has one session with an address',
    ]);
    expect(withPeer({ address: 'fd00::1' })).toEqual([
      "mode.peers[0].address must be an IPv4 address in canonical spelling, got fd00::1; MetalLB's own BGP dials no IPv6 address; Calico's does (CalicoLoadBalancer)",
    ]);
    expect(withPeer({ address: '10.20.0.11' })).toEqual([
      "mode.peers[0].address must be a router's, but machine cp-1 has it, got 10.20.0.11; name the routers in front of the machines",
    ]);
    expect(withPeer({ zone: 'bergen-1' })).toEqual([
      'mode.peers[0].zone must be one of oslo-1, got bergen-1; correct its name, or leave it out for machines of all zones',
    ]);
    expect(withPeer({ nodeSelector: {} })).toEqual([
      'mode.peers[0].nodeSelector must be at least one label, got nothing; leave it out to select everything',
    ]);
  });

  test.each([
    [Duration.seconds(2), '2 s'],
    [Duration.millis(3500), '3.5 s'],
    [Duration.days(1), '86400 s'],
  ])('hold time %s', (holdTime, got) => {
    expect(withPeer({ holdTime })).toEqual([
      `mode.peers[0].holdTime must be whole seconds, 3 to 65535, got ${got}; BGP counts in seconds, and knows no shorter time`,
    ]);
  });

  test('a password under another key', () => {
    expect(withPeer({ password: SecretRef.of('tor', 'md5') })).toEqual([
      'mode.peers[0].password must be the key password of a Secret of type kubernetes.io/basic-auth, got md5; MetalLB reads no other key, and no Secret of another type',
    ]);
  });

  test('what routers are told', () => {
    expect(telling()).toEqual([
      'mode.advertisements must be at least one, got nothing; leave it out to announce every address',
    ]);
    expect(telling({ pools: ['inner'] })).toEqual([
      'mode.advertisements[0].pools must be some of edge, each once, got inner; leave it out for all of them',
    ]);
    expect(telling({ peers: [] })).toEqual([
      'mode.advertisements[0].peers must be some of 192.0.2.1, each once, got nothing; leave it out for all of them',
    ]);
    expect(telling({ aggregationLength: 24 })).toEqual([
      'mode.advertisements[0].aggregationLength must be between 28 and 32, got 24; a shorter prefix would draw traffic for addresses outside of the pools',
    ]);
    expect(telling({ localPref: -1 })).toEqual([
      'mode.advertisements[0].localPref must be between 0 and 2147483647, got -1; routers of the same AS number take the route with the larger one',
    ]);
    expect(telling({ communities: ['64512:1', '1:2:3'] })).toEqual([
      "mode.advertisements[0].communities must be aa:nn with numbers up to 65535, each once, got 1:2:3; MetalLB's own BGP knows neither large nor extended communities",
    ]);
  });

  test('of a range the widest network counts', () => {
    const advertisements = [{ aggregationLength: 31 }];
    expect(byBgp({ advertisements }, '203.0.113.1-203.0.113.6')).toEqual([]);
    expect(
      byBgp({ advertisements: [{ aggregationLength: 30 }] }, '203.0.113.1-203.0.113.3'),
    ).toEqual([
      'mode.advertisements[0].aggregationLength must be between 31 and 32, got 30; a shorter prefix would draw traffic for addresses outside of the pools',
    ]);
  });

  test('two preferences for the same routes', () => {
    expect(telling({ localPref: 100 }, { localPref: 200 })).toEqual([
      'mode.advertisements[1].localPref must be that of mode.advertisements[0], which announces the same routes, got 200; give the two other pools, routers or lengths',
    ]);
    expect(telling({ localPref: 100 }, { localPref: 200, aggregationLength: 28 })).toEqual([]);
    // All machines are those of any selector, too.
    const some = { localPref: 200, nodeSelector: { a: 'b' } };
    expect(telling({ localPref: 100 }, some)).toHaveLength(1);
    expect(telling({ localPref: 100, nodeSelector: { a: 'c' } }, some)).toEqual([]);
  });
});

describe('the cluster', () => {
  test('with another load balancer', () => {
    expect(faults({}, { loadBalancer: LoadBalancerKind.CALICO })).toEqual([
      'cluster.loadBalancer must be metallb-l2 for this construct, got calico; change the fact or use the construct for calico',
    ]);
    expect(faults({}, { loadBalancer: LoadBalancerKind.METALLB_L2 })).toEqual([]);
  });

  test('with two of them', () => {
    const { chart, cluster } = metalLb();
    expect(() => new MetalLb(chart, 'more', { cluster, pools: [pool('10.20.0.200/32')] })).toThrow(
      '[oslo/more] cluster must be a cluster without another construct of this room (loadBalancer), got oslo/lb; remove one of the two',
    );
  });

  test('with an edge that was made before, and went to node ports', () => {
    const { chart, cluster } = empty();
    new HardenedNginxIngress(chart, 'edge', { cluster });
    expect(() => new MetalLb(chart, 'lb', { cluster, pools: [pool('10.20.0.128/28')] })).toThrow(
      '[oslo/lb] cluster must be without an edge, which would be reached by NodePorts, got oslo/edge; create this construct before the edge, or give the cluster the fact loadBalancer metallb-l2',
    );
    const stated = empty({ loadBalancer: LoadBalancerKind.METALLB_L2 });
    new HardenedNginxIngress(stated.chart, 'edge', { cluster: stated.cluster });
    new MetalLb(stated.chart, 'lb', { cluster: stated.cluster, pools: [pool('10.20.0.128/28')] });
  });
});

test('all faults come at once', () => {
  const found = faults({
    pools: [{ name: 'Edge', addresses: ['10.20.0.10-10.20.0.11', 'x'] }],
    mode: MetalLbMode.layer2({ interfaces: [] }),
  });
  expect(found).toHaveLength(4);
});
