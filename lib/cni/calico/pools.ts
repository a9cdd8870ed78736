import type { TunedCalicoProps } from './calico-options';
import { LinuxDataplane } from './dataplane-options';
import { chooseSecondFamily, type EncapsulationChoice } from './encapsulation';
import { IpPoolAssignmentMode, IpPoolUse, type CalicoIpPool } from './pool-options';
import {
  Cidr,
  Encapsulation,
  overheadOf,
  wrappingOf,
  type Cluster,
  type IpFamily,
  type PacketWay,
} from '../../cluster';

/** A pool with every default settled. */
export interface SettledPool {
  readonly name: string;
  readonly cidr: string;
  readonly family: IpFamily;
  readonly encapsulation: Encapsulation;
  readonly encapsulationWhy: string;
  readonly blockSize: number;
  readonly natOutgoing: boolean;
  readonly nodeSelector: string;
  readonly allowedUses: readonly IpPoolUse[];
  readonly assignmentMode: IpPoolAssignmentMode;
  readonly disableBgpExport: boolean;
}

/** Addresses in one block by default: 64 in either family. */
const BLOCK_SIZE: Readonly<Record<IpFamily, number>> = { IPv4: 26, IPv6: 122 };

/** Calico's name for the first pool of a family; its own guides use it. */
export function defaultPoolName(family: IpFamily): string {
  return `default-${family.toLowerCase()}-ippool`;
}

/** Whether a pool is for Services of type LoadBalancer. */
export function isForLoadBalancers({
  allowedUses,
}: {
  readonly allowedUses?: readonly IpPoolUse[];
}): boolean {
  return allowedUses?.includes(IpPoolUse.LOAD_BALANCER) ?? false;
}

/** Whether pods get addresses of this pool without asking for it by name. */
export function givesPodAddresses({
  allowedUses = [IpPoolUse.WORKLOAD],
  assignmentMode,
}: {
  readonly allowedUses?: readonly IpPoolUse[];
  readonly assignmentMode?: IpPoolAssignmentMode;
}): boolean {
  return allowedUses.includes(IpPoolUse.WORKLOAD) && assignmentMode !== IpPoolAssignmentMode.MANUAL;
}

/** Every pool of the spec, or one for each pod network; call `poolProblems` first. */
export function settlePools(props: TunedCalicoProps, choice: EncapsulationChoice): SettledPool[] {
  const { cluster } = props;
  const named = new Set<IpFamily>();
  return poolsOf(props).map((pool) => {
    const family = Cidr.parse(pool.cidr)!.family;
    const balanced = isForLoadBalancers(pool);
    const first = !balanced && !named.has(family);
    if (first) {
      named.add(family);
    }
    const how = howItTravels(cluster, pool, family, choice);
    return {
      name: pool.name ?? defaultPoolName(family),
      cidr: pool.cidr,
      family,
      encapsulation: how.encapsulation,
      encapsulationWhy: how.why,
      blockSize:
        pool.blockSize ??
        (family === 'IPv4' && !balanced ? props.blockSize : undefined) ??
        Math.max(BLOCK_SIZE[family], Cidr.parse(pool.cidr)!.prefix),
      natOutgoing: pool.natOutgoing ?? (balanced ? false : (props.natOutgoing ?? true)),
      nodeSelector: pool.nodeSelector ?? 'all()',
      allowedUses: pool.allowedUses ?? [IpPoolUse.WORKLOAD, IpPoolUse.TUNNEL],
      assignmentMode: pool.assignmentMode ?? IpPoolAssignmentMode.AUTOMATIC,
      disableBgpExport: pool.disableBgpExport ?? false,
    };
  });
}

/** The pools as the spec has them. */
export function poolsOf({ cluster, ipPools }: TunedCalicoProps): readonly CalicoIpPool[] {
  return ipPools ?? cluster.podCidrs.map((cidr) => ({ cidr }));
}

function howItTravels(
  cluster: Cluster,
  pool: CalicoIpPool,
  family: IpFamily,
  choice: EncapsulationChoice,
): EncapsulationChoice {
  if (isForLoadBalancers(pool)) {
    return { encapsulation: Encapsulation.NONE, why: 'no pod has these addresses' };
  }
  if (pool.encapsulation !== undefined) {
    return { encapsulation: pool.encapsulation, why: 'chosen in the spec for this pool' };
  }
  return cluster.isDualStack && family === 'IPv6' ? chooseSecondFamily(choice) : choice;
}

/** Every way in which packets of pods leave a machine: pools, encryption, and BPF's own tunnel. */
export function packetWays(
  cluster: Cluster,
  pools: readonly SettledPool[],
  dataplane: LinuxDataplane,
  encrypted: boolean,
): PacketWay[] {
  const ways: PacketWay[] = pools.map(({ encapsulation, family }) => ({
    wrapping: wrappingOf(encapsulation),
    family,
  }));
  for (const family of cluster._families) {
    if (encrypted) {
      ways.push({ wrapping: 'WireGuard', family });
    }
    if (dataplane === LinuxDataplane.BPF) {
      // Connections from outside to a pod on another machine go through VXLAN, whatever the pool says.
      ways.push({ wrapping: 'VXLAN', family });
    }
  }
  return ways;
}

/** MTU of pod interfaces: what every path carries, less the largest overhead of any way. */
export function largestMtu(cluster: Cluster, ways: readonly PacketWay[]): number {
  return cluster.pathMtu - overheadOf(ways);
}
