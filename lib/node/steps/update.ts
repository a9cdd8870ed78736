/** How files of a newer spec reach a machine that is a node already. */
export const updateSteps = `
# What may change on a running node: what changed is said, what did not is left alone. Versions of programs
# and what kubeadm reads are changed in the order of report/upgrade.md.
only_config() {
  run_step config
  run_step packages
  run_step units
  if [ -e "$STATE/done" ]; then
    place_kube_vip kube-vip
  fi
  say 'settings, packages and units are as the files say'
}

# From a copy of nodes/<host>/files: what differs is installed, each file whole and with its mode. Then
# the script, which may be a new one, applies it.
take_files() {
  local from=\${1%/} list=/etc/groundwork/files.list mode path name before
  STEP=files
  if [ ! -f "$from$list" ]; then
    fail "$from has no $list: give the folder files of this machine"
  fi
  name=$(sed -n "s/^NODE_NAME='\\\\(.*\\\\)'$/\\\\1/p" "$from/etc/groundwork/machine.env")
  if [ "$name" != "$NODE_NAME" ]; then
    fail "$from is for $name, this machine is $NODE_NAME"
  fi
  # All of it before any of it: half a copy is not taken.
  while read -r mode path; do
    case "$path" in /etc/groundwork/secrets/* | */../*) fail "$path is not for this list" ;; esac
    if [ ! -f "$from$path" ]; then
      fail "$from is not whole: $path is missing"
    fi
  done < <(entries "$from$list")
  before=$(entries "$ROOT$list")
  while read -r mode path; do
    if cmp -s "$from$path" "$ROOT$path" && [ "0$(stat -c %a "$ROOT$path")" = "$mode" ]; then
      continue
    fi
    if [ -e "$ROOT$path" ]; then
      say "changed: $path"
    else
      say "new: $path"
    fi
    name="\${path%/*}/.\${path##*/}.new"
    install -D -m "$mode" "$from$path" "$ROOT$name"
    mv -f "$ROOT$name" "$ROOT$path"
  done < <(entries "$from$list")
  while read -r mode path; do
    if [ -n "$path" ] && [ -e "$ROOT$path" ] && ! grep -q " $path\\$" "$from$list"; then
      say "WARNING: $path is not in the spec any more; remove it when nobody needs it"
    fi
  done <<< "$before"
  # Out of the log's pipe and the lock, which the new run takes again.
  trap - ERR EXIT
  exec >&3 2>&4 3>&- 4>&- 9>&-
  wait "$LOGGER"
  exec "$ROOT$SELF" --only config
}
`;
