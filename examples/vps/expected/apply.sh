#!/usr/bin/env bash
# Applies the manifests beside this file to cluster vps, phase by phase.
# Server-side apply throughout: some custom resource definitions do not fit into the annotation of
# a client-side apply. Running it again changes nothing that is already as rendered.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: apply.sh [--context-ok] [--from PHASE] [--no-wait] [--orphans]
  --context-ok   apply although the kubectl context points to another server than the spec's
  --from PHASE   leave out the phases before this one
  --no-wait      wait neither for machines nor for pods, only for what the next phase cannot do without
  --orphans      list objects of this cluster that are applied but no longer rendered; changes nothing
Fields that somebody else changed by hand come back to the rendered values.
phases: 00-kube-proxy 05-node-local-dns 10-cni-operator 20-cni 30-network-policy 50-ingress
TEXT
}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
die() { printf 'apply.sh: %s\n' "$*" >&2; exit 1; }

context_ok=false
list_orphans=false
wait=true
from=
while [ "$#" -gt 0 ]; do
  case "$1" in
    --context-ok) context_ok=true ;;
    --orphans) list_orphans=true ;;
    --no-wait) wait=false ;;
    --from)
      shift
      from=${1:-}
      case "$from" in
        00-kube-proxy | 05-node-local-dns | 10-cni-operator | 20-cni | 30-network-policy | 50-ingress) ;;
        *) usage >&2; die "no phase '$from'" ;;
      esac
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; die "unknown argument $1" ;;
  esac
  shift
done

command -v kubectl >/dev/null || die 'kubectl is not on PATH'

# apply <file>: fields that another manager set come to the values rendered here.
apply() { kubectl apply --server-side --force-conflicts --field-manager=cdk8s-groundwork -f "$1"; }

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
  state=$(kubectl get "$2" ${4:+-n "$4"} -o "jsonpath={range .status.conditions[?(@.type=='$1')]}{.status} {.observedGeneration}{end}") || return 1
  if [ -n "${3:-}" ]; then
    generation=$(kubectl get "$3" ${4:+-n "$4"} -o 'jsonpath={.metadata.generation}') || return 1
  fi
  read -r state seen <<<"$state"
  printf '%s is %s' "$1" "${state:-unknown}"
  [ "$state" = True ] && [ "${seen:-$generation}" -ge "$generation" ]
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
}

# The wrong context is the most expensive mistake this script could make.
server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
case "${server%/}" in
  'https://10.0.0.11:6443' | 'https://10.0.0.12:6443' | 'https://10.0.0.13:6443' | 'https://api.vps.example:7443') ;;
  *)
    [ "$context_ok" = true ] ||
      die "the kubectl context points to $server, the spec to https://api.vps.example:7443; choose the right context or pass --context-ok"
    ;;
esac

