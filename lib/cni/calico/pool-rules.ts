import { calicoRule } from './calico-rule';
import type { CalicoChoices } from './choices';
import { isIpip, isVxlan } from './encapsulation';
import { CalicoIpamType } from './pool-options';
import { givesPodAddresses, type SettledPool } from './pools';
import { Cidr, LoadBalancerKind, Severity, type Cluster, type IRule } from '../../cluster';

/** Pods a kubelet runs at most, by its own default. */
const PODS_PER_MACHINE = 110;
/** A tunnel device takes an address, too. */
const ADDRESSES_PER_MACHINE = PODS_PER_MACHINE + 1;
/** Blocks one machine may take (projectcalico/calico:libcalico-go/lib/ipam/ipam.go, v3.32.1). */
const BLOCKS_PER_MACHINE = 20;

const IPAM = 'https://docs.tigera.io/calico/latest/networking/ipam/change-block-size';

/** Whether there are addresses enough, and what they are good for. */
export const poolRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-013',
      severity: Severity.ERROR,
      title: 'Every machine finds a block of pod addresses',
      why: 'A machine without a block lives on single addresses borrowed from others, each a route of its own, until those are used up; with strictAffinity it gets none',
      remedy:
        'lengthen blockSize or widen podCidr; neither can be changed later without moving every pod',
      reference: IPAM,
    },
    (cluster, choices) =>
      families(choices).flatMap((pools) => {
        const blocks = pools.reduce((sum, pool) => sum + blocksIn(pool), 0);
        return blocks < cluster.machines.length
          ? [
              {
                message: `${where(cluster, pools)} ${pools.length === 1 ? 'holds' : 'hold'} ${blocks} blocks of ${sizes(pools)} for ${cluster.machines.length} machines`,
              },
            ]
          : [];
      }),
  ),
  calicoRule(
    {
      id: 'GW-CNI-014',
      severity: Severity.WARNING,
      title: 'The blocks of one machine hold as many pods as its kubelet runs',
      why: `Calico gives a machine ${BLOCKS_PER_MACHINE} blocks at most, or maxBlocksPerHost; the next pod stays in ContainerCreating`,
      remedy:
        'shorten blockSize to 29 or less (125 for IPv6), raise maxBlocksPerHost, or run fewer pods on a machine',
      reference: IPAM,
    },
    (_cluster, choices) => {
      const blocks = choices.options.ipam?.maxBlocksPerHost ?? BLOCKS_PER_MACHINE;
      return families(choices).flatMap((pools) => {
        const most = blocks * Math.max(...pools.map(addressesIn));
        return most < ADDRESSES_PER_MACHINE
          ? [
              {
                message: `${blocks} blocks of ${sizes(pools)} are ${most} addresses a machine, kubelet runs ${PODS_PER_MACHINE} pods`,
              },
            ]
          : [];
      });
    },
  ),
  calicoRule(
    {
      id: 'GW-CNI-015',
      severity: Severity.WARNING,
      title: 'Pods can talk to the outside',
      why: 'Their packets leave with pod addresses, and answers come only where the network routes those back',
      remedy: 'route podCidr to the machines, or leave natOutgoing on',
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster',
    },
    (_cluster, { pools }) =>
      pools
        .filter(({ natOutgoing }) => !natOutgoing)
        .map(({ cidr, encapsulation }) => ({
          message: `natOutgoing is off: nothing outside the cluster knows ${cidr} by itself${
            encapsulation === 'None'
              ? ''
              : `, and answers to ${encapsulation} addresses fail reverse-path checks`
          }`,
        })),
  ),
  calicoRule(
    {
      id: 'GW-CNI-027',
      severity: Severity.WARNING,
      title: 'Addresses last for twice the machines',
      why: 'Blocks stay with a machine for a while after its last pod, and a replaced machine takes new ones',
      remedy: 'lengthen blockSize or widen podCidr before there are pods',
      reference: IPAM,
    },
    (cluster, choices) =>
      families(choices).flatMap((pools) => {
        const each = Math.ceil(ADDRESSES_PER_MACHINE / Math.min(...pools.map(addressesIn)));
        const wanted = 2 * each * cluster.machines.length;
        const blocks = pools.reduce((sum, pool) => sum + blocksIn(pool), 0);
        return blocks >= cluster.machines.length && blocks < wanted
          ? [
              {
                message: `${where(cluster, pools)} ${pools.length === 1 ? 'holds' : 'hold'} ${blocks} blocks; ${cluster.machines.length} machines with ${PODS_PER_MACHINE} pods each take ${each} each, twice that is ${wanted}`,
              },
            ]
          : [];
      }),
  ),
  calicoRule(
    {
      id: 'GW-CNI-028',
      severity: Severity.ERROR,
      title: "HostLocal addresses travel without Calico's own tunnels",
      why: 'The operator refuses VXLAN with them, and WireGuard finds its routes by the blocks that host-local does not have',
      remedy: 'leave ipam.type out, or choose another encapsulation without wireguard',
      reference: 'https://docs.tigera.io/calico/latest/reference/configure-cni-plugins',
    },
    (_cluster, { ipam, pools, encrypted }) =>
      ipam !== CalicoIpamType.HOST_LOCAL
        ? []
        : [
            ...pools
              .filter(({ encapsulation }) => isVxlan(encapsulation))
              .map(({ encapsulation }) => ({
                message: `encapsulation must be other than VXLAN with ipam HostLocal, got ${encapsulation}`,
              })),
            ...(encrypted ? [{ message: 'wireguard must be left out with ipam HostLocal' }] : []),
          ],
  ),
  calicoRule(
    {
      id: 'GW-CNI-029',
      severity: Severity.ERROR,
      title: 'IP in IP carries IPv4 only',
      why: 'The operator refuses the pool, and no pod gets an address',
      remedy: 'choose Encapsulation.VXLAN, VXLAN_CROSS_SUBNET or NONE for IPv6',
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/ipv6',
    },
    (_cluster, { pools }) =>
      pools
        .filter(({ family, encapsulation }) => family === 'IPv6' && isIpip(encapsulation))
        .map(({ cidr, encapsulation }) => ({
          message: `encapsulation must be VXLAN, VXLANCrossSubnet or None for the IPv6 pool ${cidr}, got ${encapsulation}`,
        })),
  ),
  calicoRule(
    {
      id: 'GW-CNI-030',
      severity: Severity.ERROR,
      title: 'One controller gives LoadBalancer addresses',
      why: 'Calico assigns from its pools to every such Service, and so does the other controller: the address changes back and forth',
      remedy: 'remove the pools for LoadBalancer, or say LoadBalancerKind.CALICO',
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/service-loadbalancer',
    },
    (cluster, { loadBalancerPools, pools }) => {
      const { loadBalancer } = cluster;
      const other = cluster._summary('loadBalancer');
      const strange = ![LoadBalancerKind.NONE, LoadBalancerKind.CALICO].includes(loadBalancer);
      const names = pools.map(({ name }) => name);
      return [
        ...(loadBalancerPools.length > 0 && (strange || other !== undefined)
          ? [
              {
                message: `ipPools give LoadBalancer addresses, and so does ${strange ? loadBalancer : other!.path}`,
                ...(strange ? {} : { remedy: `name all pools in ${other!.path}` }),
              },
            ]
          : []),
        ...(other?.routes === undefined ? [] : other.pools)
          .filter(({ name }) => names.includes(name))
          .map(({ name }) => ({
            message: `the pool ${name} of ${other!.path} has the name of a pool for pods`,
            remedy: 'give it another name',
          })),
      ];
    },
  ),
];

/** Pools that pods get addresses of, by family; host-local has no blocks to count. */
function families({ pools, ipam }: CalicoChoices): SettledPool[][] {
  const automatic = ipam === CalicoIpamType.CALICO ? pools.filter(givesPodAddresses) : [];
  return (['IPv4', 'IPv6'] as const)
    .map((family) => automatic.filter((pool) => pool.family === family))
    .filter(({ length }) => length > 0);
}

function addressesIn({ family, blockSize }: SettledPool): number {
  return 2 ** ((family === 'IPv4' ? 32 : 128) - blockSize);
}

function blocksIn({ cidr, blockSize }: SettledPool): number {
  return 2 ** (blockSize - Cidr.parse(cidr)!.prefix);
}

function sizes(pools: readonly SettledPool[]): string {
  return [...new Set(pools.map(({ blockSize }) => `/${blockSize}`))].join(' and ');
}

/** The pod network by its own name where the pool is all of it. */
function where(cluster: Cluster, pools: readonly SettledPool[]): string {
  const [only] = pools;
  return pools.length === 1 && only!.cidr === cluster.podCidr
    ? `podCidr ${cluster.podCidr}`
    : `ipPools ${pools.map(({ cidr }) => cidr).join(', ')}`;
}
