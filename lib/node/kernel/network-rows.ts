import { atLeast, exactly, ipv6, powerOfTwo, type KernelFacts, type KernelRow } from './row';

/** Pods that a kubelet runs at most, where nothing else is said. */
const PODS_PER_NODE = 110;
const ARP = 'man 7 arp; Linux net/core/neighbour.c';
const IP = 'docs.kernel.org networking/ip-sysctl';

/**
 * The table of neighbours is one for the machine and all its pods: every pod, every other machine
 * and whatever else answers on the segment. Four times that, because entries stay a while.
 */
export function neighbourLimit(nodes: number): number {
  return Math.max(4096, powerOfTwo(4 * (PODS_PER_NODE + nodes)));
}

/** Connections that may come at once after an API server restarts: four from each machine. */
export function backlog(nodes: number): number {
  return Math.max(4096, powerOfTwo(4 * nodes));
}

const KEEPALIVE = 'asked before firewalls and balancers forget an idle connection';
const REDIRECTS = 'routes are those of the network plugin: no redirects, sent or taken';

const nodes = ({ cluster }: KernelFacts) => cluster.machines.length;

const neighbours = [
  { step: 1, part: 4, upstream: '128', what: 'below it nothing is collected' },
  { step: 2, part: 2, upstream: '512', what: 'above it entries go after five seconds' },
  { step: 3, part: 1, upstream: '1024', what: 'beyond it no new neighbour is taken in' },
];

function neighbourRows(family: 'ipv4' | 'ipv6'): KernelRow[] {
  return neighbours.map(({ step, part, upstream, what }) =>
    atLeast(
      `net.${family}.neigh.default.gc_thresh${step}`,
      (facts) =>
        family === 'ipv6' && !ipv6(facts) ? undefined : neighbourLimit(nodes(facts)) / part,
      {
        note: 'one table of neighbours for the machine and all its pods',
        upstream,
        why: `${what}. The table is shared by the machine and all its pods; 4 × (${PODS_PER_NODE} pods + machines), a power of two, at least 4096 for the last threshold, a half and a quarter for the others. A full table drops packets with "neighbour table overflow"`,
        source: ARP,
      },
    ),
  );
}

/** What a router for pods needs of its network stack, whichever plugin and proxy it runs. */
export const networkRows: readonly KernelRow[] = [
  ...neighbourRows('ipv4'),
  ...neighbourRows('ipv6'),
  atLeast('net.core.somaxconn', (facts) => backlog(nodes(facts)), {
    note: 'all machines may connect at once when an API server restarts',
    upstream: '4096 since Linux 5.4',
    why: "when an API server restarts, every machine of the cluster comes back at once; 4 × machines, at least the kernel's own. Pods have a network of their own and keep the kernel's value",
    source: IP,
  }),
  atLeast('net.ipv4.tcp_max_syn_backlog', (facts) => backlog(nodes(facts)), {
    note: 'all machines may connect at once when an API server restarts',
    upstream: '128 to 4096, by memory',
    why: 'half-open connections wait as long a way as finished ones; on small machines the kernel takes fewer and answers the rest with SYN cookies, which lose TCP options',
    source: IP,
  }),
  exactly('net.ipv4.tcp_keepalive_time', '600', {
    note: KEEPALIVE,
    upstream: '7200',
    why: 'many firewalls forget an idle connection after 15 minutes or an hour, IPVS after 900 s where nobody sets its tcpTimeout; two hours is later than all of them. For the machine and pods on its network; other pods set it in securityContext.sysctls',
    source: 'kubernetes/kubernetes issue 71358; siderolabs/talos',
  }),
  exactly('net.ipv4.tcp_keepalive_intvl', '60', {
    note: KEEPALIVE,
    upstream: '75',
    why: 'with 5 probes a dead peer is given up 15 minutes after it last spoke',
    source: IP,
  }),
  exactly('net.ipv4.tcp_keepalive_probes', '5', {
    note: KEEPALIVE,
    upstream: '9',
    why: 'see tcp_keepalive_intvl',
    source: IP,
  }),
];

const SHORTCUTS = {
  note: REDIRECTS,
  upstream: '1',
  why: 'a packet that leaves through the NIC it came in by would make the machine tell the sender a shorter way, past the Service or the tunnel. The kernel sends when either of `all` and the interface says so, so the NIC of the spec has a line of its own',
  source: `${IP}; siderolabs/talos`,
};
const FOREIGN_ROUTES = {
  note: REDIRECTS,
  upstream: '1; 0 for `all` once ip_forward is set',
  why: 'routes come from the network plugin; a redirect that anybody on the segment can send would change them',
  source: `${IP}; siderolabs/talos`,
};

/** No ICMP redirects, neither sent nor believed. A NIC with a dot in its name has no key of this form. */
export function redirectRows(nics: readonly string[]): KernelRow[] {
  return [
    exactly('net.ipv4.conf.all.send_redirects', '0', SHORTCUTS),
    exactly('net.ipv4.conf.default.send_redirects', '0', SHORTCUTS),
    ...nics
      .filter((nic) => !nic.includes('.'))
      .map((nic) =>
        exactly(
          `net.ipv4.conf.${nic}.send_redirects`,
          ({ machine }) => (machine.nic === nic ? '0' : undefined),
          SHORTCUTS,
        ),
      ),
    exactly('net.ipv4.conf.all.accept_redirects', '0', FOREIGN_ROUTES),
    exactly('net.ipv4.conf.default.accept_redirects', '0', FOREIGN_ROUTES),
  ];
}
