/** Steps on the distribution: swap, time, packages, units. */
export const systemSteps = `
step_swap() {
  swapoff -a
  if [ -f "$ROOT/etc/fstab" ]; then
    sed -i -e '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# groundwork: /' "$ROOT/etc/fstab"
  fi
  # Swap that generators set up, zram among it, is pulled in by this target only.
  systemctl mask swap.target
  if [ "$(wc -l < "$ROOT/proc/swaps")" -gt 1 ]; then
    fail 'swap is still in use: see /proc/swaps'
  fi
}

# Certificates are dated: a machine with a wrong clock cannot join.
step_time() {
  if [ -n "$NTP_SERVERS" ]; then
    systemctl restart systemd-timesyncd.service || fail 'NTP servers are set, but systemd-timesyncd does not run here'
  fi
  if ! retry 12 5 clock_is_synchronised; then
    say 'WARNING: the clock is not synchronised; a join fails when it is wrong'
  fi
}

clock_is_synchronised() {
  [ "$(timedatectl show --property=NTPSynchronized --value)" = yes ]
}

step_packages() {
  local name missing=()
  for name in $(entries "$ETC/packages.list"); do
    if ! dpkg-query -W -f '\${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$'; then
      missing+=("$name")
    fi
  done
  if [ "\${#missing[@]}" -eq 0 ]; then
    return
  fi
  say "installing \${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # The distribution's own timers may hold the lock for some minutes after the first boot.
  retry 5 20 apt-get -q -o DPkg::Lock::Timeout=300 update
  retry 3 20 apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "\${missing[@]}"
}

step_units() {
  local unit
  systemctl daemon-reload
  for unit in $(entries "$ETC/units.list"); do
    systemctl enable "$unit"
    if ! systemctl start "$unit"; then
      systemctl status --no-pager --lines=20 "$unit" || true
      fail "unit $unit does not start"
    fi
  done
}
`;
