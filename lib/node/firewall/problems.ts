import type { HostFirewallAllowance, HostFirewallOptions } from './options';
import { checkInteger, Cidr, type Problem } from '../../cluster';

/** Everything that is wrong with the firewall's options; ports and protocols are checked by the ledger. */
export function firewallProblems(options: HostFirewallOptions | undefined): Problem[] {
  if (options === undefined) {
    return [];
  }
  const { sshFrom, sshPort, allow = [], loadBalancerCidrs } = options;
  return [
    ...networkProblems('firewall.sshFrom', sshFrom),
    ...checkInteger(
      'firewall.sshPort',
      sshPort,
      { min: 1, max: 65535 },
      'give the port of the SSH servers',
    ),
    ...networkProblems('firewall.loadBalancerCidrs', loadBalancerCidrs),
    ...allow.flatMap((allowance, index) =>
      allowanceProblems(`firewall.allow[${index}]`, allowance),
    ),
  ];
}

function allowanceProblems(prop: string, { why, from }: HostFirewallAllowance): Problem[] {
  return [
    ...networkProblems(`${prop}.from`, from),
    ...(why.trim() === ''
      ? [
          {
            prop: `${prop}.why`,
            allowed: 'a reason',
            got: why,
            remedy: 'say who connects and what for; it is all that people find on the machine',
          },
        ]
      : []),
  ];
}

function networkProblems(prop: string, networks: readonly string[] | undefined): Problem[] {
  if (networks !== undefined && networks.length === 0) {
    const remedy = prop.endsWith('sshFrom')
      ? 'name the network that you administer from, or that of your jump host'
      : 'leave it out, or name a network';
    return [{ prop, allowed: 'at least one canonical CIDR', got: undefined, remedy }];
  }
  return (networks ?? [])
    .filter((network) => Cidr.parse(network) === undefined)
    .map((got) => ({
      prop,
      allowed: 'canonical CIDRs',
      got,
      remedy:
        'write the network address with its prefix length, and /32 or /128 behind a single one',
    }));
}
