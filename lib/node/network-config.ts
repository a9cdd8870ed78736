import { Yaml } from 'cdk8s';
import { familyOf, type Cluster, type Machine } from '../cluster';

/**
 * cloud-init's network configuration, version 2, or undefined when the machine does not say enough
 * of its network: the image's own configuration then stays.
 */
export function networkConfig(cluster: Cluster, machine: Machine): string | undefined {
  const { nic, gateway, gatewayV6, addressV6, dnsServers } = machine;
  if (nic === undefined || gateway === undefined || dnsServers === undefined) {
    return undefined;
  }
  const { _cidr, _cidrV6 } = cluster.zoneOf(machine);
  return Yaml.stringify({
    version: 2,
    ethernets: {
      [nic]: {
        dhcp4: false,
        dhcp6: false,
        addresses: [
          `${machine.address}/${_cidr.prefix}`,
          ...(addressV6 === undefined ? [] : [`${addressV6}/${_cidrV6!.prefix}`]),
        ],
        routes: [gateway, ...(gatewayV6 === undefined ? [] : [gatewayV6])].map(defaultRoute),
        nameservers: { addresses: dnsServers },
        mtu: cluster.nicMtu(machine),
      },
    },
  });
}

/** Not the word default: cloud-init 22.4 of Debian 12 hands routes to renderers that want a network. */
function defaultRoute(via: string) {
  return { to: familyOf(via) === 'IPv6' ? '::/0' : '0.0.0.0/0', via };
}
