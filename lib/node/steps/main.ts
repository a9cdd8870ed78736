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
  for step in "\${STEPS[@]}"; do
    if [ -e "$(marker "$step")" ]; then
      continue
    fi
    printf 'running: %s\\n' "$step" > "$STATE/status"
    run_step "$step"
    : > "$(marker "$step")"
    say 'done'
  done
  printf 'done\\n' > "$STATE/status"
  : > "$STATE/done"
}

trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR
mkdir -p "$STATE/steps" "\${LOG%/*}"
case "\${1:-}" in
  --list)
    list_steps
    exit 0
    ;;
  '' | --only) ;;
  *)
    printf 'usage: bootstrap [--only config | --list]\\n' >&2
    exit 2
    ;;
esac
exec > >(tee -a "$LOG") 2>&1
LOGGER=$!
trap on_exit EXIT
if [ "\${1:-}" = --only ]; then
  if [ "\${2:-}" != config ]; then
    fail "only the step config can be repeated, not \${2:-nothing}"
  fi
  run_step config
  run_step units
  say 'everything is as the files say'
  if [ -e "$STATE/done" ]; then
    printf 'done\\n' > "$STATE/status"
  fi
else
  run_all
fi
`;
