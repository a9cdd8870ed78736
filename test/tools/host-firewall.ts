import { NodeBootstrap, type Cluster, type HostFirewallOptions, type Machine } from '../../lib';
import { firewallRuleset } from '../../lib/node/firewall/ruleset';

/** Where administrators are in the labs. */
export const ADMINISTRATOR = '192.0.2.7';
export const FIREWALL: HostFirewallOptions = { sshFrom: ['192.0.2.0/24'] };

/** The ruleset that a machine boots with. */
export function bootedRuleset(nodes: NodeBootstrap, machine: Machine): string {
  return nodes.nodeFiles()[`nodes/${machine.name}/files/etc/groundwork/firewall.nft`]!;
}

/** The same without one entry of the ledger; loading it replaces an earlier one. */
export function rulesetWithout(cluster: Cluster, machine: Machine, port: string): string {
  const { ports } = cluster.ledger.forMachine(machine);
  if (!ports.some(({ key }) => key === port)) {
    throw new Error(`${machine.name} has no ${port}`);
  }
  return firewallRuleset(
    cluster,
    FIREWALL,
    ports.filter(({ key }) => key !== port),
  );
}
