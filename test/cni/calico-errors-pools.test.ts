import { Encapsulation } from '../../lib';
import {
  CalicoIpamType,
  IpPoolAssignmentMode,
  IpPoolUse,
  type CalicoIpPool,
  type TunedCalicoOptions,
} from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { foreign, render } from './calico';

const CIDR = 'write the network address with its prefix length, for example 10.244.0.0/16';
const OUTSIDE =
  "the operator refuses a pool outside of kubeadm's podSubnet, and kube-proxy takes its pods for strangers";
const NO_BLOCKS = 'there are no blocks; Kubernetes gives every node one network';
const ONLY_SERVICES = 'Calico takes a pool for LoadBalancer addresses for nothing else';
const NAME = 'name every pool but the first of each family';
const NOBODY = 'without one no pod gets an address of that family, cluster DNS included';
const BALANCED =
  "LoadBalancer addresses are neither pods' nor Services' nor machines'; Calico announces them by BGP and answers no ARP";

const first = { cidr: '10.244.0.0/17' };
const pools = (...more: CalicoIpPool[]): TunedCalicoOptions => ({ ipPools: [first, ...more] });
const balanced = (changes: Partial<CalicoIpPool>) =>
  pools({
    name: 'lb',
    cidr: '198.51.100.0/24',
    allowedUses: [IpPoolUse.LOAD_BALANCER],
    ...changes,
  });
const hostLocal = (changes: object): TunedCalicoOptions => ({
  encapsulation: Encapsulation.NONE,
  ipam: { type: CalicoIpamType.HOST_LOCAL, ...changes },
});
const sizes = (network: string) =>
  `it is a prefix length inside ${network}; 26 gives blocks of 64 addresses`;

const cases: Array<[TunedCalicoOptions, ...string[]]> = [
  [
    { ipPools: [{ cidr: '10.244.0.1/17' }] },
    `ipPools must be with a pool for IPv4 pods that gives addresses by itself, got 10.244.0.1/17; ${NOBODY}`,
    `ipPools[0].cidr must be a canonical CIDR, got 10.244.0.1/17; ${CIDR}`,
  ],
  [
    { ipPools: [] },
    `ipPools must be with a pool for IPv4 pods that gives addresses by itself, got nothing; ${NOBODY}`,
  ],
  [
    { ipPools: [{ ...first, assignmentMode: IpPoolAssignmentMode.MANUAL }] },
    `ipPools must be with a pool for IPv4 pods that gives addresses by itself, got 10.244.0.0/17; ${NOBODY}`,
  ],
  [
    { ipPools: [{ ...first, allowedUses: [IpPoolUse.TUNNEL] }] },
    `ipPools must be with a pool for IPv4 pods that gives addresses by itself, got 10.244.0.0/17; ${NOBODY}`,
  ],
  [
    pools({ name: 'b', cidr: '10.244.64.0/18' }),
    'ipPools[1].cidr must be apart from ipPools[0].cidr 10.244.0.0/17, got 10.244.64.0/18; an address belongs to one pool',
  ],
  [
    pools({ name: 'b', cidr: '10.245.0.0/24' }),
    `ipPools[1].cidr must be inside 10.244.0.0/16, got 10.245.0.0/24; ${OUTSIDE}`,
  ],
  [
    pools({ name: 'b', cidr: 'fd00:244::/64' }),
    `ipPools[1].cidr must be inside 10.244.0.0/16, got fd00:244::/64; ${OUTSIDE}`,
  ],
  [
    pools({ cidr: '10.244.128.0/24' }),
    `ipPools[1].name must be an RFC 1123 label of its own, got nothing; ${NAME}`,
  ],
  [
    pools({ name: 'Edge_1', cidr: '10.244.128.0/24' }),
    `ipPools[1].name must be an RFC 1123 label of its own, got Edge_1; ${NAME}`,
  ],
  [
    pools({ name: 'default-ipv4-ippool', cidr: '10.244.128.0/24' }),
    `ipPools[1].name must be an RFC 1123 label of its own, got default-ipv4-ippool; ${NAME}`,
  ],
  [
    pools({ name: 'b', cidr: '10.244.128.0/24', blockSize: 23 }),
    `ipPools[1].blockSize must be between 24 and 32, got 23; ${sizes('10.244.128.0/24')}`,
  ],
  // The size of the construct has to fit every pool that has none of its own.
  [
    { ...pools({ name: 'b', cidr: '10.244.128.0/28' }), blockSize: 26 },
    `blockSize must be between 28 and 32, got 26; ${sizes('10.244.128.0/28')}`,
  ],
  [
    { ipPools: [{ ...first, blockSize: 26 }], blockSize: 27 },
    'blockSize must be left out where no IPv4 pool takes it, got 27; give blockSize to the pools in ipPools',
  ],
  [
    pools({ name: 'b', cidr: '10.244.128.0/24', allowedUses: [] }),
    'ipPools[1].allowedUses must be at least one use, each once, got nothing; leave it out for pods and tunnels',
  ],
  [
    pools({
      name: 'b',
      cidr: '10.244.128.0/24',
      allowedUses: [IpPoolUse.TUNNEL, IpPoolUse.TUNNEL],
    }),
    'ipPools[1].allowedUses must be at least one use, each once, got Tunnel, Tunnel; leave it out for pods and tunnels',
  ],
  [
    pools({ name: 'b', cidr: '10.244.128.0/24', nodeSelector: ' ' }),
    'ipPools[1].nodeSelector must be a selector, got nothing; write all() for every machine',
  ],
  [
    balanced({ allowedUses: [IpPoolUse.LOAD_BALANCER, IpPoolUse.WORKLOAD] }),
    `ipPools[1].allowedUses must be LoadBalancer alone, got LoadBalancer, Workload; ${ONLY_SERVICES}`,
  ],
  [
    balanced({
      encapsulation: Encapsulation.VXLAN,
      nodeSelector: 'edge == "true"',
      disableBgpExport: true,
      natOutgoing: true,
    }),
    `ipPools[1].encapsulation must be None, or left out, got VXLAN; ${ONLY_SERVICES}`,
    `ipPools[1].nodeSelector must be all(), or left out, got edge == "true"; ${ONLY_SERVICES}`,
    `ipPools[1].disableBgpExport must be false, or left out, got true; ${ONLY_SERVICES}`,
    `ipPools[1].natOutgoing must be false, or left out, got true; ${ONLY_SERVICES}`,
  ],
  ...[
    ['10.244.128.0/24', '10.244.0.0/16'],
    ['10.96.0.0/24', '10.96.0.0/16'],
    ['10.20.0.128/25', '10.20.0.0/24'],
  ].map(([cidr, taken]): [TunedCalicoOptions, string] => [
    balanced({ cidr: cidr! }),
    `ipPools[1].cidr must be apart from ${taken}, got ${cidr}; ${BALANCED}`,
  ]),
  [
    balanced({ cidr: '2001:db8::/112' }),
    'ipPools[1].cidr must be an IPv4 network, got 2001:db8::/112; no Service asks for an address of the other family in this cluster',
  ],
  [
    { ipam: { maxBlocksPerHost: 0, strictAffinity: true } },
    'ipam.maxBlocksPerHost must be between 1 and 2147483647, got 0; leave it out for the 20 that are built into Calico',
  ],
  [
    { ipam: { maxBlocksPerHost: 4 } },
    'ipam.maxBlocksPerHost must be given with strictAffinity only, got 4; without it a machine borrows from blocks of others, and the limit would mean nothing',
  ],
  ...[true, false].map((strictAffinity): [TunedCalicoOptions, string] => [
    { ipam: { strictAffinity, autoAllocateBlocks: false } },
    'ipam.autoAllocateBlocks must be true for machines that this spec makes, got false; nothing else gives a machine its first block, and no pod would get an address',
  ]),
  [
    { ...hostLocal({}), ipPools: [first] },
    "ipPools must be the cluster's pod networks, whole and for all machines, with HostLocal, got 10.244.0.0/17; the host-local plugin knows nothing of pools; leave ipPools out",
  ],
  [
    { ...hostLocal({}), ipPools: [{ cidr: '10.244.0.0/16', nodeSelector: 'a == "b"' }] },
    "ipPools must be the cluster's pod networks, whole and for all machines, with HostLocal, got 10.244.0.0/16; the host-local plugin knows nothing of pools; leave ipPools out",
  ],
  [
    hostLocal({ strictAffinity: false }),
    `ipam.strictAffinity must be left out with HostLocal, got false; ${NO_BLOCKS}`,
  ],
  [
    { ...hostLocal({}), blockSize: 25 },
    `blockSize must be left out with HostLocal, got 25; ${NO_BLOCKS}`,
  ],
];

