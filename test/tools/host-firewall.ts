import type { Cluster, Machine } from '../../lib';

// A firewall as an administrator would write it from the ledger: what arrives at the machine itself is
// refused unless a construct asked for the port. What is routed through the machine is none of its
// business.

/** The ruleset for one machine, perhaps without one of its ports; loading it replaces an earlier one. */
export function firewall(cluster: Cluster, machine: Machine, without?: string): string {
  const ports = cluster.ledger.forMachine(machine).ports.map(({ key }) => key);
  const rules = ports.filter((port) => port !== without).map((port) => accept(cluster, port));
  return `table inet host
delete table inet host
table inet host {
  chain input {
    type filter hook input priority filter
    ct state established,related accept
    iif lo accept
    meta l4proto icmp accept
    ${rules.join('\n    ')}
    reject with icmpx admin-prohibited
  }
}
`;
}

function accept({ machines, controlPlanes, podCidr }: Cluster, key: string): string {
  const [, port, protocol, from] = /^(?:(.+)\/|protocol )(\w+) from (.+)$/.exec(key)!;
  const addresses = (of: readonly Machine[]) => of.map(({ address }) => address).join(', ');
  const sources: Readonly<Record<string, string>> = {
    anywhere: '',
    machines: `ip saddr { ${addresses(machines)} } `,
    'control-plane': `ip saddr { ${addresses(controlPlanes)} } `,
    pods: `ip saddr ${podCidr} `,
  };
  const source = sources[from!];
  if (source === undefined) {
    throw new Error(`nobody knows where ${from} is`);
  }
  return `${source}${port === undefined ? `meta l4proto ${protocol}` : `${protocol} dport ${port}`} accept`;
}
