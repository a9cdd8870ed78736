import type { IpvsScheduler } from './ipvs-options';
import { schedulerModule } from './scheduler';

// Kernels load modules on use as well; loaded at boot a missing one shows before the first Service does,
// and the conntrack sysctls exist when they are written.

/** Name → why. */
export type Modules = Readonly<Record<string, string>>;

const CONNTRACK: Modules = {
  nf_conntrack: 'connection tracking; its sysctls exist only while it is loaded',
};

const XTABLES: Modules = {
  xt_addrtype: 'tells local destinations, for NodePorts',
  xt_comment: 'comments in the rules',
  xt_conntrack: 'lets answers pass',
  xt_mark: 'marks what is to be masqueraded',
};

/** IPVS mode. xt_physdev is left to the kernel: only external addresses need it, and it brings br_netfilter. */
export function ipvsModules(scheduler: IpvsScheduler): Modules {
  return {
    ...CONNTRACK,
    ip_vs: 'virtual servers of the Services',
    [schedulerModule(scheduler)]: `the scheduler ${scheduler}`,
    ip_set: 'address sets in the few iptables rules of IPVS mode',
    ip_set_bitmap_port: 'sets of NodePorts',
    ip_set_hash_ip: 'the set of all Service addresses',
    ip_set_hash_ipport: 'sets of Service addresses with ports',
    ip_set_hash_ipportip: 'the hairpin set, and single source addresses of load balancers',
    ip_set_hash_ipportnet: 'source ranges of load balancers',
    xt_set: 'matches packets against the sets',
    ...XTABLES,
    dummy: 'kube-ipvs0, the interface that holds the Service addresses',
  };
}

/**
 * iptables mode on a machine whose iptables writes nf_tables, as on all that are catalogued. xt_nfacct is
 * left out: it counts for a metric, and only NodePorts on loopback.
 */
export const iptablesModules: Modules = {
  ...CONNTRACK,
  nf_tables: 'the tables that iptables writes into',
  nft_compat: 'matches and targets of iptables in those tables',
  nft_chain_nat: 'chains that translate addresses',
  ...XTABLES,
  xt_tcpudp: 'ports of the Services',
  xt_nat: 'sends a connection to an endpoint',
  xt_MASQUERADE: "gives a connection the machine's source address",
  xt_statistic: 'chooses among endpoints by chance',
  xt_recent: 'remembers clients, for session affinity',
  ipt_REJECT: 'answers for Services without endpoints',
  ip6t_REJECT: 'the same on IPv6, which kube-proxy serves wherever the machine has it',
};

/** nftables mode: the expressions in its rules. Both families, since it writes both wherever the machine has IPv6. */
export const nftablesModules: Modules = {
  ...CONNTRACK,
  nf_tables: 'tables, chains and maps',
  nft_chain_nat: 'chains that translate addresses',
  nft_ct: 'tells new connections, and those that were sent to an endpoint',
  nft_nat: 'sends a connection to an endpoint',
  nft_masq: "gives a connection the machine's source address",
  nft_fib: 'tells local destinations, for NodePorts',
  nft_fib_ipv4: 'the same on IPv4',
  nft_fib_ipv6: 'the same on IPv6',
  nft_numgen: 'chooses among endpoints by chance',
  nft_reject: 'answers for Services without endpoints',
  nft_reject_ipv4: 'the same on IPv4',
  nft_reject_ipv6: 'the same on IPv6',
};
