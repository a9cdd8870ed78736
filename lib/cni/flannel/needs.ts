import type { IConstruct } from 'constructs';
import { deviceNames, listenPorts, type FlannelChoices } from './choices';
import { PortSource, type IpFamily, type Ledger } from '../../cluster';

const BRIDGE: Readonly<Record<IpFamily, string>> = {
  IPv4: 'net.bridge.bridge-nf-call-iptables',
  IPv6: 'net.bridge.bridge-nf-call-ip6tables',
};
const FORWARD: Readonly<Record<IpFamily, string>> = {
  IPv4: 'net.ipv4.ip_forward',
  IPv6: 'net.ipv6.conf.all.forwarding',
};

/** The kernel parameters that must be 1. */
export function sysctlKeys({ families }: FlannelChoices): string[] {
  return families.flatMap((family) => [BRIDGE[family], FORWARD[family]]);
}

/** What flannel and the bridge plugin need on every machine. */
export function requireMachineNeeds(ledger: Ledger, by: IConstruct, choices: FlannelChoices): void {
  requireBridge(ledger, by, choices);
  requireForwarding(ledger, by, choices);
  requireFilter(ledger, by, choices);
  requireTunnel(ledger, by, choices);
  for (const port of listenPorts(choices)) {
    ledger.requirePort(port, {
      by,
      protocol: 'udp',
      from: PortSource.MACHINES,
      why: `${choices.backend.type} between machines`,
    });
  }
}

/**
 * With nftables, too: flannel does not look for it then, but an answer from a pod on the same bridge
 * would still go past the packet filter and reach the caller with the wrong address.
 */
function requireBridge(
  ledger: Ledger,
  by: IConstruct,
  { families, nftables }: FlannelChoices,
): void {
  ledger.requireKernelModule('br_netfilter', {
    by,
    why: `bridged packets of pods pass the packet filter${nftables ? '' : '; flanneld does not start without it'}`,
  });
  for (const family of families) {
    ledger.requireSysctl(BRIDGE[family], '1', {
      by,
      why: 'a Service whose pod is on the same bridge answers with its own address',
    });
  }
}

function requireForwarding(ledger: Ledger, by: IConstruct, { families }: FlannelChoices): void {
  for (const family of families) {
    ledger.requireSysctl(FORWARD[family], '1', {
      by,
      why: "pods' packets are routed; flannel does not switch it on",
    });
  }
}

function requireFilter(ledger: Ledger, by: IConstruct, { nftables }: FlannelChoices): void {
  const modules = nftables
    ? ['nf_tables', 'nft_chain_nat', 'nft_masq']
    : ['xt_comment', 'xt_mark', 'xt_MASQUERADE'];
  for (const name of modules) {
    ledger.requireKernelModule(name, {
      by,
      why: `flannel's rules, written with ${nftables ? 'nft' : 'iptables'}`,
    });
  }
}

function requireTunnel(ledger: Ledger, by: IConstruct, choices: FlannelChoices): void {
  const { backend } = choices;
  if (backend.type === 'udp') {
    ledger.requireKernelModule('tun', { by, why: '/dev/net/tun, which flanneld opens' });
  }
  if (backend.type === 'wireguard') {
    ledger.requireKernelModule('wireguard', { by, why: 'tunnel device flannel-wg' });
  }
  if (backend.type === 'vxlan') {
    const devices = deviceNames(choices);
    ledger.requireKernelModule('vxlan', { by, why: `tunnel device ${devices.join(', ')}` });
    ledger.requireFile('/etc/systemd/network/50-flannel.link', {
      by,
      why: 'the other machines send to the MAC address that flannel gave its device',
      content: linkFile(devices),
    });
    if (!choices.checksumOffload) {
      ledger.requirePackage('ethtool', { by, why: 'switches checksum offload off' });
      ledger.requireFile('/etc/udev/rules.d/90-flannel.rules', {
        by,
        why: 'the NIC damages checksums of VXLAN packets; flannel leaves offload on',
        content: udevRule(devices),
      });
    }
  }
}

function linkFile(devices: readonly string[]): string {
  return `# flannel gives its device a MAC address and tells the other machines; systemd must not change it.
[Match]
OriginalName=${devices.join(' ')}

[Link]
MACAddressPolicy=none
`;
}

function udevRule(devices: readonly string[]): string {
  return `# The kernel computes the checksums of VXLAN packets itself, from the moment the device appears.
SUBSYSTEM=="net", ACTION=="add|change|move", ENV{INTERFACE}=="${devices.join('|')}", RUN+="/usr/sbin/ethtool -K $env{INTERFACE} tx-checksum-ip-generic off"
`;
}
