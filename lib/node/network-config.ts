import { Yaml } from 'cdk8s';
import { familyOf, type Cluster, type Machine } from '../cluster';

/**
 * cloud-init's network configuration, version 2, or undefined when the machine does not say enough
 * of its network: the image's own configuration then stays.
 */
export function networkConfig(cluster: Cluster, machine: Machine): string | undefined {
  const { nic, gateway, dnsServers } = machine;
  if (nic === undefined || gateway === undefined || dnsServers === undefined) {
    return undefined;
  }
  const { prefix } = cluster.zoneOf(machine)._cidr;
  return Yaml.stringify({
    version: 2,
    ethernets: {
      [nic]: {
        dhcp4: false,
        dhcp6: false,
        addresses: [`${machine.address}/${prefix}`],
        // Not the word default: cloud-init 22.4 of Debian 12 hands routes to renderers that want a network.
        routes: [{ to: familyOf(gateway) === 'IPv6' ? '::/0' : '0.0.0.0/0', via: gateway }],
        nameservers: { addresses: dnsServers },
        mtu: cluster.underlay.mtu,
      },
    },
  });
}
