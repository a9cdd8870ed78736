import type { Collector } from './collector';

export const proxy: Collector = {
  name: 'proxy',
  what: 'Which mode kube-proxy says it is in, and whose rules there are, of any mode.',
  usage: '',
  worst:
    'ten seconds of reading rules where there are tens of thousands; nothing is sent or created',
  networks: ['host'],
  programs: ['curl', 'iptables-save', 'nft', 'ip'],
  body: `
if have curl; then
  for host in 127.0.0.1 '[::1]'; do
    mode=$(curl -sf --noproxy '*' -m 2 "http://$host:10249/proxyMode" 2>/dev/null) && say mode "$mode" && break
  done
fi
# Without a table named, nothing is created that was not there. A program that fails has counted nothing.
dump() {
  { "$1" 2>/dev/null || echo '!'; } | awk -v key="$2" -v program="$1" '
    /^!/ { failed = 1 }
    /^-A KUBE-SVC-/ { svc++ }
    /^-A KUBE-SEP-/ { sep++ }
    /^-A KUBE-SERVICES / { services++ }
    /^-A / { rules++ }
    END {
      if (failed) print "missing\\t" program
      else print key "\\tsvc=" svc + 0 " sep=" sep + 0 " services=" services + 0 " rules=" rules + 0
    }
  '
}
# The legacy backend lists its tables in a file: without the table of NAT it has no rules of kube-proxy,
# and its program, which not every image has, need not be asked.
legacy() {
  if command -v "$2-legacy-save" >/dev/null 2>&1; then
    dump "$2-legacy-save" "$2.legacy"
  elif [ ! -e "$1" ] || { [ -r "$1" ] && ! grep -q '^nat$' "$1"; }; then
    say "$2.legacy" 'svc=0 sep=0 services=0 rules=0'
  else
    say missing "$2-legacy-save"
  fi
}
for family in iptables ip6tables; do
  if command -v "$family-nft-save" >/dev/null 2>&1; then
    dump "$family-nft-save" "$family.nft"
  elif have "$family-save"; then
    dump "$family-save" "$family.nft"
  fi
done
legacy /proc/net/ip_tables_names iptables
legacy /proc/net/ip6_tables_names ip6tables
if have nft; then
  if tables=$(nft list tables 2>/dev/null); then
    say nft listed
    if [ -n "$tables" ]; then printf '%s\\n' "$tables" | keyed nft.table; fi
  else
    say missing 'nft list tables'
  fi
  for family in ip ip6; do
    if nft list table "$family" kube-proxy >/dev/null 2>&1; then
      # The line with the type of the map ends in its last word; elements go somewhere.
      say "nft.$family" "services=$(nft list map "$family" kube-proxy service-ips 2>/dev/null | grep -c ' : [a-z]* ') lines=$(nft list table "$family" kube-proxy | awk 'END { print NR }')"
    fi
  done
fi
if [ -r /proc/net/ip_vs ]; then
  awk '/^(TCP|UDP|SCTP) / { services++ } /^  -> [0-9A-F[]/ { endpoints++ } END { print "services=" services + 0 " endpoints=" endpoints + 0 }' /proc/net/ip_vs | keyed ipvs
fi
if [ -d /sys/class/net/kube-ipvs0 ]; then
  say kube-ipvs0 "$(ip -o address show dev kube-ipvs0 2>/dev/null | awk 'END { print NR }')"
fi
`,
};

/** Routes of each family that are listed; who finds as many has not seen all. */
export const MOST_ROUTES = 2000;

export const routes: Collector = {
  name: 'routes',
  what: 'Routes and rules, without those to single pods of the machine itself.',
  usage: '',
  worst: 'a second of reading, 4,000 lines; nothing is sent',
  networks: ['host'],
  programs: ['ip'],
  body: `
if have ip; then
  for family in 4 6; do
    ip "-$family" rule show 2>/dev/null | head -n 100 | keyed "rule.$family"
    ip "-$family" route show 2>/dev/null | grep -v -E ' dev (cali|veth|lxc)' | head -n ${MOST_ROUTES} | keyed "route.$family"
  done
fi
if [ -e "$ROOT/run/systemd/netif/state" ]; then
  say networkd active
  for conf in "$ROOT"/etc/systemd/networkd.conf "$ROOT"/etc/systemd/networkd.conf.d/*.conf; do
    if [ -r "$conf" ]; then awk '/^ManageForeign/' "$conf" | keyed networkd.conf; fi
  done
fi
`,
};

export const bgp: Collector = {
  name: 'bgp',
  what: 'Every BGP session of the machine, as BIRD or FRR tells it.',
  usage: '',
  worst: 'four seconds of asking the router of the machine; nothing is sent',
  networks: ['host'],
  programs: ['birdcl or vtysh'],
  body: `
found=''
if command -v birdcl >/dev/null 2>&1; then
  for name in bird bird6; do
    socket=$ROOT/var/run/calico/$name.ctl
    if [ -S "$socket" ]; then
      found=yes
      birdcl -s "$socket" show protocols 2>&1 | keyed "$name"
    fi
  done
fi
if command -v vtysh >/dev/null 2>&1; then
  found=yes
  vtysh -c 'show bgp summary json' 2>/dev/null | keyed frr
fi
if [ -z "$found" ]; then say missing 'birdcl with the socket of BIRD, or vtysh'; fi
`,
};
