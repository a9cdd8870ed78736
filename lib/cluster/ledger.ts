import type { Machine } from './machine';
import { addressKey, portKey, type LedgerOpening } from './port-key';
import { throwProblems, type Problem } from './problem';
import {
  MergeRule,
  type FileRequirement,
  type LedgerEntry,
  type MachineRequirements,
  type PortRequirement,
  type Requirement,
  type SysctlRequirement,
  type TrafficRequirement,
  type UnitRequirement,
} from './requirement';
import {
  destinationProblems,
  fileProblems,
  moduleOptionProblems,
  moduleProblems,
  packageProblems,
  portProblems,
  sourceProblems,
  sysctlProblems,
  unitProblems,
} from './requirement-problems';
import { clashOf, settle, type Kind, type Request } from './settle';

/**
 * What the constructs of a cluster need on its machines. Every key has one merge rule; two requests
 * that cannot both be met are a finding that names both constructs.
 */
export class Ledger {
  // Indexed by machine, so that a thousand machines with files of their own stay linear.
  private readonly shared: Request[] = [];
  private readonly own = new Map<string, Request[]>();
  private requests = 0;

  /**
   * Asks for a kernel module at boot. Requests unite.
   *
   * @param name the module, with underscores as /proc/modules spells it. Another form throws
   * @param requirement who and why
   */
  public requireKernelModule(name: string, requirement: Requirement): void {
    this.check(requirement, moduleProblems(name));
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
    this.check(requirement, moduleOptionProblems(option, value));
    this.add('kernelModuleOptions', option, value, MergeRule.EXACTLY, requirement);
  }

  /**
   * Asks for a kernel parameter.
   *
   * @param key with dots, for example `net.ipv4.ip_forward`. The form with slashes throws
   * @param value one line
   * @param requirement who, why, and the merge rule
   */
  public requireSysctl(key: string, value: string, requirement: SysctlRequirement): void {
    this.check(requirement, sysctlProblems(key, value, requirement.merge));
    this.add('sysctls', key, value, requirement.merge ?? MergeRule.EXACTLY, requirement);
  }

  /**
   * Asks for a distribution package. Requests unite.
   *
   * @param name the package. What is no name of a Debian package throws
   * @param requirement who and why
   */
  public requirePackage(name: string, requirement: Requirement): void {
    this.check(requirement, packageProblems(name));
    this.add('packages', name, '', 'union', requirement);
  }

  /**
   * Asks for a file; two requests for one path must have the same content.
   *
   * @param path absolute and canonical; one that ends in a slash or contains `..` throws
   * @param requirement who, why and what
   */
  public requireFile(path: string, requirement: FileRequirement): void {
    this.check(requirement, fileProblems(path, requirement.permissions));
    this.add('files', path, requirement.content, MergeRule.EXACTLY, requirement, {
      permissions: requirement.permissions ?? '0644',
    });
  }

  /**
   * Asks for a systemd unit; two requests for one name must have the same content.
   *
   * @param name with its suffix. What is no name of a unit throws
   * @param requirement who, why and what
   */
  public requireUnit(name: string, requirement: UnitRequirement): void {
    this.check(requirement, unitProblems(name));
    this.add('units', name, requirement.content, MergeRule.EXACTLY, requirement, {
      enabled: requirement.enabled ?? true,
    });
  }

  /**
   * Says that a port must be reachable. Requests unite.
   *
   * @param port a number from 1 to 65535, a range `a-b`, or empty for a protocol without ports
   * @param requirement who, why, protocol and source
   */
  public requirePort(port: string, requirement: PortRequirement): void {
    this.check(requirement, [
      ...portProblems(port, requirement.protocol),
      ...sourceProblems(requirement),
    ]);
    this.add('ports', portKey(port, requirement), '', 'union', requirement);
  }

  /**
   * Says that packets for addresses which are not the machine's own must be let in, on every port:
   * those of Services, which IPVS has on every machine. Requests unite; they are listed with the ports.
   *
   * @param network canonical CIDR. Another form throws
   * @param requirement who, why and source
   */
  public requireAddresses(network: string, requirement: TrafficRequirement): void {
    this.check(requirement, [...destinationProblems(network), ...sourceProblems(requirement)]);
    this.add('ports', addressKey(network, requirement), '', 'union', requirement);
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
   * Everything that must be let in, each once, and on which machines; sorted by key. Cheaper than asking
   * for every machine.
   *
   * @internal
   */
  public _openings(): LedgerOpening[] {
    const byKey = new Map<string, { requests: Request[]; machines?: string[] }>();
    const own = [...this.own].flatMap(([machine, requests]) =>
      requests.map((request) => ({ request, machine })),
    );
    for (const { request, machine } of [
      ...this.shared.map((shared) => ({ request: shared, machine: undefined })),
      ...own,
    ]) {
      if (request.kind === 'ports') {
        const entry = byKey.get(request.key) ?? { requests: [], machines: [] };
        entry.requests.push(request);
        if (machine === undefined) {
          entry.machines = undefined;
        } else {
          entry.machines?.push(machine);
        }
        byKey.set(request.key, entry);
      }
    }
    return [...byKey]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { requests, machines }]) => ({
        key,
        reasons: settle(key, requests).reasons,
        machines: machines === undefined ? undefined : [...new Set(machines)],
      }));
  }

  /**
   * How many requests there are: what was settled before is right as long as there are no more.
   *
   * @internal
   */
  public get _requests(): number {
    return this.requests;
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
          ({ key, by }) =>
            `${key} must be for a machine of the spec, got ${machine} from ${by.node.path}`,
        ),
      );
    return found.sort();
  }

  /** Everything that is asked for ends in a file or a command on the machines: it must be harmless there. */
  private check(requirement: Requirement, problems: Problem[]): void {
    throwProblems(requirement.by.node.path, problems);
  }

  private add(
    kind: Kind,
    key: string,
    value: string,
    merge: MergeRule | 'union',
    requirement: Requirement,
    extra: { permissions?: string; enabled?: boolean } = {},
  ): void {
    this.requests += 1;
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
