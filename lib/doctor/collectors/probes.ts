import type { Collector } from './collector';

/** Takes NAME=ADDRESS=REST apart. */
const target = `
  name=\${target%%=*}
  rest=\${target#*=}
  address=\${rest%%=*}
`;

export const dfProbe: Collector = {
  name: 'df-probe',
  what: 'Which sizes of packet, that nobody may cut up, are answered by each target.',
  usage: 'NAME=ADDRESS=SIZE[,SIZE]... (IP header included; device is the MTU of the own interface)',
  worst: 'three packets and 2 seconds for each of 33 sizes of a target; 2 sizes where all is well',
  networks: ['host', 'pod'],
  programs: ['ping of iputils', 'ip'],
  body: `
have ip
probe() {
  say size "$name $1"
  said=$(ping "$family" -n -c 3 -i 0.2 -W 1 -M 'do' -s $(($1 - headers)) "$address" 2>&1)
  answered=$?
  printf '%s\\n' "$said" | keyed "ping $name $1"
  return "$answered"
}
if have ping; then
  for target; do
    ${target.trim()}
    case "$address" in *:*) family=-6 headers=48 ;; *) family=-4 headers=28 ;; esac
    device=$(ip "$family" route get "$address" 2>/dev/null |
      awk '{ for (i = 1; i < NF; i++) if ($i == "dev") { print $(i + 1); exit } }')
    mtu=$(cat "/sys/class/net/$device/mtu" 2>/dev/null)
    say target "$name $address \${device:--} \${mtu:-0}"
    # A small one first: without its answer the others prove nothing about size.
    probe 100
    probed=' '
    for size in $(printf %s "\${rest#*=}" | tr ',' '\\n' | head -n 4); do
      if [ "$size" = device ]; then size=\${mtu:-0}; fi
      case "$size" in '' | *[!0-9]* | ??????*) continue ;; esac
      case "$probed" in *" $size "*) continue ;; *) probed="$probed$size " ;; esac
      if [ "$size" -le 300 ] || probe "$size"; then continue; fi
      # What is lost to a header or a narrower link on the way.
      for less in 20 50 60 80 110 150 220; do
        if probe $((size - less)); then break; fi
      done
    done
  done
fi
`,
};

export const roundTrip: Collector = {
  name: 'round-trip',
  what: 'How long packets take to each target and back.',
  usage: 'COUNT NAME=ADDRESS...',
  worst: '100 packets of 84 bytes and 30 seconds for each target, five a second',
  networks: ['host', 'pod'],
  programs: ['ping of iputils'],
  body: `
count=$(bounded "\${1:-}" 20 100)
if [ $# -gt 0 ]; then shift; fi
if have ping; then
  for target; do
    ${target.trim()}
    say target "$name $address"
    ping -n -q -c "$count" -i 0.2 -W 1 "$address" 2>&1 | keyed "ping $name"
  done
fi
`,
};

export const arp: Collector = {
  name: 'arp',
  what: 'Who answers ARP for an address.',
  usage: 'DEVICE ADDRESS',
  worst: 'three broadcasts and 4 seconds',
  networks: ['host'],
  programs: ['arping of iputils'],
  body: `
say address "\${2:-}"
if have arping; then
  # Otherwise only the first one is a broadcast, and the others go to who answered it.
  arping -b -c 3 -w 4 -I "\${1:-}" "\${2:-}" 2>&1 | keyed arping
fi
`,
};
