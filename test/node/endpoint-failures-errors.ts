import { Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  LoadBalancerKind,
  Underlay,
  Zone,
  type ClusterProps,
  type KubeVipBgpOptions,
} from '../../lib';
import { TunedCalico, type TunedCalicoOptions } from '../../lib/cni';
import { bgpPeers, endpoints } from '../support/endpoints';
import { osloMachine, osloProps } from '../support/oslo';
import { oslo } from './support';

// Failures around the way to the API that reports from running clusters taught: NODE10 is an endpoint that
// the platform does not carry, NODE11 a virtual IP whose machines need unlike files.

export interface EndpointFailure {
  readonly id: 'NODE10' | 'NODE11';
  readonly title: string;
  /** What makes it speak. */
  readonly of: () => string[];
  /** Every line about endpoints, `id severity message`; an empty list where all is well. */
  readonly says: readonly string[];
}

const mtu = 1500;
const filtered = Underlay.filtered({ mtu });
const routed = Underlay.routed({ mtu });
const bridged = Underlay.of({ mtu, l2Adjacent: true, filtersSourceAddresses: true });
const singles = Underlay.flatL2({ mtu, singleAddresses: true });
const IDS = /^GW-NODE-(002|05[5-9]|06[01])$/;
const { 'kube-vip': arp, 'kube-vip-bgp': bgp } = endpoints;
const { 'keepalived-haproxy': vrrp, 'local-proxy': local, external } = endpoints;

/** What is found about the endpoint of the flagship with these facts. */
function said(endpoint: ApiEndpoint, changes: Partial<ClusterProps> = {}): string[] {
  return about(oslo({ endpoint, ...changes }));
}

/** The same, with Calico. */
function withCalico(endpoint: ApiEndpoint, options: TunedCalicoOptions = {}): string[] {
  const rendered = oslo({ endpoint });
  new TunedCalico(new Chart(rendered.app, 'network'), 'cni', {
    cluster: rendered.cluster,
    ...options,
  });
  return about(rendered);
}

function about({ cluster }: ReturnType<typeof oslo>): string[] {
  return cluster
    .findings()
    .filter(({ id }) => IDS.test(id))
    .map(({ id, severity, message }) => `${id} ${severity} ${message}`);
}

/** The flagship's endpoint by BGP, with any option changed. */
function announced(changes: Partial<KubeVipBgpOptions>): ApiEndpoint {
  return ApiEndpoint.kubeVipBgp('10.99.0.10', {
    ...{ dnsName: 'api.oslo.example', asNumber: 64512, peers: bgpPeers },
    ...changes,
  });
}

