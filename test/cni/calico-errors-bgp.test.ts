import { Duration } from 'cdk8s';
import { Encapsulation } from '../../lib';
import { SecretRef } from '../../lib/cluster';
import {
  BgpFilterAction,
  BgpFilterMatchOperator,
  type CalicoBgpFilter,
  type CalicoBgpFilterRule,
  type CalicoBgpOptions,
  type TopOfRackPeer,
} from '../../lib/cni';
import { render } from './calico';

const AS = 'use a private number, 64512 to 65534, or your own';
const router = { peerIp: '10.20.0.1', asNumber: 65001 };
const peer = (changes: Partial<TopOfRackPeer>): CalicoBgpOptions => ({
  topOfRackPeers: [{ ...router, ...changes }],
});
const filtered = (...filters: CalicoBgpFilter[]): CalicoBgpOptions => ({
  ...peer({ filters: filters.map(({ name }) => name) }),
  filters,
});
const rule = (changes: Partial<CalicoBgpFilterRule>) =>
  filtered({ name: 'f', exportV4: [{ action: BgpFilterAction.REJECT, ...changes }] });
const accept = [{ action: BgpFilterAction.ACCEPT }];
const PEER = 'bgp.topOfRackPeers[0]';
const SAME = 'a machine keeps one session with a neighbour';
const FAMILY =
  'machines talk to it from an address of the same family; without port and prefix length';
const HOST_BITS = 'write the network address with its prefix length; /32 for one address';

const cases: Array<[CalicoBgpOptions, ...string[]]> = [
  [{ asNumber: 0 }, `bgp.asNumber must be between 1 and 2147483647, got 0; ${AS}`],
  [
    { asNumber: 4200000000 },
    `bgp.asNumber must be between 1 and 2147483647, got 4200000000; ${AS}`,
  ],
  [
    { listenPort: 65536 },
    'bgp.listenPort must be between 1 and 65535, got 65536; use 179 unless it is taken',
  ],
  [
    { listenPort: 5473 },
    'bgp.listenPort must be none of 5473, 9098, 9099, got 5473; Calico listens there itself; use 179 unless it is taken',
  ],
  [
    { nodeToNodeMesh: false, nodeMeshPassword: SecretRef.of('mesh', 'password') },
    'bgp.nodeMeshPassword must be left out without the mesh, got mesh; give each neighbour its password, or keep nodeToNodeMesh on',
  ],
  [
    {
      routeReflectors: { machines: ['cp-1'] },
      nodeMeshPassword: SecretRef.of('mesh', 'password'),
    },
    'bgp.nodeMeshPassword must be left out without the mesh, got mesh; give each neighbour its password, or keep nodeToNodeMesh on',
  ],
  [
    { routeReflectors: { machines: [] } },
    'bgp.routeReflectors.machines must be at least one machine, got nothing; name two, so that one may be away',
  ],
  ...['cp-9', 'cp-1'].map((name): [CalicoBgpOptions, string] => [
    { routeReflectors: { machines: ['cp-1', name] } },
    `bgp.routeReflectors.machines must be names of machines of the spec, each once, got ${name}; correct the name, or add the machine to the spec`,
  ]),
  ...['1', 'fd00::1', '244.0.0.01'].map((clusterId): [CalicoBgpOptions, string] => [
    { routeReflectors: { machines: ['cp-1'], clusterId } },
    `bgp.routeReflectors.clusterId must be in the form of an IPv4 address, got ${clusterId}; write an address that nobody has, such as 244.0.0.1`,
  ]),
  [
    peer({ asNumber: 2147483648, localAsNumber: -1 }),
    `${PEER}.asNumber must be between 1 and 2147483647, got 2147483648; ${AS}`,
    `${PEER}.localAsNumber must be between 1 and 2147483647, got -1; ${AS}`,
  ],
  [
    peer({ ttlSecurity: 256, numAllowedLocalAsNumbers: 11 }),
    `${PEER}.ttlSecurity must be between 1 and 255, got 256; 1 is a neighbour on the same segment`,
    `${PEER}.numAllowedLocalAsNumbers must be between 0 and 10, got 11; use 1 where all racks share one AS number`,
  ],
  ...['10.20.0.1:179', '10.20.0.1/32', 'fd00::1', 'tor.example'].map(
    (peerIp): [CalicoBgpOptions, string] => [
      peer({ peerIp }),
      `${PEER}.peerIp must be an IPv4 address in canonical spelling, got ${peerIp}; ${FAMILY}`,
    ],
  ),
  [
    peer({ peerIp: '10.20.0.12' }),
    `${PEER}.peerIp must be a router's address, but machine cp-2 has it, got 10.20.0.12; name machines in routeReflectors instead`,
  ],
  [
    peer({ zone: 'bergen' }),
    `${PEER}.zone must be one of oslo-1, got bergen; correct the name, or leave it out for all machines`,
  ],
  ...([0, 1500] as const).map((millis): [CalicoBgpOptions, string] => [
    peer({ keepaliveTime: Duration.millis(millis) }),
    `${PEER}.keepaliveTime must be whole seconds, at least one, got ${millis} ms; leave it out for BIRD's own`,
  ]),
  [
    peer({ filters: ['x'] }),
    `${PEER}.filters must be names of bgp.filters (there is none), got x; add the filter or correct its name`,
  ],
  [
    { topOfRackPeers: [router, router] },
    `bgp.topOfRackPeers must be unique by address and zone, got 10.20.0.1; ${SAME}`,
  ],
  // All machines are those of the zone, too.
  [
    { topOfRackPeers: [router, { ...router, zone: 'oslo-1' }] },
    `bgp.topOfRackPeers must be unique by address and zone, got 10.20.0.1 oslo-1; ${SAME}`,
  ],
  [
    filtered({ name: 'No_Default', exportV4: accept }),
    'bgp.filters[0].name must be an RFC 1123 subdomain of its own, got No_Default; use lower-case letters, digits, hyphens and dots',
  ],
  [
    filtered({ name: 'a', exportV4: accept }, { name: 'a', importV4: accept }),
    'bgp.filters[1].name must be an RFC 1123 subdomain of its own, got a; use lower-case letters, digits, hyphens and dots',
  ],
  [
    { ...peer({}), filters: [{ name: 'a', exportV4: accept }] },
    'bgp.filters[0] must be named by a neighbour, got a; add it to the filters of a neighbour, or remove it',
  ],
  [
    filtered({ name: 'a', exportV4: [] }),
    'bgp.filters[0] must be with a rule in one of its lists, got a; a filter without rules lets every route through; remove it',
  ],
  [
    filtered({ name: 'a', importV6: accept }),
    'bgp.filters[0].importV6 must be left out in a cluster without IPv6, got a value; no machine sends or receives such routes',
  ],
  ...['fd00::/8', '10.0.0.1/8'].map((cidr): [CalicoBgpOptions, string] => [
    rule({ cidr, matchOperator: BgpFilterMatchOperator.IN }),
    `bgp.filters[0].exportV4[0].cidr must be a canonical IPv4 CIDR, got ${cidr}; rules of the other family stand in the other list`,
  ]),
  [
    rule({ cidr: '10.0.0.0/8' }),
    'bgp.filters[0].exportV4[0].matchOperator must be given together with the other of the two, got nothing; a network and the way to compare it belong together',
  ],
  [
    rule({ matchOperator: BgpFilterMatchOperator.IN }),
    'bgp.filters[0].exportV4[0].cidr must be given together with the other of the two, got nothing; a network and the way to compare it belong together',
  ],
  [
    { serviceExternalIps: ['203.0.113.1/24'], serviceLoadBalancerIps: ['2001:db8::/64'] },
    `bgp.serviceExternalIps must be canonical IPv4 CIDRs, got 203.0.113.1/24; ${HOST_BITS}`,
    `bgp.serviceLoadBalancerIps must be canonical IPv4 CIDRs, got 2001:db8::/64; ${HOST_BITS}`,
  ],
  [
    { serviceLoadBalancerIps: ['10.0.0.0/8'] },
    'bgp.serviceLoadBalancerIps must be apart from the pod network 10.244.0.0/16, got 10.0.0.0/8; addresses of Services lie outside of the pod networks',
  ],
  [
    { prefixAdvertisements: [{ cidr: '10.244.0.0', communities: ['1:2'] }] },
    `bgp.prefixAdvertisements must be canonical IPv4 CIDRs, got 10.244.0.0; ${HOST_BITS}`,
  ],
  [
    { prefixAdvertisements: [{ cidr: '10.244.0.0/16', communities: [] }] },
    'bgp.prefixAdvertisements.communities must be at least one community for 10.244.0.0/16, got nothing; an advertisement only adds communities; name one, or remove it',
  ],
  ...['green', '65536:1', '1:2:4294967296', '1', '1:2:3:4'].map(
    (community): [CalicoBgpOptions, string] => [
      { prefixAdvertisements: [{ cidr: '10.244.0.0/16', communities: [community] }] },
      `bgp.prefixAdvertisements.communities must be aa:nn, aa:nn:mm or a name of bgp.communities, got ${community}; add it to bgp.communities or write its value`,
    ],
  ),
  [
    { communities: { blue: '64512' } },
    'bgp.communities.blue must be aa:nn or aa:nn:mm, got 64512; write for example 64512:100; numbers go to 65535, three of them to 4294967295',
    'bgp.communities.blue must be used by a prefixAdvertisement, got blue; Calico refuses a community that nothing uses; name it or remove it',
  ],
];

