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
    mode=$(curl -s -m 2 "http://$host:10249/proxyMode" 2>/dev/null) && say mode "$mode" && break
  done
fi
# Without a table named, nothing is created that was not there.
dump() {
  "$1" 2>/dev/null | awk '
    /^-A KUBE-SVC-/ { svc++ }
    /^-A KUBE-SEP-/ { sep++ }
    /^-A KUBE-SERVICES / { services++ }
    /^-A / { rules++ }
    END { print "svc=" svc + 0 " sep=" sep + 0 " services=" services + 0 " rules=" rules + 0 }
  ' | keyed "$2"
}
found=''
for backend in nft legacy; do
  for family in iptables ip6tables; do
    if command -v "$family-$backend-save" >/dev/null 2>&1; then
      found=yes
      dump "$family-$backend-save" "$family.$backend"
    fi
  done
done
if [ -z "$found" ] && have iptables-save; then dump iptables-save iptables.nft; fi
if have nft; then
  nft list tables 2>/dev/null | keyed nft.table
  for family in ip ip6; do
    if nft list table "$family" kube-proxy >/dev/null 2>&1; then
      say "nft.$family" "services=$(nft list map "$family" kube-proxy service-ips 2>/dev/null | grep -c ' : ') lines=$(nft list table "$family" kube-proxy | awk 'END { print NR }')"
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
    ip "-$family" route show 2>/dev/null | grep -v -E ' dev (cali|veth|lxc)' | head -n 2000 | keyed "route.$family"
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
