import type { Encapsulation } from '../../cluster';

/** What the addresses of a pool may be used for; upstream's own words. */
export enum IpPoolUse {
  /** Pods. */
  WORKLOAD = 'Workload',
  /** Tunnel devices of the machines. */
  TUNNEL = 'Tunnel',
  /** Services of type LoadBalancer. A pool for them is for nothing else. */
  LOAD_BALANCER = 'LoadBalancer',
}

/** Whether a pool gives addresses by itself; upstream's own words. */
export enum IpPoolAssignmentMode {
  /** To every pod that the pool's selectors allow. */
  AUTOMATIC = 'Automatic',
  /** Only to pods that name the pool in an annotation. */
  MANUAL = 'Manual',
}

/** One network that Calico takes addresses from. */
export interface CalicoIpPool {
  /**
   * Name of the pool: an RFC 1123 label, unique.
   *
   * @default - upstream's `default-ipv4-ippool` or `default-ipv6-ippool` for the first pool of each
   * family; a further pool without a name throws
   */
  readonly name?: string;
  /**
   * The network, canonical CIDR: inside `podCidr` or `podCidrV6`, apart from the other pools. A pool
   * for LoadBalancer addresses lies outside of them instead, and apart from Services and machines. It
   * cannot be changed later.
   */
  readonly cidr: string;
  /**
   * How packets between pods of this pool travel.
   *
   * @default - `encapsulation` of the construct; `None` for LoadBalancer addresses
   */
  readonly encapsulation?: Encapsulation;
  /**
   * Prefix length of the blocks that machines take their addresses from, 20 to 32, for IPv6 116 to
   * 128, and no shorter than the prefix of `cidr`. Another value throws. It cannot be changed later.
   *
   * @default - `blockSize` of the construct; for IPv6 122, for LoadBalancer addresses 26: Calico's own
   * defaults, 64 addresses a block
   */
  readonly blockSize?: number;
  /**
   * Whether packets that leave the pod network get their machine's address as source.
   *
   * @default - `natOutgoing` of the construct
   */
  readonly natOutgoing?: boolean;
  /**
   * Selector, in Calico's language, of the machines that take addresses from this pool. An empty one
   * throws.
   *
   * @default 'all()'
   */
  readonly nodeSelector?: string;
  /**
   * What the addresses may be used for. LoadBalancer together with another use throws.
   *
   * @default [IpPoolUse.WORKLOAD, IpPoolUse.TUNNEL]
   */
  readonly allowedUses?: IpPoolUse[];
  /**
   * Whether the pool gives addresses by itself. Some pool of every family must.
   *
   * @default IpPoolAssignmentMode.AUTOMATIC
   */
  readonly assignmentMode?: IpPoolAssignmentMode;
  /**
   * Whether BGP keeps the routes of this pool to itself, from routers and from the other machines.
   * Where those need them it is finding GW-CNI-031.
   *
   * @default false
   */
  readonly disableBgpExport?: boolean;
}

/** Who gives pods their addresses; upstream's own words. */
export enum CalicoIpamType {
  /** Calico: blocks of the pools, taken by machines as they need them. */
  CALICO = 'Calico',
  /** The host-local plugin: the one network that Kubernetes set aside for each node. */
  HOST_LOCAL = 'HostLocal',
}

/** How addresses are given out. */
export interface CalicoIpamOptions {
  /**
   * Who gives pods their addresses. With HOST_LOCAL the pools must be the cluster's pod networks,
   * whole.
   *
   * @default CalicoIpamType.CALICO
   */
  readonly type?: CalicoIpamType;
  /**
   * Whether a machine takes addresses from blocks of its own only. Without it a machine that finds no
   * free block borrows single addresses, each a route of its own, which routers with small tables do
   * not take.
   *
   * @default false, Calico's own default
   */
  readonly strictAffinity?: boolean;
  /**
   * Whether a machine takes a block when it has none, or its own are full. `false` freezes what
   * machines of a running cluster have: it throws where this spec makes the machines, and without
   * `strictAffinity`, as Calico refuses it.
   *
   * @default true, Calico's own default
   */
  readonly autoAllocateBlocks?: boolean;
  /**
   * Most blocks that one machine may take, 1 to 2147483647. Given without `strictAffinity` it throws,
   * as Calico refuses it.
   *
   * @default - 20 blocks, built into Calico
   */
  readonly maxBlocksPerHost?: number;
}
