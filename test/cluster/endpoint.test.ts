import { Duration } from 'cdk8s';
import { ApiEndpoint, ApiEndpointKind, type KubeVipBgpOptions } from '../../lib';
import { clientUrls } from '../../lib/cluster';
import { bgpPeers, endpoints } from '../support/endpoints';
import { osloCluster } from '../support/oslo';
import { expectProblems } from './oslo-problems';

const dnsName = 'api.oslo.example';
const bgp = (changes: Partial<KubeVipBgpOptions> = {}, address = '10.99.0.10') =>
  ApiEndpoint.kubeVipBgp(address, { asNumber: 64512, peers: bgpPeers, ...changes });
const keepalived = ApiEndpoint.keepalivedHaproxy;

const nothing = { isVirtual: false, needsLayer2: false, needsBgp: false, isLoopback: false };

test.each<[ApiEndpointKind, number, object]>([
  [ApiEndpointKind.KUBE_VIP, 6443, { isVirtual: true, needsLayer2: true }],
  [ApiEndpointKind.KUBE_VIP_BGP, 6443, { isVirtual: true, needsBgp: true }],
  [ApiEndpointKind.KEEPALIVED_HAPROXY, 7443, { isVirtual: true, needsLayer2: true }],
  [ApiEndpointKind.LOCAL_PROXY, 7443, { isLoopback: true }],
  [ApiEndpointKind.EXTERNAL, 6443, {}],
])('%s says what it needs and where clients dial', (kind, port, facts) => {
  expect(endpoints[kind]).toMatchObject({
    ...{ kind, port, apiServerPort: 6443 },
    ...nothing,
    ...facts,
  });
});

test('behind one port kube-vip and the API server are the same; a balancer has its own', () => {
  expect(ApiEndpoint.kubeVip('10.20.0.10', { port: 8443 }).apiServerPort).toBe(8443);
  expect(bgp({ port: 8443 }).apiServerPort).toBe(8443);
  expect(keepalived('10.20.0.10', { port: 6443, apiServerPort: 8443 })).toMatchObject({
    port: 6443,
    apiServerPort: 8443,
  });
  expect(ApiEndpoint.external({ dnsName, port: 443, apiServerPort: 8443 })).toMatchObject({
    port: 443,
    apiServerPort: 8443,
  });
});

test.each([
  ['10.20.0.10', 10],
  ['10.20.1.0', 255],
  ['10.20.0.254', 254],
  ['fd00:20::10', 16],
  ['fd00:20::1:2ff', 255],
  ['fd00:20::', 255],
])('the virtual router of %s is %i', (address, id) => {
  expect(keepalived(address)._virtualRouter).toEqual({ id, chosen: false });
});

test('a number that somebody chose is taken', () => {
  expect(keepalived('10.20.0.10', { virtualRouterId: 77 })._virtualRouter).toEqual({
    id: 77,
    chosen: true,
  });
});