test.each(cases)('%j', (bgp, ...texts) => {
  const lines = texts.map((text) => `[oslo/cni] ${text}`);
  expect(() => render({ bgp })).toThrow(new Error(lines.join('\n')));
});

const IDLE = 'set bgp.enabled to true, or remove it: BIRD does not run and nobody reads it';

test.each([
  [{ asNumber: 64999, listenPort: 180 }, ['asNumber', 'listenPort']],
  [{ nodeMeshPassword: SecretRef.of('a', 'b') }, ['nodeMeshPassword']],
  [{ nodeToNodeMesh: false, advertiseServiceCidr: false, filters: [] }, []],
])('where VXLAN needs no BGP nobody reads %j', (bgp, props) => {
  const make = (more = {}) =>
    render({ encapsulation: Encapsulation.VXLAN, bgp: { ...bgp, ...more } });
  expect(() => make({ enabled: true })).not.toThrow();
  const text = props.map(
    (prop) =>
      `[oslo/cni] bgp.${prop} must be left out where nothing needs BGP, got a value; ${IDLE}`,
  );
  if (text.length === 0) {
    expect(make).not.toThrow();
  } else {
    expect(() => make()).toThrow(new Error(text.join('\n')));
  }
});

test('without BIRD there is nothing to decide', () => {
  const text = (prop: string) =>
    `[oslo/cni] bgp.${prop} must be left out with bgp.enabled false, got a value; without BIRD nobody reads it; leave bgp.enabled out`;
  const bgp = { enabled: false, asNumber: 64999, serviceExternalIps: ['203.0.113.0/24'] };
  expect(() => render({ encapsulation: Encapsulation.VXLAN, bgp })).toThrow(
    new Error(['asNumber', 'serviceExternalIps'].map(text).join('\n')),
  );
});