/** The error of a construct that does not come to be. */
function thrown(endpoint: ApiEndpoint, changes: Partial<ClusterProps> = {}): string[] {
  try {
    oslo({ endpoint, ...changes });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const ROUTER = 'GW-NODE-056 note virtual router 10 follows from 10.20.0.10';
const ELSEWHERE =
  'GW-NODE-061 note clients elsewhere dial https://10.20.0.11:6443 or https://10.20.0.12:6443 or https://10.20.0.13:6443';
const HAIRPIN =
  'GW-NODE-057 note api.oslo.example:6443 must reach cp-1 from cp-1 itself, on port 6443 there';
const dropped = (address: string) =>
  `GW-NODE-055 error answers come from ${address}, and the underlay drops packets whose source is not the machine's own`;
const apart = (how: string) =>
  `GW-NODE-002 error 10.20.0.10 is moved by ${how}, but the underlay says that machines do not share an Ethernet segment`;
const unknown =
  "GW-NODE-055 error NICs carry single addresses, so machines ask the provider's router for 10.20.0.10, which knows nothing of it";
const peerRouter = { peerIp: '10.20.0.1', asNumber: 64513 };
const session = (address: string) =>
  `GW-NODE-058 error kube-vip and the network plugin both open a session with router ${address} from the machine's own address`;
const calicoBgp = {
  encapsulation: Encapsulation.NONE,
  bgp: { topOfRackPeers: [peerRouter] },
};
const twoZones = {
  zones: [...osloProps().zones, Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' })],
  machines: [
    ...[osloMachine(1), osloMachine(2)],
    osloMachine(3, { zone: 'oslo-2', address: '10.21.0.13' }),
  ],
};

/** Whether the network carries the endpoint. */
const platform: EndpointFailure[] = [
  ...[
    ['ARP on one segment', () => said(arp), []],
    ['ARP behind routers', () => said(arp, { underlay: routed }), [apart('ARP')]],
    ['ARP on a VPS platform', () => said(arp, { underlay: filtered }), [apart('ARP')]],
    ['ARP that is filtered', () => said(arp, { underlay: bridged }), [dropped('10.20.0.10')]],
    ['ARP among single addresses', () => said(arp, { underlay: singles }), [unknown]],
    [
      'ARP between zones',
      () => said(arp, twoZones),
      ['GW-NODE-002 error 10.20.0.10 is not on the network of control plane cp-3 (10.21.0.0/24)'],
    ],
    ['VRRP on one segment', () => said(vrrp), [ROUTER]],
    [
      'VRRP behind routers',
      () => said(vrrp, { underlay: routed }),
      [apart('VRRP and ARP'), ROUTER],
    ],
    [
      'VRRP on a VPS platform',
      () => said(vrrp, { underlay: filtered }),
      [apart('VRRP and ARP'), ROUTER],
    ],
    ['VRRP among single addresses', () => said(vrrp, { underlay: singles }), [unknown, ROUTER]],
    [
      'VRRP with a number that somebody chose',
      () => said(ApiEndpoint.keepalivedHaproxy('10.20.0.10', { virtualRouterId: 10 })),
      [],
    ],
    ['BGP behind routers', () => said(bgp, { underlay: routed }), []],
    ['BGP between zones', () => said(bgp, { underlay: routed, ...twoZones }), []],
    [
      'BGP where sources are filtered',
      () => said(bgp, { underlay: filtered }),
      [dropped('10.99.0.10')],
    ],
    ['a local proxy on a VPS platform', () => said(local, { underlay: filtered }), [ELSEWHERE]],
    ['a local proxy among single addresses', () => said(local, { underlay: singles }), [ELSEWHERE]],
    ['a load balancer of others', () => said(external, { underlay: filtered }), [HAIRPIN]],
    ['two speakers of BGP with routers of their own', () => withCalico(bgp), []],
    ['two sessions with one router', () => withCalico(bgp, calicoBgp), [session('10.20.0.1')]],
    [
      'two sessions from two addresses',
      () =>
        withCalico(
          announced({
            sourceAddresses: { 'cp-1': '10.8.0.1', 'cp-2': '10.8.0.2', 'cp-3': '10.8.0.3' },
          }),
          calicoBgp,
        ),
      [],
    ],
    [
      'one of the addresses forgotten',
      () =>
        withCalico(
          announced({
            sourceAddresses: { 'cp-1': '10.8.0.1', 'cp-2': '10.20.0.12', 'cp-3': '10.8.0.3' },
          }),
          calicoBgp,
        ),
      [session('10.20.0.1')],
    ],
    ['another NIC', () => withCalico(announced({ sourceInterface: 'eno2' }), calicoBgp), []],
    [
      'the NIC that Calico uses',
      () => withCalico(announced({ sourceInterface: 'eno1' }), calicoBgp),
      [session('10.20.0.1')],
    ],
    [
      'a machine for a router',
      () => said(announced({ peers: [{ address: '10.20.0.13', asNumber: 64512 }] })),
      ['GW-NODE-059 error peer 10.20.0.13 is machine cp-3'],
    ],
    [
      'MetalLB beside it',
      () => said(bgp, { loadBalancer: LoadBalancerKind.METALLB_BGP }),
      ['GW-NODE-060 warning MetalLB and kube-vip speak BGP from the same addresses'],
    ],
  ].map(([title, of, says]) => ({ id: 'NODE10', title, of, says }) as EndpointFailure),
];

/** Whether each machine has what it needs to hold the address. */
const machines: EndpointFailure[] = [
  ...[
    [
      'kube-vip on an interface that nobody named',
      () => thrown(arp, { machines: [osloMachine(1, { nic: undefined })] }),
      [
        '[nodes] nic of machine cp-1 must be given when the API endpoint is a virtual IP, got nothing; name the interface that carries 10.20.0.11; kube-vip would take the one of the default route',
      ],
    ],
    [
      'keepalived on an interface that nobody named',
      () => thrown(vrrp, { machines: [osloMachine(1, { nic: undefined })] }),
      [
        '[nodes] nic of machine cp-1 must be given when the API endpoint is a virtual IP, got nothing; name the interface that carries 10.20.0.11; keepalived puts the address there',
      ],
    ],
    [
      'BGP, which needs no name of an interface',
      () => thrown(bgp, { machines: [osloMachine(1, { nic: undefined })] }),
      [],
    ],
    [
      'a source for some control planes only',
      () => thrown(announced({ sourceAddresses: { 'cp-1': '10.8.0.1', 'w-1': '10.8.0.9' } })),
      [
        '[nodes] endpoint sourceAddresses must be given for each of cp-1, cp-2, cp-3 and nobody else, got cp-1, w-1; look at cp-2, cp-3, w-1',
      ],
    ],
  ].map(([title, of, says]) => ({ id: 'NODE11', title, of, says }) as EndpointFailure),
];

export const endpointFailures: readonly EndpointFailure[] = [...platform, ...machines];
