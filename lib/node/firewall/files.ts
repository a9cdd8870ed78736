import type { HostFirewallOptions } from './options';
import { firewallRuleset } from './ruleset';
import { FIREWALL_FILE } from './unit';
import type { Cluster, MachineRequirements } from '../../cluster';
import { machineFile, type MachineFile } from '../machine-file';

/** The ruleset of machines; those that need the same ports share its text. */
export class FirewallFiles {
  private readonly known = new Map<string, MachineFile>();

  public constructor(
    private readonly cluster: Cluster,
    private readonly options: HostFirewallOptions | undefined,
  ) {}

  /** The file of one machine, if there is a firewall. */
  public of({ ports }: MachineRequirements): MachineFile[] {
    if (this.options === undefined) {
      return [];
    }
    const key = JSON.stringify(ports);
    const file =
      this.known.get(key) ??
      machineFile(FIREWALL_FILE, firewallRuleset(this.cluster, this.options, ports));
    this.known.set(key, file);
    return [file];
  }
}
