import type { IConstruct } from 'constructs';

/** How two requests for one sysctl come together. */
export enum MergeRule {
  /** All must ask for the same value. */
  EXACTLY = 'exactly',
  /** The largest number wins; a value that is not a whole number throws. */
  AT_LEAST = 'atLeast',
}

/** Who may connect to a port. */
export enum PortSource {
  /** Anybody. */
  ANYWHERE = 'anywhere',
  /** Every machine of the cluster. */
  MACHINES = 'machines',
  /** The control-plane machines only. */
  CONTROL_PLANE = 'control-plane',
  /** Pods. */
  PODS = 'pods',
  /** The networks that the request names. */
  NETWORKS = 'networks',
}

/** Who asks for something on the machines, and why. */
export interface Requirement {
  /** The construct that asks. */
  readonly by: IConstruct;
  /** Why; becomes the comment beside the value on the machine. */
  readonly why: string;
  /**
   * Names of the machines it is for; an empty list asks for nothing.
   *
   * @default - all machines
   */
  readonly machines?: string[];
}

/** A request for a sysctl. */
export interface SysctlRequirement extends Requirement {
  /**
   * How the request comes together with others for the same key.
   *
   * @default MergeRule.EXACTLY
   */
  readonly merge?: MergeRule;
}

/** A request for a file. */
export interface FileRequirement extends Requirement {
  /** The whole content. */
  readonly content: string;
  /**
   * Permissions in octal.
   *
   * @default '0644'
   */
  readonly permissions?: string;
}

/** A request for a systemd unit. */
export interface UnitRequirement extends Requirement {
  /** The whole unit file. */
  readonly content: string;
  /**
   * Whether it is enabled and started by the bootstrap before kubeadm runs.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** A request for packets that must reach the machine. */
export interface TrafficRequirement extends Requirement {
  /** Who sends them. */
  readonly from: PortSource;
  /**
   * The networks of `PortSource.NETWORKS`, canonical CIDRs. Given with another source they throw, as
   * does that source without them.
   *
   * @default - none
   */
  readonly networks?: string[];
}

/** A request for an open port. */
export interface PortRequirement extends TrafficRequirement {
  /** `tcp`, `udp`, `sctp`, or an IP protocol number such as `4`, which has no ports. */
  readonly protocol: string;
}

/** One settled entry of the ledger for one machine. */
export interface LedgerEntry {
  /** Module, sysctl key, package, path, unit or port. */
  readonly key: string;
  /** Sysctl value, or content; empty where the key says it all. */
  readonly value: string;
  /** Every reason, each with the path of the construct that gave it. */
  readonly reasons: string[];
  /**
   * Permissions in octal, for files.
   *
   * @default - not a file
   */
  readonly permissions?: string;
  /**
   * Whether a unit is started by the bootstrap.
   *
   * @default - not a unit
   */
  readonly enabled?: boolean;
}

/** All that one machine needs, settled and sorted. */
export interface MachineRequirements {
  /** Kernel modules to load at boot. */
  readonly kernelModules: LedgerEntry[];
  /** Options of kernel modules, `module option=value`. */
  readonly kernelModuleOptions: LedgerEntry[];
  /** Kernel parameters. */
  readonly sysctls: LedgerEntry[];
  /** Distribution packages. */
  readonly packages: LedgerEntry[];
  /** Files. */
  readonly files: LedgerEntry[];
  /** systemd units. */
  readonly units: LedgerEntry[];
  /** Ports that must be reachable, and addresses for which packets must pass. */
  readonly ports: LedgerEntry[];
}
