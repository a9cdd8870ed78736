/** One thing of your own that the host firewall lets in. */
export interface HostFirewallAllowance {
  /** A port from 1 to 65535, a range such as `9100-9110`, or empty for a protocol without ports. */
  readonly port: string;
  /** `tcp`, `udp`, `sctp`, or the number of an IP protocol, 0 to 255, with which `port` is empty. */
  readonly protocol: string;
  /** Why; becomes the comment beside the rule. An empty one throws. */
  readonly why: string;
  /**
   * From where: canonical CIDRs. An empty list throws.
   *
   * @default - from anywhere
   */
  readonly from?: string[];
  /**
   * Names of the machines it is for.
   *
   * @default - all machines
   */
  readonly machines?: string[];
}

/**
 * A packet filter on every machine that lets in what the constructs of the cluster asked for, and
 * refuses the rest. It looks at packets for the machine itself only; what is routed to pods belongs to
 * the network plugin and to network policies.
 */
export interface HostFirewallOptions {
  /**
   * Networks from which SSH is let in, canonical CIDRs. There is no default: a list that leaves you out
   * locks you out. An empty list throws; `0.0.0.0/0` or `::/0` is finding GW-NODE-045.
   */
  readonly sshFrom: string[];
  /**
   * Port on which the machines' SSH servers listen, 1 to 65535. Nothing moves them there.
   *
   * @default 22
   */
  readonly sshPort?: number;
  /**
   * What to let in besides, such as the exporters of your monitoring.
   *
   * @default - nothing
   */
  readonly allow?: HostFirewallAllowance[];
  /**
   * Networks of the addresses that load balancers and `externalIPs` give to Services, canonical CIDRs.
   * In IPVS mode the machines have these addresses, and what is not named is refused (finding
   * GW-NODE-046); the other modes do not need it.
   *
   * @default - those that a construct of the cluster names, such as pools of Calico
   */
  readonly loadBalancerCidrs?: string[];
  /**
   * Whether every address of the zones' networks counts as a machine of the cluster. Machines can then
   * be added without new rules on the others; on a network with strangers they are let in, too
   * (finding GW-NODE-050). Control planes are always told by address.
   *
   * @default false, each machine by its address
   */
  readonly trustZoneNetworks?: boolean;
  /**
   * Whether some of the refused packets, at most ten a minute, are written to the kernel's log, as
   * `groundwork refused:`.
   *
   * @default true
   */
  readonly logRefused?: boolean;
}
