import { CLUSTER_LABEL, MANAGED_BY, type Cluster, type Wait } from '../cluster';

/** One phase as apply.sh walks it. */
export interface ApplyPhase {
  readonly phase: string;
  readonly file: string;
  readonly objects: ReadonlyArray<AppliedObject>;
  readonly waits: readonly Wait[];
}

/** What apply.sh has to know of an object. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The script that applies the phases in order. It holds no state and may be run again at any time. */
export function applyScript(cluster: Cluster, phases: readonly ApplyPhase[]): string {
  return [
    header(cluster),
    guard(cluster),
    orphans(cluster, phases),
    nodes(cluster),
    ...phases.map(applyPhase),
    `say 'all phases applied'`,
    '',
  ].join('\n\n');
}

function header(cluster: Cluster): string {
  return `#!/usr/bin/env bash
# Applies the manifests beside this file to cluster ${cluster.clusterName}, phase by phase.
# Server-side apply throughout: some custom resource definitions do not fit into the annotation of
# a client-side apply. Running it again changes nothing that is already as rendered.
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: apply.sh [--context-ok] [--orphans]
  --context-ok  apply although the kubectl context points to another server than the spec's
  --orphans     list objects of this cluster that are applied but no longer rendered; changes nothing
TEXT
}

say() { printf '%s %s\\n' "$(date -u +%H:%M:%S)" "$*"; }
die() { printf 'apply.sh: %s\\n' "$*" >&2; exit 1; }

context_ok=false
list_orphans=false
for argument in "$@"; do
  case "$argument" in
    --context-ok) context_ok=true ;;
    --orphans) list_orphans=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; die "unknown argument $argument" ;;
  esac
done

command -v kubectl >/dev/null || die 'kubectl is not on PATH'

# apply <file>: fields that another manager set come to the values rendered here.
apply() { kubectl apply --server-side --force-conflicts --field-manager=${MANAGED_BY} -f "$1"; }

# wait_for <condition> <minutes> <kubectl arguments...>: existence first, then the condition.
wait_for() {
  local condition=$1 minutes=$2
  shift 2
  say "waiting for $* to be there and $condition"
  kubectl wait --for=create --timeout="\${minutes}m" "$@" >/dev/null
  kubectl wait --for="$condition" --timeout="\${minutes}m" "$@" >/dev/null
}`;
}

/** Both spellings of the endpoint are the same server: a kubeconfig may hold the name or the address. */
function guard(cluster: Cluster): string {
  const { endpoint } = cluster;
  const host = (text: string) =>
    `https://${text.includes(':') ? `[${text}]` : text}:${endpoint.port}`;
  const servers = [endpoint.dnsName, endpoint.address]
    .filter((text) => text !== undefined)
    .map(host);
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

function orphans(cluster: Cluster, phases: readonly ApplyPhase[]): string {
  const rendered = phases.flatMap((phase) => phase.objects.map(identity)).sort();
  return `# Objects carry the labels below; what has them and is not in this list was rendered once.
if [ "$list_orphans" = true ]; then
  rendered=$(cat <<'LIST'
${rendered.join('\n')}
LIST
  )
  # What a controller made from our objects (it has an owner), and the Endpoints of our Services,
  # carry our labels too.
  for resource in $(kubectl api-resources --verbs=list -o name | sort); do
    kubectl get "$resource" --all-namespaces --ignore-not-found \\
      -l 'app.kubernetes.io/managed-by=${MANAGED_BY},${CLUSTER_LABEL}=${cluster.clusterName}' \\
      -o 'jsonpath={range .items[*]}{.apiVersion}|{.kind}|{.metadata.namespace}|{.metadata.name}|{.metadata.ownerReferences[0].kind}{"\\n"}{end}' \\
      2>/dev/null || true
  done | sort -u |
    awk -F'|' '$5 == "" && $2 != "Endpoints" { group = $1; if (!sub("/.*", "", group)) group = ""; print group, $2, $3 "/" $4 }' |
    grep -vxF "$rendered" || say 'no orphans'
  exit 0
fi`;
}

/** Group, kind and place; the version is left out, because the server may answer in another one. */
function identity(object: AppliedObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0]! : '';
  return `${group} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function nodes(cluster: Cluster): string {
  return `# A phase that waits for its pods can only end when all machines are there.
wait_for_node() {
  say "waiting for node $1"
  kubectl wait --for=create --timeout=30m "node/$1" >/dev/null ||
    die "node $1 did not join within 30 minutes; look at /var/log/groundwork.log and /var/lib/groundwork/status on it"
}
for node in ${cluster.machines.map((m) => m.name).join(' ')}; do
  wait_for_node "$node"
done`;
}

function applyPhase(phase: ApplyPhase): string {
  const rollouts = phase.objects
    .filter((object) => object.kind === 'DaemonSet' || object.kind === 'Deployment')
    .map((object) => {
      const what = `${object.kind.toLowerCase()}/${object.metadata.name}`;
      return `kubectl -n ${object.metadata.namespace} rollout status ${what} --timeout=15m`;
    });
  const waits = phase.waits.map((wait) => {
    const namespace = wait.namespace === undefined ? '' : ` -n ${wait.namespace}`;
    return `wait_for ${wait.condition} ${wait.minutes}${namespace} ${wait.resource}`;
  });
  return [`say 'phase ${phase.phase}'`, `apply ${phase.file}`, ...rollouts, ...waits].join('\n');
}
