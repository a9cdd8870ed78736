import type { IConstruct } from 'constructs';
import type { Machine } from './machine';
import { throwProblems } from './problem';

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
}

/** Who asks for something on the machines, and why. */
export interface Requirement {
  /** The construct that asks. */
  readonly by: IConstruct;
  /** Why; becomes the comment beside the value on the machine. */
  readonly why: string;
  /**
   * Names of the machines it is for.
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

/** A request for an open port. */
export interface PortRequirement extends Requirement {
  /** `tcp`, `udp`, or an IP protocol number such as `4`. */
  readonly protocol: string;
  /** Who connects. */
  readonly from: PortSource;
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
  /** Ports that must be reachable. */
  readonly ports: LedgerEntry[];
}

type Kind = keyof MachineRequirements;

interface Request extends Requirement {
  readonly kind: Kind;
  readonly key: string;
  readonly value: string;
  readonly merge: MergeRule | 'union';
  readonly permissions?: string;
  readonly enabled?: boolean;
}

/**
 * What the constructs of a cluster need on its machines. Every key has one merge rule; two requests
 * that cannot both be met are a finding that names both constructs.
 */
export class Ledger {
  // Indexed by machine, so that a thousand machines with files of their own stay linear.
  private readonly shared: Request[] = [];
  private readonly own = new Map<string, Request[]>();

  /**
   * Asks for a kernel module at boot. Requests unite.
   *
   * @param name the module
   * @param requirement who and why
   */
  public requireKernelModule(name: string, requirement: Requirement): void {
    this.add('kernelModules', name, '', 'union', requirement);
  }

  /**
   * Asks for an option of a kernel module; the same option must get the same value.
   *
   * @param option module and option, for example `nf_conntrack hashsize`
   * @param value the value
   * @param requirement who and why
   */
  public requireKernelModuleOption(option: string, value: string, requirement: Requirement): void {
    this.add('kernelModuleOptions', option, value, MergeRule.EXACTLY, requirement);
  }

  /**
   * Asks for a kernel parameter.
   *
   * @param key with dots, for example `net.ipv4.ip_forward`
   * @param value the value
   * @param requirement who, why, and the merge rule
   */
  public requireSysctl(key: string, value: string, requirement: SysctlRequirement): void {
    if (requirement.merge === MergeRule.AT_LEAST && !isWholeNumber(value)) {
      throwProblems(requirement.by.node.path, [
        {
          prop: `sysctl ${key}`,
          allowed: 'a whole number for MergeRule.AT_LEAST',
          got: value,
          remedy: 'ask for MergeRule.EXACTLY where there is no larger and smaller',
        },
      ]);
    }
    this.add('sysctls', key, value, requirement.merge ?? MergeRule.EXACTLY, requirement);
  }

  /**
   * Asks for a distribution package. Requests unite.
   *
   * @param name the package
   * @param requirement who and why
   */
  public requirePackage(name: string, requirement: Requirement): void {
    this.add('packages', name, '', 'union', requirement);
  }

  /**
   * Asks for a file; two requests for one path must have the same content.
   *
   * @param path absolute
   * @param requirement who, why and what
   */
  public requireFile(path: string, requirement: FileRequirement): void {
    this.add('files', path, requirement.content, MergeRule.EXACTLY, requirement, {
      permissions: requirement.permissions ?? '0644',
    });
  }

  /**
   * Asks for a systemd unit; two requests for one name must have the same content.
   *
   * @param name with its suffix
   * @param requirement who, why and what
   */
  public requireUnit(name: string, requirement: UnitRequirement): void {
    this.add('units', name, requirement.content, MergeRule.EXACTLY, requirement, {
      enabled: requirement.enabled ?? true,
    });
  }