# Objects carry our labels; what has them and is not in this list was rendered once.
if [ "$list_orphans" = true ]; then
  rendered=$(cat <<'LIST'
 ConfigMap kube-system/kube-proxy
 ConfigMap kube-system/node-local-dns
 ConfigMap nginx-ingress/nginx-config
 Namespace /nginx-ingress
 Namespace /tigera-operator
 Service kube-system/node-local-dns
 Service nginx-ingress/nginx-ingress
 ServiceAccount kube-system/kube-proxy
 ServiceAccount kube-system/node-local-dns
 ServiceAccount nginx-ingress/nginx-ingress
 ServiceAccount tigera-operator/tigera-operator
admissionregistration.k8s.io ValidatingAdmissionPolicy /nginx-ingress-no-injection
admissionregistration.k8s.io ValidatingAdmissionPolicyBinding /nginx-ingress-no-injection
apps DaemonSet kube-system/kube-proxy
apps DaemonSet kube-system/node-local-dns
apps Deployment nginx-ingress/nginx-ingress
apps Deployment tigera-operator/tigera-operator
crd.projectcalico.org FelixConfiguration /default
networking.k8s.io IngressClass /nginx
networking.k8s.io NetworkPolicy nginx-ingress/nginx-ingress
operator.tigera.io APIServer /default
operator.tigera.io Installation /default
projectcalico.org FelixConfiguration /default
projectcalico.org GlobalNetworkPolicy /groundwork-metadata-guard
projectcalico.org Tier /groundwork
rbac.authorization.k8s.io ClusterRole /nginx-ingress
rbac.authorization.k8s.io ClusterRole /tigera-operator
rbac.authorization.k8s.io ClusterRole /tigera-operator-secrets
rbac.authorization.k8s.io ClusterRoleBinding /kubeadm:node-proxier
rbac.authorization.k8s.io ClusterRoleBinding /nginx-ingress
rbac.authorization.k8s.io ClusterRoleBinding /tigera-operator
rbac.authorization.k8s.io Role nginx-ingress/nginx-ingress
rbac.authorization.k8s.io RoleBinding nginx-ingress/nginx-ingress
rbac.authorization.k8s.io RoleBinding tigera-operator/tigera-operator-secrets
scheduling.k8s.io PriorityClass /groundwork-edge
LIST
  )
  resources=$(kubectl api-resources --verbs=list -o name | sort) || die 'the kinds of this cluster cannot be listed'
  applied=
  unlisted=
  for resource in $resources; do
    if found=$(kubectl get "$resource" --all-namespaces --ignore-not-found -l 'app.kubernetes.io/managed-by=cdk8s-groundwork,cdk8s-groundwork/cluster=vps' \
      -o 'jsonpath={range .items[*]}{.apiVersion}|{.kind}|{.metadata.namespace}|{.metadata.name}|{.metadata.ownerReferences[0].kind}{"\n"}{end}'); then
      applied+=$found$'\n'
    else
      unlisted+=" $resource"
    fi
  done
  # What a controller made from our objects (it has an owner), and the Endpoints of our Services,
  # carry our labels too. A Node is the kubelet's, whatever we wrote on it: nobody may delete it for
  # that. grep answers 1 when nothing is left.
  orphans=$(printf '%s' "$applied" | sort -u |
    awk -F'|' 'NF > 1 && $5 == "" && $2 != "Endpoints" && $2 != "Node" { group = $1; if (!sub("/.*", "", group)) group = ""; print group, $2, $3 "/" $4 }' |
    grep -vxF "$rendered") || [ "$?" -eq 1 ] || die 'the lists cannot be compared'
  [ -z "$orphans" ] || printf '%s\n' "$orphans"
  [ -z "$unlisted" ] || die "incomplete, these could not be listed:$unlisted"
  [ -n "$orphans" ] || say 'no orphans'
  exit 0
fi

# A phase that waits for its pods can only end when all machines are there.
wait_for_node() {
  [ "$wait" = true ] || return 0
  say "waiting for node $1"
  poll 30 kubectl get node "$1" -o name && return
  case "$last" in
    *NotFound*) die "node $1 did not join within 30 minutes; look at /var/lib/groundwork/status and /var/log/groundwork.log on it" ;;
    *) die "whether node $1 is there cannot be told: $last" ;;
  esac
}
for node in cp-1 cp-2 cp-3 w-1; do
  wait_for_node "$node"
done

if phase 00-kube-proxy; then
  apply 00-kube-proxy.k8s.yaml
  rollout kube-system daemonset/kube-proxy
fi

if phase 05-node-local-dns; then
  apply 05-node-local-dns.k8s.yaml
  rollout kube-system daemonset/node-local-dns
fi

if phase 10-cni-operator; then
  apply 10-cni-operator.k8s.yaml
  rollout tigera-operator deployment/tigera-operator
  need 5 Established crd/apiservers.operator.tigera.io
  need 5 Established crd/felixconfigurations.crd.projectcalico.org
  need 5 Established crd/installations.operator.tigera.io
  need 5 Established crd/tigerastatuses.operator.tigera.io
fi

if phase 20-cni; then
  apply 20-cni.k8s.yaml
  wait_for 5 Available tigerastatus/ippools installation/default
  wait_for 20 Available tigerastatus/calico installation/default
  need 10 Available tigerastatus/apiserver apiserver/default
fi

if phase 30-network-policy; then
  apply 30-network-policy.k8s.yaml
fi

if phase 50-ingress; then
  apply 50-ingress.k8s.yaml
  say 'five seconds, in which API servers learn of the policies'
  sleep 5
  rollout nginx-ingress deployment/nginx-ingress
fi

say 'all phases applied'

