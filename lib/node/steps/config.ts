/** The step that can be repeated for ever: kernel settings and services of the distribution. */
export const configSteps = `
# Modules first: a parameter of a module that is not loaded does not exist.
step_config() {
  local units=()
  load_modules
  apply_module_options
  apply_sysctls
  systemctl daemon-reload
  install_patches
  apply_file /etc/systemd/logind.conf.d/zz-groundwork.conf reload_logind
  apply_file /etc/systemd/networkd.conf.d/60-groundwork.conf systemctl try-restart systemd-networkd.service
  apply_file /etc/systemd/timesyncd.conf.d/60-groundwork.conf systemctl try-restart systemd-timesyncd.service
  apply_file /etc/chrony/conf.d/60-groundwork.conf systemctl try-restart chrony.service
  apply_file /etc/NetworkManager/conf.d/60-groundwork.conf systemctl try-reload-or-restart NetworkManager.service
  # Containers and pods outlive a restart of both.
  apply_file /etc/containerd/config.toml restart_containerd
  apply_file /etc/systemd/system/containerd.service restart_containerd
  units=("$ROOT"/etc/systemd/system/kubelet.service{,.d/*.conf})
  apply_files /etc/groundwork/kubelet.conf.d/50-machine.conf "\${units[@]#"$ROOT"}" -- systemctl try-restart kubelet.service
  apply_endpoint
  if [ -e "$ROOT/etc/groundwork/firewall.nft" ]; then
    apply_file /etc/groundwork/firewall.nft reload_firewall
  fi
}

apply_file() {
  apply_files "$1" -- "\${@:2}"
}

# Runs the command once when one of the files before -- is another one than the last time. Services read
# their files only when they are told to.
apply_files() {
  local file what new=()
  while [ "$1" != -- ]; do
    if [ -e "$ROOT$1" ] && ! cmp -s "$ROOT$1" "$STATE/applied/\${1##*/etc/}"; then
      new+=("$1")
    fi
    shift
  done
  shift
  if [ "\${#new[@]}" -eq 0 ]; then
    return
  fi
  what="new content, $*"
  # Not every machine has every service, or wants it: one that is masked cannot be restarted either.
  if [ "$1" = systemctl ] && [[ $(systemctl show --property=LoadState --value "\${!#}") =~ ^(not-found|masked)$ ]]; then
    what='new content, and nobody here who reads it'
    set -- true
  fi
  for file in "\${new[@]}"; do
    say "$file: $what"
  done
  "$@"
  for file in "\${new[@]}"; do
    install -D -m 0644 "$ROOT$file" "$STATE/applied/\${file##*/etc/}"
  done
}

restart_containerd() {
  # Not before the step that installs it.
  if [ -e "$(marker containerd)" ]; then
    understands_config
    systemctl try-restart containerd.service
  fi
}

# Not a restart, which would lose sight of who holds back a shutdown.
reload_logind() {
  if systemctl is-active --quiet systemd-logind.service; then
    systemctl kill --signal=HUP systemd-logind.service
  fi
}

# Before its unit ran for the first time there is nothing to do; connections that are open stay open.
reload_firewall() {
  if systemctl is-active --quiet groundwork-firewall.service; then
    systemctl reload groundwork-firewall.service ||
      fail 'nft does not take /etc/groundwork/firewall.nft, see journalctl -u groundwork-firewall; the rules from before are still in force'
  fi
}

load_modules() {
  local module absent=()
  for module in $(entries "$ROOT/etc/modules-load.d/60-groundwork.conf"); do
    [ -d "$ROOT/sys/module/\${module//-/_}" ] || absent+=("$module")
  done
  if [ "\${#absent[@]}" -eq 0 ]; then
    return
  fi
  # All at once; one by one only to say which of them it is.
  if ! modprobe -a -- "\${absent[@]}"; then
    for module in "\${absent[@]}"; do
      modprobe -- "$module" || fail "kernel module $module cannot be loaded; this kernel has none of that name (on Ubuntu some are in linux-modules-extra)"
    done
  fi
  for module in "\${absent[@]}"; do
    say "module $module: loaded"
  done
}

# modprobe.d counts when a module is loaded; one that is loaded already gets its option through sysfs.
apply_module_options() {
  local module option name value file have other
  while read -r _ module option; do
    name=\${option%%=*}
    value=\${option#*=}
    file="$ROOT/sys/module/\${module//-/_}/parameters/$name"
    if [ ! -e "$file" ]; then
      continue
    fi
    have=$(cat "$file")
    if [ "$have" != "$value" ]; then
      { printf '%s\\n' "$value" > "$file"; } 2>/dev/null || true
      say "module option $module $name: $have -> $value"
      have=$(cat "$file")
    fi
    if [ "$have" != "$value" ]; then
      # Of two files that set it, the one whose name sorts last wins.
      other=$(grep -lsE "^[[:space:]]*options[[:space:]]+\${module}[[:space:]].*$name=" "$ROOT"/etc/modprobe.d/*.conf | grep -v /60-groundwork.conf || true)
      fail "module option $module $name: wanted $value, got $have; it takes effect at the next boot, reboot and run this again\${other:+; take it out of \${other//$'\\n'/ } first}"
    fi
  done < <(entries "$ROOT/etc/modprobe.d/60-groundwork.conf")
}
`;
