import { CLUSTER_LABEL, clientUrls, MANAGED_BY, type Cluster, type Wait } from '../cluster';
import { fetchFunction, fetchLines } from './apply-fetched';
import { orphansBlock } from './apply-orphans';
import type { AppliedObject, ApplyPhase } from './apply-phase';

/**
 * The script that applies the phases in order. It holds no state and may be run again at any time.
 *
 * @param others manifest files of the user's own charts, which it only names
 * @param fieldManager who owns the applied fields: an engine that goes on with them, or we
 * @param engineObjects what the engine applies besides the phases; it is no orphan
 */
export function applyScript(
  cluster: Cluster,
  phases: readonly ApplyPhase[],
  others: readonly string[],
  fieldManager: string = MANAGED_BY,
  engineObjects: readonly AppliedObject[] = [],
): string {
  const selector = `app.kubernetes.io/managed-by=${MANAGED_BY},${CLUSTER_LABEL}=${cluster.clusterName}`;
  return [
    header(cluster, phases),
    functions(fieldManager),
    ...(fetches(phases) ? [fetchFunction()] : []),
    guard(cluster),
    orphansBlock(selector, [...phases.flatMap(({ objects }) => objects), ...engineObjects]),
    nodes(cluster),
    ...phases.map(applyPhase),
    closing(others),
    '',
  ].join('\n\n');
}

function fetches(phases: readonly ApplyPhase[]): boolean {
  return phases.some(({ fetched = [] }) => fetched.length > 0);
}

function header(cluster: Cluster, phases: readonly ApplyPhase[]): string {
  const names = phases.map(({ phase }) => phase);
  const option = fetches(phases)
    ? {
        usage: ' [--fetched DIR]',
        help: "\n  --fetched DIR  take others' manifests (report/fetched.txt) from there, not from the internet",
        initial: '\nfetched_dir=',
        parse: `
    --fetched)
      shift
      # Where the caller stands; this script went to its own folder.
      case "\${1:-}" in
        /*) fetched_dir=$1 ;;
        ?*) fetched_dir=$OLDPWD/$1 ;;
      esac
      [ -d "$fetched_dir" ] || { usage >&2; die "no folder '$fetched_dir'"; }
      ;;`,
      }
    : { usage: '', help: '', initial: '', parse: '' };
  return `#!/usr/bin/env bash
# Applies the manifests beside this file to cluster ${cluster.clusterName}, phase by phase.
# Server-side apply throughout: some custom resource definitions do not fit into the annotation of
# a client-side apply. Running it again changes nothing that is already as rendered.
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: apply.sh [--context-ok] [--from PHASE] [--no-wait] [--orphans]${option.usage}
  --context-ok   apply although the kubectl context points to another server than the spec's
  --from PHASE   leave out the phases before this one
  --no-wait      wait neither for machines nor for pods, only for what the next phase cannot do without
  --orphans      list objects of this cluster that are applied but no longer rendered; changes nothing${option.help}
Fields that somebody else changed by hand come back to the rendered values.
phases: ${names.join(' ')}
TEXT
}

say() { printf '%s %s\\n' "$(date -u +%H:%M:%S)" "$*"; }
die() { printf 'apply.sh: %s\\n' "$*" >&2; exit 1; }

context_ok=false
list_orphans=false
wait=true
from=${option.initial}
while [ "$#" -gt 0 ]; do
  case "$1" in
    --context-ok) context_ok=true ;;
    --orphans) list_orphans=true ;;
    --no-wait) wait=false ;;${option.parse}
    --from)
      shift
      from=\${1:-}
      case "$from" in
        ${names.join(' | ')}) ;;
        *) usage >&2; die "no phase '$from'" ;;
      esac
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; die "unknown argument $1" ;;
  esac
  shift
done

command -v kubectl >/dev/null || die 'kubectl is not on PATH'`;
}

