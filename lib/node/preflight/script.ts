import { readSysctl } from '../steps/sysctls';

/** Where the script lies on every machine. */
export const PREFLIGHT_SCRIPT = '/usr/local/lib/groundwork/preflight';

/**
 * Looks at a machine before and after the bootstrap and changes nothing. Ids are those of the table in
 * checks.ts; facts come from machine.env, preflight.env and the lists.
 */
export const preflightScript = `#!/bin/bash
# Looks at this machine and changes nothing. Prints "PASS|WARN|FAIL id text" lines, exits 1 after a FAIL.
# Before the bootstrap ports must be free, afterwards somebody must listen. --wait gives addresses a minute.
set -uo pipefail
export LC_ALL=C
ROOT="\${GROUNDWORK_ROOT:-}"
ETC="$ROOT/etc/groundwork"
STATE="$ROOT/var/lib/groundwork"
KUBERNETES="$ROOT/etc/kubernetes"
case "$*" in
  '') tries=1 ;;
  --wait) tries=12 ;;
  *)
    echo 'usage: preflight [--wait]' >&2
    exit 2
    ;;
esac
# shellcheck source=/dev/null
. "$ETC/machine.env" || exit 2
# shellcheck source=/dev/null
. "$ETC/preflight.env" || exit 2

failed=0
pass() { echo "PASS $*"; }
warn() { echo "WARN $*"; }
fail() {
  echo "FAIL $*"
  failed=1
}
# Id, text when the list that follows is empty, text after the list when it is not.
none() { if [ $# -eq 3 ]; then pass "$1" "$2"; else fail "$1" "\${*:4}$3"; fi; }
is_done() { compgen -G "$STATE/steps/*-$1" > /dev/null; }
entries() { [ ! -f "$1" ] || sed -e '/^[[:space:]]*[#;]/d' -e '/^[[:space:]]*$/d' "$1"; }
${readSysctl.trim()}
patiently() {
  local n
  for ((n = 1; n < tries; n++)); do
    "$@" && return
    sleep 5
  done
  "$@"
}

phase=before
if compgen -G "$KUBERNETES/*kubelet.conf" > /dev/null || [ -e "$KUBERNETES/manifests/etcd.yaml" ] || [ -e "$KUBERNETES/manifests/kube-apiserver.yaml" ]; then
  phase=between
  if [ -e "$STATE/done" ]; then phase=after; fi
fi

# Id, unit, what is there, what must be there, what the spec says.
amount() {
  if [ "$3" -lt "$4" ]; then
    fail "$1" "$3 $2, at least $4 are needed"
  elif [ "$3" -lt "$5" ]; then
    warn "$1" "$3 $2, the spec says more"
  else
    pass "$1" "$3 $2"
  fi
}

machine() {
  local have
  have=$(uname -m)
  case "$NODE_ARCHITECTURE/$have" in
    amd64/x86_64 | arm64/aarch64) pass PRE-ARCHITECTURE "$have" ;;
    *) fail PRE-ARCHITECTURE "the spec says $NODE_ARCHITECTURE, this machine is $have" ;;
  esac
  if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
    pass PRE-CGROUP v2
  else
    fail PRE-CGROUP 'the kubelet needs cgroup v2 at /sys/fs/cgroup; boot without systemd.unified_cgroup_hierarchy=0'
  fi
  have=$(uname -r)
  if printf '%s\\n' "$KERNEL_FLOOR" "\${have%%[!0-9.]*}" | sort -CV; then
    pass PRE-KERNEL "$have"
  else
    fail PRE-KERNEL "Linux $have is older than $KERNEL_FLOOR"
  fi
  have=$(sed -n 's/^\\(VERSION_\\)\\?ID=//p' "$ROOT/etc/os-release" 2>/dev/null | tr -d '"' | sort -r | tr '\\n' ' ')
  case "$have" in
    '' | "$OS_ID ") pass PRE-OS "$have" ;;
    *) warn PRE-OS "the spec says $OS_ID, this is $have" ;;
  esac
  amount PRE-CPU cores "$(nproc --all)" "$MIN_CPUS" "$SPEC_CPUS"
  # Firmware and kernel keep some of what is built in.
  have=$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$ROOT/proc/meminfo")
  amount PRE-MEMORY MiB "\${have:-0}" "$MIN_MEMORY" $((SPEC_MEMORY * 9 / 10))
  # What the hypervisor gave to others, over two seconds.
  have=$(
    {
      grep '^cpu ' "$ROOT/proc/stat"
      sleep 2
      grep '^cpu ' "$ROOT/proc/stat"
    } | awk '{ t = 0; for (i = 2; i < 10; i++) t += $i; if (NR == 2 && t > b) print int(($9 - s) * 100 / (t - b)); b = t; s = $9 }'
  )
  if [ "\${have:=0}" -gt 2 ]; then
    warn PRE-STEAL "$have % of the processor time goes to other guests; etcd stalls with it"
  else
    pass PRE-STEAL "$have %"
  fi
}

addresses() { ip -brief address show | awk '{ for (i = 3; i <= NF; i++) print $1, $i }'; }
# To the letter: 10.20.0.11 is also the end of 110.20.0.11. A VLAN shows as eth0.5@eth0.
# shellcheck disable=SC2317
nic_of() {
  local address
  while read -r nic address; do
    nic=\${nic%%@*}
    if [ "\${address%%/*}" = "$1" ] && [ "$nic" = "\${NODE_NIC:-$nic}" ]; then
      return
    fi
  done < <(addresses)
  nic=
  return 1
}

network() {
  local have wanted nic='' way small=() silent=()
  have=$(uname -n)
  if [ "$have" = "$NODE_NAME" ]; then
    pass PRE-HOSTNAME "$have"
  else
    fail PRE-HOSTNAME "the host name is $have, the spec says $NODE_NAME"
  fi
  have=$(getent hosts "$NODE_NAME" | awk '{ print $1; exit }')
  case "$have" in
    '' | 127.* | ::1) fail PRE-NAME "$NODE_NAME resolves to \${have:-nothing}, and kubelet and etcd would announce it; mend /etc/hosts" ;;
    *) pass PRE-NAME "$NODE_NAME is $have" ;;
  esac
  # All of them: while one is missing, the kubelet gives its node no address at all.
  for wanted in $NODE_ADDRESSES; do
    if patiently nic_of "$wanted"; then
      pass PRE-ADDRESS "$nic carries $wanted"
    else
      fail PRE-ADDRESS "\${NODE_NIC:-no interface}\${NODE_NIC:+ does not exist or is not the one that} carries $wanted, the address of $NODE_NAME in the spec; this machine has: $(addresses | tr '\\n' ' ')"
    fi
  done
  nic=\${nic:-$NODE_NIC}
  have=$(cat "$ROOT/sys/class/net/\${nic:-none}/mtu" 2>/dev/null)
  if [ -z "$have" ]; then
    warn PRE-MTU "not measured, the NIC is not there"
  elif [ "$have" -lt "$NIC_MTU" ]; then
    fail PRE-MTU "$nic has an MTU of $have, the spec says $NIC_MTU"
  elif [ "$have" -gt "$NIC_MTU" ]; then
    warn PRE-MTU "$nic has an MTU of $have, the spec says $NIC_MTU: what is larger may get lost"
  else
    pass PRE-MTU "$have"
  fi
  # Packets of the spec's size that may not be cut on the way; three, as one may get lost.
  for way in $WAYS; do
    wanted=\${way%/*}
    have=$((\${way#*/} - 28))
    [[ $wanted != *:* ]] || have=$((have - 20))
    if ! ping -c 1 -W 1 "$wanted" &> /dev/null; then
      silent+=("$wanted")
    elif ! ping -c 3 -i 0.2 -W 1 -M 'do' -s "$have" "$wanted" &> /dev/null; then
      small+=("$way")
    fi
  done
  if [ "\${#small[@]}" -gt 0 ]; then
    fail PRE-PATH-MTU "small packets arrive, those of this size do not: \${small[*]}; lower mtu in the spec or mend the network"
  elif [ "\${#silent[@]}" -gt 0 ] && ! command -v ping > /dev/null; then
    warn PRE-PATH-MTU 'not measured, ping is not installed (package iputils-ping)'
  elif [ "\${#silent[@]}" -gt 0 ]; then
    warn PRE-PATH-MTU "not measured, no answer from \${silent[*]}"
  else
    pass PRE-PATH-MTU "$WAYS"
  fi
  if [ -n "$(ip route show default)$(ip -6 route show default)" ]; then
    pass PRE-ROUTE default
  else
    warn PRE-ROUTE 'no default route: archives and images must come from the own network'
  fi
  if patiently grep -qs '^nameserver ' "$ROOT$RESOLV_CONF"; then
    pass PRE-RESOLVER "$RESOLV_CONF"
  else
    fail PRE-RESOLVER "$RESOLV_CONF names no name server, and pods would get it; install and enable systemd-resolved, which writes it"
  fi
}

system() {
  local name socket state key have list=() other=() listening=()
  if [ "$(wc -l < "$ROOT/proc/swaps")" -le 1 ]; then
    pass PRE-SWAP none
  elif is_done swap; then
    fail PRE-SWAP 'in use again: see /proc/swaps'
  else
    warn PRE-SWAP 'in use; the bootstrap switches it off'
  fi
  if [ "$(timedatectl show --property=NTPSynchronized --value 2>/dev/null)" = yes ]; then
    pass PRE-TIME synchronised
  else
    warn PRE-TIME 'the clock is not synchronised; a join fails when it is wrong'
  fi
  while read -r _ socket _ state _; do
    if [ "$state" = 0A ]; then listening[16#\${socket##*:}]=1; fi
  done < <(cat "$ROOT"/proc/net/tcp "$ROOT"/proc/net/tcp6 2>/dev/null)
  for name in $PORTS; do
    if [ -n "\${listening[$name]:-}" ]; then list+=("$name"); else other+=("$name"); fi
  done
  case "$phase" in
    before) none PRE-PORTS "$PORTS are free" ' in use, kubeadm needs them: ss -ltnp says by whom' "\${list[@]}" ;;
    after) none PRE-PORTS "$PORTS answer" ': nobody listens; crictl ps -a, journalctl -u kubelet' "\${other[@]}" ;;
  esac
  list=()
  for name in "$ROOT"/etc/cni/net.d/*.{conf,conflist,json}; do
    [ ! -e "$name" ] || list+=("\${name##*/}")
  done
  if [ "$phase" = before ]; then
    none PRE-CNI-CONFIG none ' in /etc/cni/net.d: pods would get the network of another plugin; move it away' "\${list[@]}"
    list=()
    for name in "$KUBERNETES"/manifests/*; do
      [[ ! -e $name || $name == */kube-vip.manifest ]] || list+=("\${name##*/}")
    done
    none PRE-MANIFESTS none ' in /etc/kubernetes/manifests, left over; kubeadm reset' "\${list[@]}"
  elif [ "\${#list[@]}" -gt 1 ]; then
    warn PRE-CNI-CONFIG "the first of several wins: \${list[*]}"
  fi
  # Two owners of one packet filter: each drops what the other one let in.
  list=()
  [ "$(systemctl is-active firewalld.service 2>/dev/null)" != active ] || list+=(firewalld)
  ! grep -qs '^ENABLED=yes' "$ROOT/etc/ufw/ufw.conf" || list+=(ufw)
  none PRE-FIREWALL 'neither firewalld nor ufw' ' drops what the cluster needs: systemctl disable --now firewalld, or ufw disable' "\${list[@]}"
  if [ "$(systemctl is-active nftables.service 2>/dev/null)" = active ] && grep -qs '^flush ruleset' "$ROOT/etc/nftables.conf"; then
    warn PRE-NFTABLES 'nftables.service empties the tables of kube-proxy and the network plugin when it restarts: take "flush ruleset" out of /etc/nftables.conf'
  fi
  list=()
  for name in $(entries "$ROOT/etc/modules-load.d/60-groundwork.conf"); do
    [ -d "$ROOT/sys/module/\${name//-/_}" ] || list+=("$name")
  done
  # All at once; one by one only to say which of them it is.
  if [ "\${#list[@]}" -gt 0 ] && modprobe -n -q -a "\${list[@]}"; then list=(); fi
  for name in "\${!list[@]}"; do
    if modprobe -n -q "\${list[name]}"; then unset "list[name]"; fi
  done
  none PRE-MODULES 'all there' ' not in this kernel (on Ubuntu some are in linux-modules-extra)' "\${list[@]}"
  is_done config || return
  list=()
  while IFS= read -r name; do
    key=\${name%% = *}
    read_sysctl "$key"
    [ "$have" = "\${name#* = }" ] || list+=("$key is \${have:-not there};")
  done < <(entries "$ROOT/etc/sysctl.d/zz-groundwork.conf")
  none PRE-SYSCTL 'as the file says' ' bootstrap --only config sets it again' "\${list[@]}"
}

runtime() {
  local wanted have
  is_done containerd || return
  wanted=$(sed -n 's,^containerd .*/containerd-\\([0-9.]*\\)-linux.*,\\1,p' "$ETC/archives.list")
  have=$(containerd --version | awk '{ print $3 }')
  if [ "\${have#v}" != "$wanted" ]; then
    fail PRE-CONTAINERD "containerd is \${have:-not there}, the spec says $wanted"
  elif [[ $(containerd config dump) != *'SystemdCgroup = true'* ]]; then
    fail PRE-CONTAINERD 'containerd does not use SystemdCgroup, the kubelet does'
  else
    pass PRE-CONTAINERD "$wanted"
  fi
}

disks() {
  local unit where what have used
  for unit in "$ROOT"/etc/systemd/system/var-lib-etcd*.mount; do
    if [ ! -e "$unit" ] || ! is_done units; then continue; fi
    where=$(sed -n 's/^Where=//p' "$unit")
    what=$(sed -n 's/^What=//p' "$unit")
    have=$(findmnt -n -o SOURCE --mountpoint "$where")
    if [ -z "$have" ] || [ "$have" != "$(readlink -f "$what")" ]; then
      fail PRE-ETCD-MOUNT "$where is \${have:-no mount point}, not $what: journalctl -u '\${unit##*/}'"
      continue
    fi
    pass PRE-ETCD-MOUNT "$where is $have"
    if grep -qs back "$ROOT/sys/class/block/\${have##*/}/queue/write_cache"; then
      warn PRE-WRITE-CACHE "$have has a volatile cache, which every fsync empties; the measured fsync decides"
    fi
  done
  for unit in "$ROOT"/dev/nvme[0-9] "$ROOT"/dev/nvme[0-9][0-9]; do
    if [ ! -e "$unit" ] || ! have=$(nvme smart-log "$unit" 2>/dev/null); then continue; fi
    used=$(sed -n 's/^percentage_used[[:space:]]*:[[:space:]]*\\([0-9]*\\).*/\\1/p' <<< "$have")
    have=$(sed -n 's/^critical_warning[[:space:]]*:[[:space:]]*//p' <<< "$have")
    if [ "$((\${have:-0}))" -ne 0 ]; then
      fail PRE-NVME "\${unit##*/} reports critical_warning $have"
    elif [ "\${used:-0}" -ge 80 ]; then
      warn PRE-NVME "\${unit##*/} has used $used % of its life"
    else
      pass PRE-NVME "\${unit##*/} is well"
    fi
  done
}

# A kubeconfig carries its certificate inside.
certificate() {
  case "$1" in
    *.conf) sed -n 's/^ *client-certificate-data: *//p' "$1" | base64 -d 2>/dev/null ;;
    *) cat "$1" ;;
  esac
}
lasts() { openssl x509 -noout -checkend "$2" < <(certificate "$1") &> /dev/null; }
certificates() {
  local file soon=() over=()
  [ "$phase" = after ] || return
  for file in "$KUBERNETES"/pki/{,etcd/}*.crt "$KUBERNETES"/{admin,super-admin,controller-manager,scheduler}.conf "$ROOT"/var/lib/kubelet/pki/kubelet-client-current.pem; do
    if [ ! -e "$file" ] || lasts "$file" 2592000; then continue; fi
    if lasts "$file" 0; then soon+=("\${file##*/}"); else over+=("\${file##*/}"); fi
  done
  if [ "\${#over[@]}" -gt 0 ]; then
    fail PRE-CERTIFICATES "expired: \${over[*]}; kubeadm certs check-expiration"
  elif [ "\${#soon[@]}" -gt 0 ]; then
    warn PRE-CERTIFICATES "less than 30 days left: \${soon[*]}; kubeadm certs check-expiration"
  else
    pass PRE-CERTIFICATES 'more than 30 days left'
  fi
}

machine
network
system
runtime
disks
certificates
exit "$failed"
`;
