import { exactly, type KernelRow } from './row';
import { conntrackBudget } from '../../cluster';

const TIMEOUT = 'how long connections without packets are tracked';
const DOC = 'docs.kernel.org networking/nf_conntrack-sysctl';

/**
 * The connection table. The machine owns it, whichever service proxy there is, or none: kube-proxy is
 * told to leave it alone, and Calico's BPF dataplane has a table of its own beside it.
 */
export const conntrackRows: readonly KernelRow[] = [
  exactly(
    'net.netfilter.nf_conntrack_max',
    ({ cluster, machine }) => conntrackBudget(cluster, machine).entries,
    {
      note: 'sized from memory and peakConnections; kube-proxy leaves it alone',
      upstream: 'kube-proxy: 32768 a core, at least 131072',
      why:
        "twice peakConnections, rounded up to a power of two; without it what 2 % of the machine's memory hold at 400 bytes a " +
        "connection. Never below the kernel's own default, never above those 2 % and 1048576, kube-proxy's own cap since 1.36",
      source: `${DOC}; kubernetes/kubernetes:pkg/proxy/conntrack/sysctls.go`,
    },
  ),
  exactly('net.netfilter.nf_conntrack_tcp_timeout_established', '86400', {
    note: TIMEOUT,
    upstream: '432000 in the kernel, 86400 by kube-proxy',
    why: 'five days of dead connections fill a table; a day is well above the idle time of IPVS and of Linux keepalive',
    source: DOC,
  }),
  exactly('net.netfilter.nf_conntrack_tcp_timeout_close_wait', '3600', {
    note: TIMEOUT,
    upstream: '60 in the kernel, 3600 by kube-proxy',
    why: 'a half-closed connection may still carry data for longer than a minute',
    source: 'kubernetes/kubernetes issue 32551',
  }),
  exactly('net.netfilter.nf_conntrack_udp_timeout', '30', {
    note: TIMEOUT,
    upstream: '30',
    why: 'most entries of one packet each way are DNS queries, and a resolver repeats one within seconds; said, so that one place owns every timeout',
    source: DOC,
  }),
  exactly('net.netfilter.nf_conntrack_udp_timeout_stream', '120', {
    note: TIMEOUT,
    upstream: '120 since Linux 5.0, 180 before',
    why: 'WireGuard speaks every 25 seconds where it must keep a way open, QUIC gives up after 30 idle seconds; longer only holds entries',
    source: DOC,
  }),
];

/** The module option that goes with the table. */
export const hashSizeRow = {
  option: 'nf_conntrack hashsize',
  key: 'modprobe nf_conntrack hashsize',
  note: 'one bucket for each connection of nf_conntrack_max',
  upstream: 'a quarter of nf_conntrack_max, by kube-proxy',
  why: "one bucket for each connection, the kernel's own ratio since 5.15; and nothing is left for kube-proxy to write into a /sys that may be read-only",
  source: `${DOC}; kubernetes/kubernetes issue 134108`,
} as const;

/** The decision that says what the table costs. */
export const memoryRow = {
  key: 'memory of the connection table',
  upstream: 'not limited by memory: kube-proxy goes by cores',
  why: 'MiB when the table is full, at 400 bytes a connection and 8 a bucket; the buckets are taken at once, the rest as connections come',
  source: 'lib/cluster/conntrack.ts',
} as const;
