import type { MetalLbMode } from './mode';
import type { Cluster } from '../../cluster';

/** Which Services get addresses of a pool. */
export interface MetalLbServiceAllocation {
  /**
   * Which of several pools is asked first: the smaller number. 1 to 2147483647.
   *
   * @default - after all pools that have a number
   */
  readonly priority?: number;
  /**
   * Namespaces whose Services get them: RFC 1123 labels, each once.
   *
   * @default - none by name
   */
  readonly namespaces?: string[];
  /**
   * Labels of namespaces whose Services get them.
   *
   * @default - none by label
   */
  readonly namespaceSelector?: { [label: string]: string };
  /**
   * Labels of Services that get them.
   *
   * @default - all, in the namespaces that are named
   */
  readonly serviceSelector?: { [label: string]: string };
}

/** Addresses that MetalLB gives to Services. */
export interface MetalLbPool {
  /** Its name: an RFC 1123 label, unique. */
  readonly name: string;
  /**
   * The addresses: canonical CIDRs, or ranges such as `10.20.0.130-10.20.0.140`. Apart from pods,
   * Services, machines, gateways, resolvers, the API and other pools. In layer-2 mode all of them are in
   * the node network of one zone; with BGP outside of all of those.
   */
  readonly addresses: string[];
  /**
   * Whether Services that ask for no address get one of these.
   *
   * @default true
   */
  readonly autoAssign?: boolean;
  /**
   * Whether IPv4 addresses that end in .0 and .255 are left out, which some old routers drop.
   *
   * @default false
   */
  readonly avoidBuggyIps?: boolean;
  /**
   * Which Services get these addresses.
   *
   * @default - all
   */
  readonly serviceAllocation?: MetalLbServiceAllocation;
}

/** What to decide about MetalLB. */
export interface MetalLbOptions {
  /** Addresses for Services; at least one pool. */
  readonly pools: MetalLbPool[];
  /**
   * How clients find the way to them.
   *
   * @default MetalLbMode.layer2()
   */
  readonly mode?: MetalLbMode;
  /**
   * Whether control planes announce addresses as well. kubeadm labels them
   * node.kubernetes.io/exclude-from-external-load-balancers, and MetalLB passes over machines that have
   * this label, whatever its value; with `true` it is not heeded.
   *
   * @default - true in a cluster without workers, false in others
   */
  readonly announceFromControlPlanes?: boolean;
  /**
   * Whether the API server asks MetalLB about changes of its objects. Pools and sessions of the spec are
   * checked before anything is written, so it only speaks to those who edit them by hand. It needs a
   * way from API servers to pods, and MetalLB the right to change definitions, webhooks and Secrets.
   *
   * @default false
   */
  readonly validatingWebhook?: boolean;
  /**
   * Whether a scraper may read metrics: HTTPS on port 9120, for those who have the ClusterRole
   * `metallb-metrics-reader`. MetalLB opens the port in any case; without this it refuses everybody.
   *
   * @default false
   */
  readonly metrics?: boolean;
}

/** MetalLB and the cluster it is for. */
export interface MetalLbProps extends MetalLbOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
