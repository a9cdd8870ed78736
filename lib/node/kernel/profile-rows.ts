import { KernelProfile } from './profile';
import { atLeast, exactly, type KernelRow } from './row';

const IP = 'docs.kernel.org networking/ip-sysctl';
const NET = 'docs.kernel.org admin-guide/sysctl/net';
const UNMEASURED = 'Not measured on your machines.';

const keepsItsPace = exactly('net.ipv4.tcp_slow_start_after_idle', '0', {
  note: 'a connection that was quiet goes on at its pace',
  upstream: '1',
  why: `a connection that was quiet for one round-trip timeout would start at ten packets again, and every burst over it would pay; on a busy way the old pace may be too fast. For the machine and pods on its network. ${UNMEASURED}`,
  source: IP,
});

/** Rows that only a profile has; a row of the table with the same key gives way to it. */
export const profileRows: Readonly<Record<KernelProfile, readonly KernelRow[]>> = {
  [KernelProfile.BALANCED]: [],
  [KernelProfile.LATENCY]: [
    keepsItsPace,
    exactly('net.ipv4.tcp_notsent_lowat', '131072', {
      note: 'little data waits in the kernel unsent',
      upstream: '4294967295, no limit',
      why: `what is written last would wait behind megabytes that are not sent yet; with 128 KiB the program keeps the choice. Costs a wake-up more for each 128 KiB. ${UNMEASURED}`,
      source: IP,
    }),
    exactly('net.ipv4.tcp_keepalive_time', '120', {
      note: 'dead peers are looked for after two minutes',
      upstream: '7200',
      why: 'with 30 s and 4 probes a dead peer is given up 4 minutes after it last spoke, instead of 15',
      source: IP,
    }),
    exactly('net.ipv4.tcp_keepalive_intvl', '30', {
      note: 'dead peers are looked for after two minutes',
      upstream: '75',
      why: 'see tcp_keepalive_time',
      source: IP,
    }),
    exactly('net.ipv4.tcp_keepalive_probes', '4', {
      note: 'dead peers are looked for after two minutes',
      upstream: '9',
      why: 'see tcp_keepalive_time',
      source: IP,
    }),
  ],
  [KernelProfile.THROUGHPUT]: [
    keepsItsPace,
    atLeast('net.core.rmem_max', '16777216', {
      note: 'programs may ask for buffers of 16 MiB',
      upstream: '212992; 4194304 since Linux 6.16',
      why: `a limit for programs that ask for a buffer, QUIC servers among them; it costs nothing until one asks. ${UNMEASURED}`,
      source: NET,
    }),
    atLeast('net.core.wmem_max', '16777216', {
      note: 'programs may ask for buffers of 16 MiB',
      upstream: '212992; 4194304 since Linux 6.16',
      why: `as rmem_max, for sending. ${UNMEASURED}`,
      source: NET,
    }),
    exactly('net.ipv4.tcp_rmem', '4096 131072 16777216', {
      note: '16 MiB fill 1 Gbit/s over 130 ms, or 10 Gbit/s over 13 ms',
      upstream: '4096 131072 6291456',
      why: `the kernel lets a window grow to half of the last number at first: 16 MiB fill 1 Gbit/s over 130 ms of round trip, 6 MiB over 50. New pods take it over from the machine. Costs memory on connections that are that fast. ${UNMEASURED}`,
      source: IP,
    }),
    exactly('net.ipv4.tcp_wmem', '4096 16384 16777216', {
      note: '16 MiB fill 1 Gbit/s over 130 ms, or 10 Gbit/s over 13 ms',
      upstream: '4096 16384 4194304',
      why: `as tcp_rmem, for sending. ${UNMEASURED}`,
      source: IP,
    }),
    atLeast('net.core.netdev_max_backlog', '16384', {
      note: 'packets between pods wait in this queue',
      upstream: '1000',
      why: `packets of pods' interfaces wait in one queue a core and are dropped when it is full, which the second column of /proc/net/softnet_stat counts; where that stays 0 it does nothing. ${UNMEASURED}`,
      source: NET,
    }),
    atLeast('net.core.somaxconn', '32768', {
      note: 'bursts of new connections to programs on the network of the machine',
      upstream: '4096 since Linux 5.4',
      why: `an edge on the network of the machine may ask for a longer queue than 4096; programs that do not ask keep theirs. ${UNMEASURED}`,
      source: IP,
    }),
    atLeast('net.ipv4.tcp_max_syn_backlog', '32768', {
      note: 'as many half-open connections as somaxconn takes',
      upstream: '128 to 4096, by memory',
      why: `half-open connections wait as long a way as finished ones. ${UNMEASURED}`,
      source: IP,
    }),
    exactly('net.ipv4.ip_local_port_range', '10240 65535', {
      note: 'twice as many source ports; those of Kubernetes are reserved',
      upstream: '32768 60999',
      why: '28000 source ports to one address and port are few for a proxy on the network of the machine; NodePorts and the ports that constructs asked for are left out by ip_local_reserved_ports',
      source: IP,
    }),
  ],
};
