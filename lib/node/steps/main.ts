/** The end of the entry script: arguments, and the loop over the steps. */
export const main = `
marker() {
  local n
  for n in "\${!STEPS[@]}"; do
    if [ "\${STEPS[$n]}" = "$1" ]; then
      printf '%s/steps/%02d-%s\\n' "$STATE" "$((n + 1))" "$1"
    fi
  done
}

list_steps() {
  local step
  for step in "\${STEPS[@]}"; do
    if [ -e "$(marker "$step")" ]; then
      printf 'done     %s\\n' "$step"
    else
      printf 'to do    %s\\n' "$step"
    fi
  done
}

run_step() {
  STEP=$1
  "step_$1"
}

run_all() {
  local step
  if [ -e "$(marker kubeadm)" ] && [ ! -e "$KUBERNETES/kubelet.conf" ]; then
    fail "this machine was a node and is none any more (no kubelet.conf): after a kubeadm reset run $SELF --again kubeadm"
  fi
  for step in "\${STEPS[@]}"; do
    if [ -e "$(marker "$step")" ]; then
      continue
    fi
    printf 'running: %s\\n' "$step" > "$STATE/status"
    run_step "$step"
    # A marker that survives a power cut must not outlive what it stands for.
    sync
    : > "$(marker "$step")"
    say 'done'
  done
  printf 'done\\n' > "$STATE/status"
  : > "$STATE/done"
}

# From waiting on: others are asked anew before this machine becomes a node.
forget() {
  rm -f "$STATE/done" "$(marker wait)" "$(marker kubeadm)" "$(marker post)"
}

again() {
  STEP=again
  if kubeadm_was_here; then
    fail 'kubeadm has run here and was not reset: there is nothing to do again; to go on after a failure run this without arguments'
  fi
  if [ "$ROLE" = init ]; then
    refuse_second_cluster
  fi
  forget
}

replace() {
  STEP=replace
  if [ "$NODE_ROLE" != init ]; then
    fail 'only the first control plane founds a cluster; this machine joins without being told'
  fi
  if kubeadm_was_here; then
    fail 'kubeadm has run here: if this machine is to join anew, "kubeadm reset" first; to go on after a failure run this without arguments'
  fi
  : > "$STATE/replace"
  ROLE=control-plane
  forget
}

trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR
mkdir -p "$STATE/steps" "\${LOG%/*}" "$RUN"
chmod 0700 "$RUN"
case "$*" in
  --list)
    list_steps
    exit 0
    ;;
  '' | '--only config' | '--only config --from '?* | '--only admit' | '--again kubeadm' | --replace) ;;
  *)
    printf 'usage: bootstrap [--list | --only config [--from DIR] | --only admit | --again kubeadm | --replace]\\n' >&2
    exit 2
    ;;
esac
exec 9> "$RUN/lock"
if ! flock -n 9; then
  printf 'bootstrap: another run is at work: journalctl -fu groundwork-bootstrap, or look for it with ps\\n' >&2
  exit 75
fi
(umask 077 && : >> "$LOG")
chmod 0600 "$LOG"
exec 3>&1 4>&2 > >(tee -a "$LOG") 2>&1
LOGGER=$!
trap on_exit EXIT
case "$*" in
  '--only config --from '*) take_files "$4" ;;
  '--only '*)
    case "$2" in
      config) only_config ;;
      *) run_step "$2" ;;
    esac
    if [ -e "$STATE/done" ]; then
      printf 'done\\n' > "$STATE/status"
    fi
    ;;
  '--again kubeadm')
    again
    run_all
    ;;
  --replace)
    replace
    run_all
    ;;
  *) run_all ;;
esac
`;
