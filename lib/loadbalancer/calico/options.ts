import type { Cluster } from '../../cluster';

/** Which Services Calico gives addresses to; upstream's own words. */
export enum CalicoAssignIps {
  /** Every Service of type LoadBalancer. */
  ALL_SERVICES = 'AllServices',
  /** Those that name a pool or an address in an annotation, or loadBalancerClass `calico`. */
  REQUESTED_SERVICES_ONLY = 'RequestedServicesOnly',
}

/** Addresses that Calico gives to Services. */
export interface CalicoLoadBalancerPool {
  /** Its name: an RFC 1123 label, unique among all pools of Calico. */
  readonly name: string;
  /**
   * The network, canonical CIDR: apart from machines, pods, Services and other pools. It cannot be
   * changed later.
   */
  readonly cidr: string;
  /**
   * Prefix length of the blocks in which addresses are given out, 20 to 32, for IPv6 116 to 128, and no
   * shorter than the prefix of `cidr`. Another value throws. It cannot be changed later.
   *
   * @default - 26, for IPv6 122: Calico's own defaults; the whole pool where it is smaller
   */
  readonly blockSize?: number;
  /**
   * Whether Services that ask for no address get one of these.
   *
   * @default true
   */
  readonly autoAssign?: boolean;
  /**
   * Selector, in Calico's language, of the namespaces whose Services get them. An empty one throws.
   *
   * @default - all namespaces
   */
  readonly namespaceSelector?: string;
}

/** What to decide about addresses that Calico gives and announces. */
export interface CalicoLoadBalancerOptions {
  /** Addresses for Services; at least one pool. */
  readonly pools: CalicoLoadBalancerPool[];
  /**
   * Which Services get addresses.
   *
   * @default CalicoAssignIps.ALL_SERVICES
   */
  readonly assignIps?: CalicoAssignIps;
  /**
   * Whether every machine announces each pool as one network. Routers then send packets for a Service
   * with externalTrafficPolicy Local to machines without a pod of it, unless they prefer the longer
   * route that machines with one announce as well.
   *
   * @default false: a route for every address, from machines that have a way to a pod
   */
  readonly aggregateRoutes?: boolean;
}

/** Addresses of Calico's and the cluster they are for. */
export interface CalicoLoadBalancerProps extends CalicoLoadBalancerOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
