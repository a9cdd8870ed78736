/** Steps on the distribution: swap, time, packages, units. */
export const systemSteps = `
step_swap() {
  local unit
  swapoff -a
  if [ -f "$ROOT/etc/fstab" ]; then
    sed -i -e '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# groundwork: /' "$ROOT/etc/fstab"
  fi
  # Services of zram-tools and zram-config make theirs by script.
  for unit in zramswap.service zram-config.service; do
    if systemctl is-enabled --quiet "$unit" 2>/dev/null; then
      systemctl disable --now "$unit"
    fi
  done
  # Swap that generators set up, zram among it, is pulled in by this target only.
  systemctl --no-reload mask swap.target
  if [ "$(wc -l < "$ROOT/proc/swaps")" -gt 1 ]; then
    fail 'swap is still in use: see /proc/swaps'
  fi
}

# Certificates are dated: a machine with a wrong clock cannot join.
step_time() {
  if [ -n "$NTP_SERVERS" ]; then
    if systemctl is-active --quiet chrony.service; then
      systemctl restart chrony.service
    else
      systemctl restart systemd-timesyncd.service || fail 'NTP servers are set, but neither systemd-timesyncd nor chrony is installed'
    fi
  fi
  if ! retry 12 5 clock_is_synchronised; then
    say 'WARNING: the clock is not synchronised; a join fails when it is wrong'
  fi
}

clock_is_synchronised() {
  [ "$(timedatectl show --property=NTPSynchronized --value)" = yes ]
}

step_packages() {
  local name state missing=()
  for name in $(entries "$ETC/packages.list"); do
    # What somebody holds back is installed as well.
    state=$(dpkg-query -W -f '\${db:Status-Status}' "$name" 2>/dev/null || true)
    if [ "$state" != installed ]; then
      missing+=("$name")
    fi
  done
  if [ "\${#missing[@]}" -eq 0 ]; then
    return
  fi
  apt_install "\${missing[@]}"
}

apt_install() {
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  # A machine that was switched off while it installed. Files of ours are there already: they stay.
  if [ -n "$(dpkg --audit)" ]; then
    retry 5 20 dpkg --force-confdef --force-confold --configure -a || fail 'dpkg --configure -a does not succeed'
  fi
  # The distribution's own timers may hold the locks for some minutes after the first boot. They are not
  # stopped: an upgrade that is cut off costs more than the wait.
  retry 15 20 apt-get -q -o DPkg::Lock::Timeout=300 update || fail 'apt-get update does not succeed'
  retry 3 20 apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \\
    --no-install-recommends install "$@" || fail "cannot install $*"
}

step_units() {
  local unit part units=()
  systemctl daemon-reload
  mapfile -t units < <(entries "$ETC/units.list")
  if [ "\${#units[@]}" -gt 0 ]; then
    systemctl --no-reload enable "\${units[@]}"
  fi
  for unit in "\${units[@]}"; do
    # Others take a change at their next start: a disk in use, a packet filter that reads its file anew.
    case "$unit" in
      groundwork-nic-* | haproxy.service | keepalived.service)
        apply_file "/etc/systemd/system/$unit" restart_if_active "$unit"
        ;;
    esac
    # Services that it requires first and alone: a mount waits 90 seconds for its device, and the service
    # that makes the filesystem may take longer.
    for part in $(systemctl show --property=Requires --value "$unit"); do
      if [[ $part == *.service ]]; then
        start_unit "$unit" "$part"
      fi
    done
    start_unit "$unit" "$unit"
  done
}

# Why it does not come back is what the start behind it says.
restart_if_active() {
  systemctl try-restart "$1" || true
}

start_unit() {
  local why
  if ! systemctl start "$2"; then
    why=$(reason_of "$1")
    fail "unit $1 does not start\${why:+: $why}"
  fi
}

# The last words of the unit that failed, which may be one that this unit requires.
reason_of() {
  local unit
  for unit in "$1" $(systemctl show --property=Requires --value "$1"); do
    if systemctl is-failed --quiet -- "$unit"; then
      journalctl --boot --quiet --output=cat --lines=1 "_SYSTEMD_UNIT=$unit" || true
    fi
  done
}
`;
