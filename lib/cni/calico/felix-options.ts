import type { Duration } from 'cdk8s';

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

/** Where Felix puts its rules in the kernel's chains; upstream's own words. */
export enum FelixChainInsertMode {
  /** Before all others, and there again when somebody moves them: nothing gets around policy. */
  INSERT = 'Insert',
  /** After all others: a rule that accepts a packet before hides it from policy. */
  APPEND = 'Append',
}

/** What becomes of packets to Service addresses that nothing serves; upstream's own words. */
export enum FelixServiceLoopPrevention {
  /** They are dropped. */
  DROP = 'Drop',
  /** They are answered with an error. */
  REJECT = 'Reject',
  /** They follow the default route, back to the router that sent them. */
  DISABLED = 'Disabled',
}

/** Which destinations keep the pod's own source address; upstream's own words. */
export enum FelixNatOutgoingExclusions {
  /** Pods. */
  IP_POOLS_ONLY = 'IPPoolsOnly',
  /** Pods and machines: a machine then sees which pod it talks to. */
  IP_POOLS_AND_HOST_IPS = 'IPPoolsAndHostIPs',
}

/** A port that stays open on host endpoints whatever policy says. */
export interface FelixFailsafePort {
  /** `tcp` or `udp`. Another word throws. */
  readonly protocol: string;
  /** Port, 1 to 65535. */
  readonly port: number;
  /**
   * Network that may use it, canonical CIDR.
   *
   * @default - anybody
   */
  readonly net?: string;
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
   * Whether the devices of VXLAN and of IP in IP leave checksums to the kernel's offload. `false`
   * costs CPU and cures tunnels that pass ping and stall TCP (finding GW-CNI-003). Given without such
   * a tunnel it throws: it would do nothing.
   *
   * @default - true, Felix's own default on kernels newer than 5.7; false on an underlay that breaks
   * VXLAN offload
   */
  readonly checksumOffload?: boolean;
  /**
   * How often Felix reads its iptables rules back, 1 second to 1 day, or 0 for never.
   *
   * @default - 3 minutes, Felix's own default
   */
  readonly iptablesRefreshInterval?: Duration;
  /**
   * How often Felix reads its nftables rules back, 1 second to 1 day, or 0 for never.
   *
   * @default - 3 minutes, Felix's own default
   */
  readonly nftablesRefreshInterval?: Duration;
  /**
   * How often Felix reads its ipsets back, 1 second to 1 day, or 0 for never.
   *
   * @default - 90 seconds, Felix's own default
   */
  readonly ipsetsRefreshInterval?: Duration;
  /**
   * How often Felix reads its routes back, 1 second to 1 day, or 0 for never.
   *
   * @default - 90 seconds, Felix's own default
   */
  readonly routeRefreshInterval?: Duration;
  /**
   * How often Felix reads its XDP programs back, 1 second to 1 day, or 0 for never.
   *
   * @default - 90 seconds, Felix's own default
   */
  readonly xdpRefreshInterval?: Duration;
  /**
   * How often Felix writes its status, 1 second to 1 day, or 0 for never.
   *
   * @default - 30 seconds, Felix's own default
   */
  readonly reportingInterval?: Duration;
  /**
   * Ports on which host endpoints take connections whatever policy says. An empty list leaves none.
   *
   * @default - with `hostEndpoints` those without which a machine is lost: SSH, BGP, etcd, Typha, the
   * API, the kubelet, DHCP; else Felix's own list, which has no 10250
   */
  readonly failsafeInboundHostPorts?: FelixFailsafePort[];
  /**
   * Ports to which host endpoints open connections whatever policy says. An empty list leaves none.
   *
   * @default - with `hostEndpoints` DNS, DHCP, BGP, etcd, Typha and the API; else Felix's own list
   */
  readonly failsafeOutboundHostPorts?: FelixFailsafePort[];
  /**
   * Where Felix puts its rules in the kernel's chains.
   *
   * @default FelixChainInsertMode.INSERT, Felix's own default
   */
  readonly chainInsertMode?: FelixChainInsertMode;
  /**
   * What becomes of packets to Service addresses that nothing serves.
   *
   * @default FelixServiceLoopPrevention.DROP, Felix's own default
   */
  readonly serviceLoopPrevention?: FelixServiceLoopPrevention;
  /**
   * Which destinations keep the pod's own source address although `natOutgoing` is on.
   *
   * @default FelixNatOutgoingExclusions.IP_POOLS_ONLY, Felix's own default
   */
  readonly natOutgoingExclusions?: FelixNatOutgoingExclusions;
  /**
   * Pattern, in Go's syntax, of the NICs whose MTU Felix watches. It restarts when the smallest one
   * changes.
   *
   * @default - exactly the NICs of the spec; Felix's own pattern, which knows no bond and no VLAN,
   * while one machine's NIC is unknown
   */
  readonly mtuIfacePattern?: string;
  /**
   * Whether Felix tells projectcalico.org the cluster's size and version every day (finding
   * GW-CNI-032).
   *
   * @default false; Felix's own default is true
   */
  readonly usageReportingEnabled?: boolean;
  /**
   * Further fields of FelixConfiguration, by upstream's names, for what has no prop here. Unknown
   * fields and values of another type throw, and so do fields that have a prop, that the operator
   * owns, or that do nothing under it.
   *
   * @default - none
   */
  readonly overrides?: { [field: string]: any };
}
