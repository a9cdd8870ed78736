/** The head of the entry script: where things are, how it speaks, how it fails. */
export const prelude = `#!/bin/bash
# Turns this machine into a Kubernetes node, step by step. A finished step leaves a marker; a second
# run goes on where the first one stopped.
#
#   bootstrap                   run all steps that are not done
#   bootstrap --list            the steps, and which are done
#   bootstrap --only config     apply modules, kernel parameters and units again, and say what changed
#   bootstrap --only config --from DIR   the same after taking what is new from a copy of nodes/<host>/files
#   bootstrap --only admit      on a control plane: let machines join again, for two hours
#   bootstrap --again kubeadm   after "kubeadm reset": become a node once more
#   bootstrap --replace         on the first control plane, when the cluster lives on others: join it
#
# The first control plane founds a cluster only when nothing answers at the API endpoint and at the
# other control planes. A cluster of which every machine is down does not answer: start one first.
#
# The status is in /var/lib/groundwork/status, the log in /var/log/groundwork.log and the journal. Whether a
# finished machine is still well, its disk of etcd among the rest, is what preflight beside this script says.
set -Eeuo pipefail

# A root for trials: everything of ours and of Kubernetes is read and written below it.
ROOT="\${GROUNDWORK_ROOT:-}"
ETC="$ROOT/etc/groundwork"
SECRETS_DIR="$ETC/secrets"
STATE="$ROOT/var/lib/groundwork"
RUN="$ROOT/run/groundwork"
KUBERNETES="$ROOT/etc/kubernetes"
LOG="$ROOT/var/log/groundwork.log"
SELF=/usr/local/lib/groundwork/bootstrap
STEPS=(sealed machine config swap time packages credentials units archives containerd images wait kubeadm post)
# What fails here may pass by itself: exit code 75, on which the unit tries again. Never kubeadm.
PASSING=' sealed packages credentials archives images wait '

umask 022
# shellcheck source=/dev/null
. "$ETC/machine.env"
ROLE=$NODE_ROLE
if [ -e "$STATE/replace" ]; then
  ROLE=control-plane
fi

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
  rm -f "$RUN/kubeadm.conf"
  if [ "$code" -ne 0 ]; then
    REASON=\${REASON:-exit code $code}
    if [[ $PASSING == *" $STEP "* ]]; then
      code=75
      REASON="$REASON; this may pass: the unit tries again every minute, by hand run it again"
    fi
    # A refused request says nothing about a node that is finished.
    if [ ! -e "$STATE/done" ] || [ ! -e "$KUBERNETES/kubelet.conf" ] || [[ ' again replace admit files ' != *" $STEP "* ]]; then
      printf 'failed: %s: %s\\n' "$STEP" "$REASON" > "$STATE/status"
    fi
    say "FAILED: $REASON"
  fi
  # The log is written by another process: let it finish.
  exec >&- 2>&-
  wait "$LOGGER"
  exit "$code"
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
