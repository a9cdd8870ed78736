import type { Cluster, Encapsulation } from '../../cluster';

/** What Felix, Calico's agent on every machine, writes to its log; upstream's own words. */
export enum FelixLogSeverity {
  /** Everything, packet by packet decisions included. */
  TRACE = 'Trace',
  /** Every change of the dataplane. */
  DEBUG = 'Debug',
  /** What it programs, in summary. */
  INFO = 'Info',
  /** Only what is out of the ordinary. */
  WARNING = 'Warning',
  /** Only what failed. */
  ERROR = 'Error',
  /** Only what makes it exit. */
  FATAL = 'Fatal',
}

/** Settings of Felix, Calico's agent on every machine. They are the same on all of them. */
export interface FelixOptions {
  /**
   * The least severity that reaches the log of the calico-node pod.
   *
   * @default FelixLogSeverity.INFO, Felix's own default
   */
  readonly logSeverityScreen?: FelixLogSeverity;
  /**
   * TCP port on every machine where Felix answers with Prometheus metrics, 1024 to 65535; 9091 is
   * upstream's number. Another value throws, and so do the ports that Calico itself takes (5473,
   * 9098, 9099). Machines and pods are to reach it, which the ledger says.
   *
   * @default - no metrics
   */
  readonly prometheusMetricsPort?: number;
  /**
   * Whether tunnel devices leave checksums to the kernel's offload. `false` costs CPU and cures
   * tunnels that pass ping and stall TCP (finding GW-CNI-003). Given without a tunnel it throws:
   * it would do nothing.
   *
   * @default true, Felix's own default on kernels newer than 5.7
   */
  readonly checksumOffload?: boolean;
}

/** What a user decides about Calico. All of it has a default that follows from the cluster's facts. */
export interface TunedCalicoOptions {
  /**
   * How pod packets travel between machines. It also decides about BGP: on for `NONE` and the IPIP
   * modes, whose routes BIRD carries, off for the VXLAN modes, whose routes Felix programs.
   *
   * @default - follows the underlay: `NONE` when all machines share one Ethernet segment that
   * carries any source address, `IPIP_CROSS_SUBNET` when several such segments are joined by
   * routers, else `VXLAN`
   */
  readonly encapsulation?: Encapsulation;
  /**
   * MTU of pod interfaces, in bytes, 1280 to what the underlay leaves after encapsulation. Another
   * value throws.
   *
   * @default - `cluster.podMtu(encapsulation)`, the largest that fits
   */
  readonly mtu?: number;
  /**
   * Prefix length of the blocks that machines take their pod addresses from, 20 to 32 and no
   * shorter than the prefix of `podCidr`. Another value throws. It cannot be changed later.
   *
   * @default 26, Calico's own default: 64 addresses a block
   */
  readonly blockSize?: number;
  /**
   * Whether packets that leave the pod network get their machine's address as source.
   *
   * @default true
   */
  readonly natOutgoing?: boolean;
  /**
   * Settings of Felix.
   *
   * @default - Felix's own defaults, without usage reporting
   */
  readonly felix?: FelixOptions;
  /**
   * Full reference of the operator's image, with tag. The operator brings its own release of
   * Calico: another operator installs another Calico.
   *
   * @default - the catalogue's tigera-operator, from `cluster.imageRegistry` if there is one
   */
  readonly operatorImage?: string;
}

/** `TunedCalicoOptions` and the cluster they are for. */
export interface TunedCalicoProps extends TunedCalicoOptions {
  /** The cluster; its podCidr, zones and machines must be IPv4. */
  readonly cluster: Cluster;
}
