import type { HostFirewallOptions } from './options';
import { decisionsOf, Tuning, tuned, type Decision } from '../../cluster';

const NFT = 'man 8 nft';
const RFC4890 = 'RFC 4890 section 4.4; RFC 8201';

/** Every value of the ruleset that no construct asked for. */
export const firewallTuning = new Tuning({
  priority: tuned(
    'nftables inet groundwork input priority',
    'filter',
    'no host firewall',
    'IPVS takes its packets at 98 and 99, after the packet filter, so that Services can be filtered as well; chains of kube-proxy and Calico stand beside this one, and a packet must pass all of them',
    'Linux net/netfilter/ipvs/ip_vs_core.c; man 8 nft',
  ),
  policy: tuned(
    'nftables inet groundwork input policy',
    'drop',
    'accept',
    'should the last rule ever be missing, nothing is let in by accident',
    NFT,
  ),
  refuse: tuned(
    'nftables inet groundwork input last rule',
    'reject with icmpx type admin-prohibited',
    'accept',
    'whoever is refused hears of it at once and does not wait for a timeout; a missing rule is found in seconds',
    NFT,
  ),
  invalid: tuned(
    'nftables inet groundwork input ct state invalid',
    'drop',
    'accept',
    'an answer to a packet that belongs to no connection could end one that does; open ports come first, as without a firewall',
    NFT,
  ),
  icmp: tuned(
    'nftables inet groundwork input icmp type',
    'destination-unreachable, echo-request, parameter-problem, time-exceeded',
    'accept',
    'without the first one machines never learn that a path carries smaller packets; redirects and timestamps stay out',
    RFC4890,
  ),
  icmpv6: tuned(
    'nftables inet groundwork input icmpv6 type',
    'destination-unreachable, echo-request, mld-listener-done, mld-listener-query, mld-listener-report, mld2-listener-report, nd-neighbor-advert, nd-neighbor-solicit, nd-router-advert, packet-too-big, parameter-problem, time-exceeded',
    'accept',
    'IPv6 finds its neighbours and the size of its packets by these alone; connection tracking does not know them',
    RFC4890,
  ),
  logRate: tuned(
    'nftables inet groundwork input log limit rate',
    '10/minute burst 20 packets',
    'no log',
    'enough to see what is missing, too little to fill a disk',
    NFT,
  ),
});

/** The decisions that a machine really shows. */
export function firewallDecisions(
  path: string,
  options: HostFirewallOptions | undefined,
): Decision[] {
  if (options === undefined) {
    return [];
  }
  const byAddress = options.trustZoneNetworks !== true;
  const who = tuned(
    'nftables inet groundwork set machines',
    byAddress ? 'addresses of the machines' : 'networks of the zones',
    'no host firewall',
    byAddress
      ? 'strangers on the same network reach neither tunnels nor BGP; a new machine must be in the rules of the others before it joins'
      : 'chosen in the spec: machines are added without new rules on the others',
    NFT,
  );
  return [
    ...firewallTuning
      .decisions(path)
      .filter(({ key }) => options.logRefused !== false || !key.includes(' log ')),
    ...decisionsOf(path, [who]),
  ];
}
