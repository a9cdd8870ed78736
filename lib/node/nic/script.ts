/** Where the script lies on machines that have a NIC to tune. */
export const NIC_SCRIPT = '/usr/local/lib/groundwork/nic-tuning';

/**
 * Sets one NIC and reads everything back: drivers take a wish without a word and do something else.
 * What is right already is not touched, since some drivers drop the link to change a ring.
 */
export const nicScript = `#!/bin/bash
# nic-tuning NIC [queues=N] [rx=N] [tx=N] [rps=on|off] [FEATURE=on|off ...]
set -euo pipefail
SYS="\${GROUNDWORK_ROOT:-}/sys/class/net"
nic=$1
shift

fail() {
  printf 'nic %s: %s\\n' "$nic" "$*" >&2
  exit 1
}

# The last line of this name, or nothing: ethtool prints the maximum first, what is set last.
current() {
  { ethtool "$1" "$nic" 2>/dev/null || true; } | sed -n "s/^$2:[[:space:]]*//p" | tail -n 1
}

# What is wanted, how it is asked for, how it is set: name, value, read option, label, set option, word.
set_number() {
  local name=$1 wanted=$2 have
  have=$(current "$3" "$4")
  if [ "$have" != "$wanted" ]; then
    ethtool "$5" "$nic" "$6" "$wanted" || fail "$name: the driver refuses $wanted; it is \${have:-unknown}"
    have=$(current "$3" "$4")
  fi
  [ "$have" = "$wanted" ] || fail "$name: wanted $wanted, got \${have:-nothing}"
}

set_feature() {
  local name=$1 wanted=$2 have
  have=$(current -k "$name")
  [ -n "$have" ] || fail "$name: no such feature; see ethtool -k $nic"
  if [ "\${have%% *}" != "$wanted" ]; then
    ethtool -K "$nic" "$name" "$wanted" || fail "$name: the driver refuses $wanted; it is $have"
    have=$(current -k "$name")
  fi
  [ "\${have%% *}" = "$wanted" ] || fail "$name: wanted $wanted, got $have"
}

# A mask of all cores in hexadecimal, 32 to a word, as sysfs takes it.
all_cores() {
  local cores=$1 mask=
  while [ "$cores" -gt 0 ]; do
    if [ "$cores" -ge 32 ]; then
      mask="ffffffff\${mask:+,}$mask"
    else
      mask="$(printf '%x' $(((1 << cores) - 1)))\${mask:+,}$mask"
    fi
    cores=$((cores - 32))
  done
  printf '%s\\n' "$mask"
}

# Without commas and leading zeros: the kernel prints as many as it could have cores.
plain() {
  tr -d ',\\n' < "$1" | sed -e 's/^0*//' -e 's/^$/0/'
}

set_rps() {
  local wanted=0 file have
  [ "$1" = off ] || wanted=$(all_cores "$(nproc --all)")
  for file in "$SYS/$nic"/queues/rx-*/rps_cpus; do
    [ -e "$file" ] || fail 'rps: this NIC has no receive queue that can be steered'
    printf '%s\\n' "$wanted" > "$file" || fail "rps: $file does not take $wanted"
    have=$(plain "$file")
    [ "$have" = "\${wanted//,/}" ] || fail "rps: wanted $wanted in $file, got $have"
  done
}

[ -e "$SYS/$nic" ] || fail 'does not exist'
for setting; do
  value=\${setting#*=}
  case "$setting" in
    queues=*) set_number 'combined queues' "$value" -l Combined -L combined ;;
    rx=*) set_number 'receive ring' "$value" -g RX -G rx ;;
    tx=*) set_number 'send ring' "$value" -g TX -G tx ;;
    rps=*) set_rps "$value" ;;
    *) set_feature "\${setting%%=*}" "$value" ;;
  esac
done
`;
