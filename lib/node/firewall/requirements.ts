import type { Construct } from 'constructs';
import type { HostFirewallOptions } from './options';
import { FIREWALL_UNIT, firewallUnit, quietNftables } from './unit';
import { PortSource, type Cluster, type FirewallSummary } from '../../cluster';

/** What the firewall needs on the machines, and what the spec lets in besides. */
export function requireFirewall(
  by: Construct,
  cluster: Cluster,
  options: HostFirewallOptions | undefined,
): void {
  if (options === undefined) {
    return;
  }
  const { ledger } = cluster;
  ledger.requireKernelModule('nf_tables', { by, why: 'the host firewall' });
  ledger.requirePackage('nftables', { by, why: 'loads the host firewall' });
  ledger.requireUnit(FIREWALL_UNIT, { by, content: firewallUnit, why: 'the host firewall' });
  ledger.requireFile('/etc/systemd/system/nftables.service.d/60-groundwork.conf', {
    by,
    content: quietNftables,
    why: "keeps Debian's unit from emptying every table",
  });
  requireOpenings(by, cluster, options);
}

function requireOpenings(by: Construct, { ledger }: Cluster, options: HostFirewallOptions): void {
  const { sshFrom, sshPort = 22, allow = [], loadBalancerCidrs = [] } = options;
  ledger.requirePort(String(sshPort), {
    by,
    protocol: 'tcp',
    from: PortSource.NETWORKS,
    networks: sshFrom,
    why: 'SSH for administrators',
  });
  for (const { port, protocol, why, from, machines } of allow) {
    ledger.requirePort(port, {
      by,
      protocol,
      machines,
      why,
      from: from === undefined ? PortSource.ANYWHERE : PortSource.NETWORKS,
      networks: from,
    });
  }
  for (const network of loadBalancerCidrs) {
    ledger.requireAddresses(network, {
      by,
      from: PortSource.ANYWHERE,
      why: 'Services that clients outside of the cluster reach',
    });
  }
}

/** What rules read of the options. */
export function firewallSummary(
  options: HostFirewallOptions | undefined,
): FirewallSummary | undefined {
  return options === undefined
    ? undefined
    : {
        sshFrom: options.sshFrom,
        trustZoneNetworks: options.trustZoneNetworks === true,
        allowed: options.allow ?? [],
      };
}
