/** The head of the entry script: where things are, how it speaks, how it fails. */
export const prelude = `#!/bin/bash
# Turns this machine into a Kubernetes node, step by step. A finished step leaves a marker; a second
# run goes on where the first one stopped.
#
#   bootstrap                 run all steps that are not done
#   bootstrap --only config   apply modules, kernel parameters and units again, and say what changed
#   bootstrap --list          the steps, and which are done
#
# The status is in /var/lib/groundwork/status, the log in /var/log/groundwork.log and the journal.
set -Eeuo pipefail

# A root for trials: everything of ours and of Kubernetes is read and written below it.
ROOT="\${GROUNDWORK_ROOT:-}"
ETC="$ROOT/etc/groundwork"
SECRETS_DIR="$ETC/secrets"
STATE="$ROOT/var/lib/groundwork"
RUN="$ROOT/run/groundwork"
KUBERNETES="$ROOT/etc/kubernetes"
LOG="$ROOT/var/log/groundwork.log"
STEPS=(sealed machine config swap time packages units archives containerd images wait kubeadm post)

umask 022
# shellcheck source=/dev/null
. "$ETC/machine.env"

STEP=start
REASON=

say() {
  printf '%s %s\\n' "[$STEP]" "$*"
}

fail() {
  REASON="$*"
  exit 1
}

on_error() {
  # The first failing command names itself; what it printed is in the log above.
  if [ -z "$REASON" ]; then
    REASON="line $1: $2"
  fi
}

on_exit() {
  local code=$?
  if [ "$code" -ne 0 ]; then
    printf 'failed: %s: %s\\n' "$STEP" "\${REASON:-exit code $code}" > "$STATE/status"
    say "FAILED: \${REASON:-exit code $code}"
  fi
  # The log is written by another process: let it finish.
  exec >&- 2>&-
  wait "$LOGGER"
}

# Lines of a file without comments and blank lines.
entries() {
  if [ -f "$1" ]; then
    sed -e '/^[[:space:]]*[#;]/d' -e '/^[[:space:]]*$/d' "$1"
  fi
}

# Runs a command until it succeeds: attempts, pause in seconds, command.
retry() {
  local attempts=$1 pause=$2 n=1
  shift 2
  until "$@"; do
    if [ "$n" -ge "$attempts" ]; then
      return 1
    fi
    n=$((n + 1))
    sleep "$pause"
  done
}
`;
