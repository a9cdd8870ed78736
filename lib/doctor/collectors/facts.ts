import type { Collector } from './collector';

export const facts: Collector = {
  name: 'facts',
  what: 'What the machine is, and what its kernel and interfaces are set to.',
  usage: '[nic:NAME] [sysctl:KEY]... [module:NAME]...',
  worst: 'a second of reading files; nothing is sent',
  networks: ['host'],
  programs: ['ethtool', 'systemd-detect-virt'],
  body: `
say kernel "$(uname -r)"
say architecture "$(uname -m)"
say cpus "$(grep -c '^cpu[0-9]' /proc/stat)"
say memory.kib "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
for flag in aes hypervisor; do
  if grep -q -w -m 1 "$flag" /proc/cpuinfo; then say cpu.flag "$flag"; fi
done
if command -v systemd-detect-virt >/dev/null 2>&1; then say virt "$(systemd-detect-virt --vm)"; fi
for name in sys_vendor product_name; do
  if [ -r "/sys/class/dmi/id/$name" ]; then keyed "dmi.$name" <"/sys/class/dmi/id/$name"; fi
done
for link in /sys/class/net/*; do
  if [ -r "$link/mtu" ]; then say link "\${link##*/} $(cat "$link/mtu")"; fi
done

module() {
  if grep -q "^$1 " /proc/modules 2>/dev/null; then
    say module "$1 loaded"
  elif [ -d "/sys/module/$1" ] || builtin "$1"; then
    say module "$1 builtin"
  elif [ -r "$list" ]; then
    say module "$1 absent"
  else
    # What is built in and has no parameters is in this list only.
    say module "$1 unknown"
  fi
}
list=$ROOT/lib/modules/$(uname -r)/modules.builtin
# It has the spelling of file names, where a hyphen may stand for an underscore.
builtin() {
  sed 's/-/_/g' "$list" 2>/dev/null | grep -q "/$1[.]ko"
}
nic() {
  say nic "$1"
  queues=0
  for queue in "/sys/class/net/$1/queues"/rx-*; do
    if [ -d "$queue" ]; then queues=$((queues + 1)); fi
  done
  say nic.queues "$queues"
  for queue in "/sys/class/net/$1/queues"/rx-*; do
    if [ -r "$queue/rps_cpus" ]; then say nic.rps "$(cat "$queue/rps_cpus")"; fi
  done
  speed=$(cat "/sys/class/net/$1/speed" 2>/dev/null) && say nic.speed "$speed"
  if have ethtool; then
    ethtool -k "$1" 2>/dev/null | awk '/^[[:blank:]]*((rx|tx)-checksum|generic-|tcp-segmentation|tx-udp_tnl)/' | keyed nic.offload
    ethtool -l "$1" 2>/dev/null | keyed nic.channels
    ethtool -i "$1" 2>/dev/null | awk '/^driver:/' | keyed nic.driver
  fi
}
for argument; do
  name=\${argument#*:}
  case "$argument" in
    nic:*) nic "$name" ;;
    module:*) module "$name" ;;
    sysctl:*)
      # Dots separate, but for those in the name of an interface, which is written with a slash.
      path=/proc/sys/$(printf %s "$name" | tr './' '/.')
      if [ -r "$path" ]; then
        say sysctl "$name $(tr '\\t\\n' '  ' <"$path")"
      else
        say sysctl.absent "$name"
      fi
      ;;
  esac
done
for name in count max buckets; do
  file "conntrack.$name" "/proc/sys/net/netfilter/nf_conntrack_$name"
done
`,
};