test.each(cases)('%j', (options, ...texts) => {
  const lines = texts.map((text) => `[oslo/cni] ${text}`);
  expect(() => render(options)).toThrow(new Error(lines.join('\n')));
});

test('more pools than an Installation holds; those for Services do not count', () => {
  const many = (count: number): CalicoIpPool[] =>
    [...Array(count).keys()].map((n) => ({ name: `p-${n}`, cidr: `10.244.${n}.0/24` }));
  const services = { name: 's', cidr: '198.51.100.0/24', allowedUses: [IpPoolUse.LOAD_BALANCER] };
  expect(() => render({ ipPools: many(26) })).toThrow(
    new Error(
      '[oslo/cni] ipPools must be at most 25 pools for pods, got 26; join neighbouring networks into one',
    ),
  );
  expect(() => render({ ipPools: [...many(25), services] })).not.toThrow();
});

test('every family of a dual-stack cluster needs a pool', () => {
  expect(() => render(pools(), dualStack())).toThrow(
    `[oslo/cni] ipPools must be with a pool for IPv6 pods that gives addresses by itself, got 10.244.0.0/17; ${NOBODY}`,
  );
  const v6 = { cidr: 'fd00:244::/64', blockSize: 115 };
  expect(() => render(pools(v6), dualStack())).toThrow(
    new Error(
      '[oslo/cni] ipPools[1].blockSize must be between 116 and 128, got 115; it is a prefix length inside fd00:244::/64; 122 gives blocks of 64 addresses',
    ),
  );
  expect(() => render(pools({ cidr: 'fd00:244::/64' }), dualStack())).not.toThrow();
});

test('blocks of running machines can be frozen, with strictAffinity', () => {
  const freeze = (strictAffinity: boolean) => () =>
    foreign({ ipam: { strictAffinity, autoAllocateBlocks: false } });
  expect(freeze(true)).not.toThrow();
  expect(freeze(false)).toThrow(
    new Error(
      '[oslo/cni] ipam.autoAllocateBlocks must be true without strictAffinity, got false; nothing else gives a machine its first block, and no pod would get an address',
    ),
  );
});