  /**
   * Says that a port must be reachable. Requests unite.
   *
   * @param port a number, a range `a-b`, or empty for a protocol without ports
   * @param requirement who, why, protocol and source
   */
  public requirePort(port: string, requirement: PortRequirement): void {
    const key = `${port}/${requirement.protocol} from ${requirement.from}`;
    this.add('ports', key.replace(/^\//, 'protocol '), '', 'union', requirement);
  }

  /**
   * All that one machine needs, sorted by key.
   *
   * @param machine the machine
   */
  public forMachine(machine: Machine): MachineRequirements {
    const entries = (kind: Kind) => this.settled(kind, machine.name).map(([, entry]) => entry);
    return {
      kernelModules: entries('kernelModules'),
      kernelModuleOptions: entries('kernelModuleOptions'),
      sysctls: entries('sysctls'),
      packages: entries('packages'),
      files: entries('files'),
      units: entries('units'),
      ports: entries('ports'),
    };
  }

  /**
   * Requests that cannot both be met, one sentence each; each names both constructs.
   *
   * @param machines the machines of the cluster
   */
  public clashes(machines: Machine[]): string[] {
    const found = new Set<string>();
    for (const kind of ['kernelModuleOptions', 'sysctls', 'files', 'units'] as const) {
      for (const machine of machines) {
        for (const [requests] of this.settled(kind, machine.name)) {
          const clash = clashOf(requests);
          if (clash !== undefined) {
            found.add(clash);
          }
        }
      }
    }
    return [...found].sort();
  }

  /**
   * Requests for machines that the cluster does not have, one sentence each.
   *
   * @internal
   */
  public _strangers(machines: readonly Machine[]): string[] {
    const known = new Set(machines.map((m) => m.name));
    const found = [...this.own]
      .filter(([machine]) => !known.has(machine))
      .flatMap(([machine, requests]) =>
        requests.map(
          ({ key, by }) => `${key}: ${by.node.path} asks for it on ${machine}, an unknown machine`,
        ),
      );
    return found.sort();
  }

  private add(
    kind: Kind,
    key: string,
    value: string,
    merge: MergeRule | 'union',
    requirement: Requirement,
    extra: { permissions?: string; enabled?: boolean } = {},
  ): void {
    const request = { kind, key, value, merge, ...extra, by: requirement.by, why: requirement.why };
    if (requirement.machines === undefined) {
      this.shared.push(request);
    }
    for (const machine of requirement.machines ?? []) {
      this.own.set(machine, [...(this.own.get(machine) ?? []), request]);
    }
  }

  private settled(kind: Kind, machine: string): Array<[Request[], LedgerEntry]> {
    const byKey = new Map<string, Request[]>();
    for (const request of [...this.shared, ...(this.own.get(machine) ?? [])]) {
      if (request.kind === kind) {
        byKey.set(request.key, [...(byKey.get(request.key) ?? []), request]);
      }
    }
    return [...byKey.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, requests]) => [requests, settle(key, requests)]);
  }
}

function settle(key: string, requests: Request[]): LedgerEntry {
  const largest = requests.reduce((a, b) => (Number(b.value) > Number(a.value) ? b : a));
  const winner = requests.find((r) => r.merge === MergeRule.EXACTLY) ?? largest;
  return {
    key,
    value: winner.value,
    reasons: [...new Set(requests.map((r) => `${r.why} (${r.by.node.path})`))].sort(),
    permissions: winner.permissions,
    enabled: winner.enabled,
  };
}

/** An exact request clashes with another value, and with a larger minimum. */
function clashOf(requests: Request[]): string | undefined {
  const exact = requests.find((r) => r.merge === MergeRule.EXACTLY);
  if (exact === undefined) {
    return undefined;
  }
  const other = requests.find((r) =>
    r.merge === MergeRule.AT_LEAST ? !(Number(r.value) <= Number(exact.value)) : differs(r, exact),
  );
  if (other === undefined) {
    return undefined;
  }
  if (exact.kind === 'files' || exact.kind === 'units') {
    return `${exact.key}: ${exact.by.node.path} and ${other.by.node.path} ${disagreement(exact, other)}`;
  }
  const says = (r: Request) =>
    `${r.by.node.path} asks for ${r.merge === MergeRule.AT_LEAST ? 'at least ' : ''}${r.value}`;
  return `${exact.key}: ${says(exact)}, ${says(other)}`;
}

function disagreement(a: Request, b: Request): string {
  if (a.value !== b.value) {
    return 'ask for different contents';
  }
  return a.permissions === b.permissions
    ? 'disagree whether it is enabled'
    : `ask for permissions ${a.permissions} and ${b.permissions}`;
}

function isWholeNumber(text: string): boolean {
  return Number.isSafeInteger(Number(text)) && String(Number(text)) === text;
}

function differs(a: Request, b: Request): boolean {
  return a.value !== b.value || a.permissions !== b.permissions || a.enabled !== b.enabled;
}