function functions(fieldManager: string): string {
  return `# apply <file>: fields that another manager set come to the values rendered here.
apply() { kubectl apply --server-side --force-conflicts --field-manager=${fieldManager} -f "$1"; }

# poll <minutes> <command...>: until it succeeds; what it said last is in $last. An API server that
# restarts, or a virtual IP that moves, is no reason to stop.
last=
poll() {
  local tries=$(($1 * 12))
  shift
  until last=$("$@" 2>&1); do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 5
  done
}

# holds <condition> <resource> [<followed>] [<namespace>]: true of the newest generation of what it reports on.
holds() {
  local state seen generation=0
  state=$(kubectl get "$2" \${4:+-n "$4"} -o "jsonpath={range .status.conditions[?(@.type=='$1')]}{.status} {.observedGeneration}{end}") || return 1
  if [ -n "\${3:-}" ]; then
    generation=$(kubectl get "$3" \${4:+-n "$4"} -o 'jsonpath={.metadata.generation}') || return 1
  fi
  read -r state seen <<<"$state"
  printf '%s is %s' "$1" "\${state:-unknown}"
  [ "$state" = True ] && [ "\${seen:-$generation}" -ge "$generation" ]
}

# need <minutes> <condition> <resource> [<followed>] [<namespace>]: without it nothing of the next phase can be applied.
need() {
  local minutes=$1
  shift
  say "waiting until $2 is $1"
  poll "$minutes" holds "$@" || die "$2 is not $1 after $minutes minutes: $last"
}

# wait_for <minutes> <condition> <resource> [<followed>] [<namespace>]
wait_for() {
  [ "$wait" = true ] || return 0
  need "$@"
}

# rollout <namespace> <resource>
rollout() {
  [ "$wait" = true ] || return 0
  kubectl -n "$1" rollout status "$2" --timeout=15m || {
    kubectl get nodes >&2 || true
    die "$2 is not complete after 15 minutes; with a machine down, go on with --from and --no-wait"
  }
}

# phase <name>: whether it is one of those to apply
phase() {
  [[ ! "$1" < "$from" ]] || return 1
  say "phase $1"
}`;
}

/** Both spellings of the endpoint are the same server: a kubeconfig may hold the name or the address. */
function guard(cluster: Cluster): string {
  const { endpoint } = cluster;
  const servers = clientUrls(cluster);
  return `# The wrong context is the most expensive mistake this script could make.
server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
case "\${server%/}" in
  ${servers.map((server) => `'${server}'`).join(' | ')}) ;;
  *)
    [ "$context_ok" = true ] ||
      die "the kubectl context points to $server, the spec to ${endpoint.url}; choose the right context or pass --context-ok"
    ;;
esac`;
}

function nodes(cluster: Cluster): string {
  return `# A phase that waits for its pods can only end when all machines are there.
wait_for_node() {
  [ "$wait" = true ] || return 0
  say "waiting for node $1"
  poll 30 kubectl get node "$1" -o name && return
  case "$last" in
    *NotFound*) die "node $1 did not join within 30 minutes; look at /var/lib/groundwork/status and /var/log/groundwork.log on it" ;;
    *) die "whether node $1 is there cannot be told: $last" ;;
  esac
}
for node in ${cluster.machines.map((m) => m.name).join(' ')}; do
  wait_for_node "$node"
done`;
}

function applyPhase(each: ApplyPhase): string {
  const { phase, file, objects, fetched = [], preconditions = [], waits } = each;
  const rollouts = objects
    .filter((object) => object.kind === 'DaemonSet' || object.kind === 'Deployment')
    .map(
      ({ kind, metadata }) =>
        `rollout ${metadata.namespace} ${kind.toLowerCase()}/${metadata.name}`,
    );
  const lines = [
    ...fetched.flatMap(fetchLines),
    ...preconditions.map(waitLine),
    `apply ${file}`,
    ...forceLines(objects),
    ...rollouts,
    ...waits.map(waitLine),
  ];
  return [`if phase ${phase}; then`, ...lines.map((line) => `  ${line}`), 'fi'].join('\n');
}

/** Nothing in its status says that a policy is in force; until then the one of before judges what follows. */
function forceLines(objects: ApplyPhase['objects']): string[] {
  return objects.some(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    ? ["say 'five seconds, in which API servers learn of the policies'", 'sleep 5']
    : [];
}

function waitLine(wait: Wait): string {
  const command = wait.needed === true ? 'need' : 'wait_for';
  const { follows, namespace } = wait;
  const where = namespace === undefined ? [] : [namespace];
  // What follows nothing still keeps its place before a namespace.
  const followed = follows ?? (namespace === undefined ? [] : "''");
  return [command, wait.minutes, wait.condition, wait.resource, followed, where].flat().join(' ');
}

function closing(others: readonly string[]): string {
  const yours = others.map((file) => `say 'not applied, it is a chart of your own: ${file}'`);
  return ["say 'all phases applied'", ...yours].join('\n');
}
