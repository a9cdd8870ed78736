import type { Collector } from './collector';

export const iperf: Collector = {
  name: 'iperf',
  what: 'Throughput to one target, or loss and jitter at a modest rate.',
  usage: 'NAME ADDRESS tcp|udp [SECONDS] [PORT]',
  worst:
    'as much as one TCP stream gets for 31 seconds, or 20 Mbit/s of UDP for as long; one pair at a time, or each disturbs the other',
  networks: ['host', 'pod'],
  programs: ['iperf3'],
  body: `
seconds=$(bounded "\${4:-}" 10 30)
say pair "\${1:-} \${2:-} \${3:-tcp}"
if have iperf3; then
  # 1,200 bytes fit into every MTU that Kubernetes takes; at this rate a receiver that waits 80 ms for its
  # CPU loses nothing, so that what is lost was lost on the way.
  if [ "\${3:-tcp}" = udp ]; then set -- "$1" "$2" udp "$seconds" "\${5:-5201}" -u -b 20M -l 1200; else set -- "\${1:-}" "\${2:-}" tcp "$seconds" "\${5:-5201}" -O 1; fi
  address=$2
  port=$5
  shift 5
  iperf3 -c "$address" -p "$port" -t "$seconds" -i 0 -J --connect-timeout 5000 "$@" 2>&1 | keyed json
fi
`,
};

export const fsync: Collector = {
  name: 'fsync',
  what: "How long the disk takes for small writes that are on it before the next one, as etcd's log needs.",
  usage: 'DIRECTORY [SECONDS]',
  worst:
    'one file of 22 MiB written over and over for 120 seconds, each write waited for; beside a running etcd it slows etcd down, so BESIDE_ETCD=yes must be said there',
  networks: ['host'],
  programs: ['fio'],
  body: `
directory=\${1:-}
seconds=$(bounded "\${2:-}" 60 120)
say directory "$directory"
if [ ! -d "$directory" ]; then
  say refused 'no such directory'
elif [ "\${BESIDE_ETCD:-}" != yes ] && { [ -d "$directory/member" ] || [ -d "$directory/data/member" ]; }; then
  say refused 'etcd has data here'
elif [ "$(df -k "$directory" | awk 'END { print $(NF - 2) }')" -lt 102400 ]; then
  say refused 'less than 100 MiB are free'
elif have fio; then
  work=$(mktemp -d "$directory/.doctor.XXXXXX") || exit 1
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  say seconds "$seconds"
  fio --name=etcd --directory="$work" --rw=write --ioengine=sync --fdatasync=1 --bs=2300 --size=22m \\
    --time_based --runtime="$seconds" --percentile_list=50:99:99.9 --output-format=json --output="$work/result" >&2
  file json "$work/result"
fi
`,
};

export const etcdMetrics: Collector = {
  name: 'etcd-metrics',
  what: 'What etcd itself counted, before and after a while.',
  usage: '[SECONDS] [URL]',
  worst: 'three requests to the local metrics port and 300 seconds between the last two',
  networks: ['host'],
  programs: ['curl'],
  body: `
seconds=$(bounded "\${1:-}" 60 300)
url=\${2:-}
fetch() { curl -sf --noproxy '*' -m 10 "$1"; }
metrics() {
  fetch "$url" | grep -E '^(etcd_disk_(wal_fsync|backend_commit)_duration_seconds_(bucket|count)|etcd_server_(leader_changes_seen_total|has_leader)|process_start_time_seconds)' | keyed "$1"
}
if have curl; then
  # The loopback address is that of the family of the cluster.
  for host in 127.0.0.1 '[::1]'; do
    if [ -z "$url" ] && fetch "http://$host:2381/metrics" >/dev/null 2>&1; then url=http://$host:2381/metrics; fi
  done
  if [ -n "$url" ]; then
    metrics before
    sleep "$seconds"
    metrics after
  else
    say missing 'metrics of etcd at port 2381'
  fi
fi
`,
};
