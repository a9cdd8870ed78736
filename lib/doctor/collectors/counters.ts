import type { Collector } from './collector';

/**
 * Connection tracking by netlink; the file in /proc is not there on every distribution's kernel. A pod
 * has counters of its own, which stay at zero: what is dropped is dropped on the machine.
 */
export const conntrackCounters = `
conntrack_counters() {
  if [ "\${NETWORK:-host}" != host ]; then return; fi
  if command -v conntrack >/dev/null 2>&1; then
    conntrack -S 2>/dev/null | keyed "$1.conntrack"
  elif [ -r /proc/net/stat/nf_conntrack ]; then
    keyed "$1.conntrack-proc" </proc/net/stat/nf_conntrack
  else
    say missing conntrack
  fi
  file "$1.conntrack.count" /proc/sys/net/netfilter/nf_conntrack_count
  file "$1.conntrack.max" /proc/sys/net/netfilter/nf_conntrack_max
}
`;

export const counters: Collector = {
  name: 'counters',
  what: 'What the kernel counts, before and after a while: time of each CPU, packets, TCP, connections.',
  usage: '[SECONDS] [idle|traffic|burn]',
  worst:
    'it watches for 120 seconds; with burn one process of the lowest priority for each CPU in that time; nothing is sent',
  networks: ['host'],
  programs: ['conntrack', 'dmesg'],
  body: `
seconds=$(bounded "\${1:-}" 10 120)
load=\${2:-idle}
say load "$load"
${conntrackCounters}
look() {
  file "$1.uptime" /proc/uptime
  awk '/^cpu/' /proc/stat | keyed "$1.stat"
  file "$1.softnet" /proc/net/softnet_stat
  awk '/^Tcp:|^Udp:/' /proc/net/snmp | keyed "$1.snmp"
  awk '/^TcpExt:/' /proc/net/netstat | keyed "$1.netstat"
  conntrack_counters "$1"
}

burners=''
trap 'stop' EXIT
trap 'exit 1' HUP INT TERM
stop() {
  # Word by word: it is a list.
  for pid in $burners; do kill "$pid" 2>/dev/null; done
  burners=''
}
if [ "$load" = burn ]; then
  cpus=$(grep -c '^cpu[0-9]' /proc/stat)
  while [ "$cpus" -gt 0 ]; do
    cpus=$((cpus - 1))
    # It ends with this shell, however that ends.
    nice -n 19 sh -c "while kill -0 $$; do :; done" >/dev/null 2>&1 &
    burners="$burners $!"
  done
fi
look before
sleep "$seconds"
look after
stop
if dmesg >/dev/null 2>&1; then
  dmesg | grep 'nf_conntrack.*table full' | tail -n 3 | keyed log.table-full
else
  say missing dmesg
fi
`,
};