describe('what makes no sense', () => {
  test.each<[string, () => ApiEndpoint, string]>([
    [
      'one port for two programs',
      () => keepalived('10.20.0.10', { port: 6443 }),
      'port must be another one than apiServerPort 6443, got 6443; HAProxy and the API server stand on one machine and cannot share a port',
    ],
    [
      'the same behind a local proxy',
      () => ApiEndpoint.localProxy({ dnsName, apiServerPort: 7443 }),
      'port must be another one than apiServerPort 7443, got 7443; HAProxy and the API server stand on one machine and cannot share a port',
    ],
    [
      "the kubelet's port",
      () => ApiEndpoint.localProxy({ dnsName, port: 10250 }),
      'port must be a port that is free on every control plane, got 10250; the kubelet or kube-proxy listens there',
    ],
    [
      'a node port',
      () => keepalived('10.20.0.10', { port: 30443 }),
      'port must be a port that is free on every control plane, got 30443; a Service of type NodePort listens there',
    ],
    [
      "etcd's port behind a load balancer",
      () => ApiEndpoint.external({ dnsName, port: 2379, apiServerPort: 2379 }),
      'apiServerPort must be a port that is free on every control plane, got 2379; etcd listens there',
    ],
    [
      'no port',
      () => ApiEndpoint.external({ dnsName, apiServerPort: 0 }),
      'apiServerPort must be between 1 and 65535, got 0; use 6443',
    ],
    [
      'more than a byte',
      () => keepalived('10.20.0.10', { virtualRouterId: 256 }),
      'virtualRouterId must be between 1 and 255, got 256; VRRP has one byte for it; choose one that no other VRRP router on the segment uses',
    ],
    [
      'the name of every machine',
      () => ApiEndpoint.localProxy({ dnsName: 'localhost' }),
      'dnsName must be a name of its own, got localhost; every machine calls itself so; write a name such as api.oslo.example',
    ],
    [
      'nobody to tell',
      () => bgp({ peers: [] }),
      'peers must be at least one router, got nothing; without a router that is told of it nobody finds the address',
    ],
    [
      'no autonomous system',
      () => bgp({ asNumber: 0 }),
      'asNumber must be between 1 and 4294967294, got 0; ask who runs the routers; 64512 to 65534 are for private use',
    ],
    [
      'a router of no system',
      () => bgp({ peers: [{ address: '10.20.0.1', asNumber: 2 ** 32 }] }),
      'asNumber of peer 10.20.0.1 must be between 1 and 4294967294, got 4294967296; ask who runs the routers; 64512 to 65534 are for private use',
    ],
    [
      'a router of another family',
      () => bgp({ peers: [{ address: 'fd00::1', asNumber: 64513 }] }),
      'peers[0].address must be an address of the family of 10.99.0.10, got fd00::1; kube-vip announces a route over a session of its own family',
    ],
    [
      'a router by name',
      () => bgp({ peers: [{ address: 'tor-1', asNumber: 64513 }] }),
      'peers[0].address must be an address of the family of 10.99.0.10, got tor-1; kube-vip announces a route over a session of its own family',
    ],
    [
      'a router twice',
      () => bgp({ peers: [bgpPeers[0]!, bgpPeers[0]!] }),
      'peers must be unique by address, got 10.20.0.1; a router has one session with an address',
    ],
    [
      'two sources',
      () => bgp({ sourceInterface: 'eno1', sourceAddresses: { 'cp-1': '10.20.0.11' } }),
      'sourceInterface must be left out beside sourceAddresses, got eno1; kube-vip takes one of the two and stops when it gets both',
    ],
    [
      'no interface',
      () => bgp({ sourceInterface: 'eno1; reboot' }),
      'sourceInterface must be an interface name of at most 15 characters, got eno1; reboot; copy it from `ip -brief link`',
    ],
    [
      'a source of another family',
      () => bgp({ sourceAddresses: { 'cp-1': 'fd00::11' } }),
      'sourceAddresses of cp-1 must be an address of the family of 10.99.0.10, got fd00::11; a session starts and ends in one family',
    ],
    [
      'a hold time below BGP',
      () => bgp({ holdTime: Duration.seconds(2) }),
      'holdTime must be between 3 and 65535, got 2; BGP carries it in whole seconds and has no shorter one; 9 seconds find a dead machine soon enough',
    ],
    [
      'a hold time between seconds',
      () => bgp({ holdTime: Duration.millis(4500) }),
      'holdTime must be a whole number between 3 and 65535, got 4.5; BGP carries it in whole seconds and has no shorter one; 9 seconds find a dead machine soon enough',
    ],
  ])('%s', (_, make, line) => expect(make).toThrow(new Error(`[ApiEndpoint] ${line}`)));

  test.each<[string, ApiEndpoint, string]>([
    [
      'keepalived beside the segment',
      keepalived('10.21.0.10', { dnsName }),
      "endpoint.address must be inside the nodeCidr of a zone, got 10.21.0.10; keepalived answers ARP for it on the control planes' own segment",
    ],
    [
      'an address that is announced by BGP and looked for by ARP',
      bgp({}, '10.20.0.10'),
      'endpoint.address must be outside nodeCidr 10.20.0.0/24 of zone oslo-1, got 10.20.0.10; machines would look for it by ARP on their own network instead of asking a router',
    ],
    [
      'BGP of another family than the machines',
      bgp({ peers: [{ address: 'fd00::1', asNumber: 64513 }] }, 'fd00:99::10'),
      "endpoint.address must be of the machines' family IPv4, got fd00:99::10; machines must reach it with their own addresses",
    ],
    [
      'the name of a machine on loopback',
      ApiEndpoint.localProxy({ dnsName: 'cp-2' }),
      "endpoint.dnsName must be no machine's own name, got cp-2; the name of a machine resolves to its own address everywhere; choose another one",
    ],
    [
      'the name of a machine for an address that moves',
      ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'cp-1' }),
      "endpoint.dnsName must be no machine's own name, got cp-1; the name of a machine resolves to its own address everywhere; choose another one",
    ],
  ])('%s', (_, endpoint, line) => expectProblems({ endpoint }, [line]));
});

test('clients elsewhere dial the endpoint, or control planes where it is on loopback', () => {
  const urls = (kind: ApiEndpointKind) =>
    clientUrls(osloCluster(undefined, { endpoint: endpoints[kind] }));
  expect(urls(ApiEndpointKind.KEEPALIVED_HAPROXY)).toEqual([
    'https://api.oslo.example:7443',
    'https://10.20.0.10:7443',
  ]);
  expect(urls(ApiEndpointKind.LOCAL_PROXY)).toEqual([
    'https://10.20.0.11:6443',
    'https://10.20.0.12:6443',
    'https://10.20.0.13:6443',
    'https://api.oslo.example:7443',
  ]);
});

test('GW-CLUSTER-008: an address in every kubeconfig', () => {
  const said = (endpoint: ApiEndpoint) =>
    osloCluster(undefined, { endpoint })
      .findings()
      .filter(({ id }) => id === 'GW-CLUSTER-008')
      .map(({ message }) => message);
  expect(said(ApiEndpoint.kubeVip('10.20.0.10'))).toEqual(['clients dial 10.20.0.10 itself']);
  expect(Object.values(endpoints).flatMap(said)).toEqual([]);
});
