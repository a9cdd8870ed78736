#!/usr/bin/env bash
# Applies the manifests beside this file to cluster oslo, phase by phase.
# Server-side apply throughout: some custom resource definitions do not fit into the annotation of
# a client-side apply. Running it again changes nothing that is already as rendered.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: apply.sh [--context-ok] [--orphans]
  --context-ok  apply although the kubectl context points to another server than the spec's
  --orphans     list objects of this cluster that are applied but no longer rendered; changes nothing
TEXT
}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
die() { printf 'apply.sh: %s\n' "$*" >&2; exit 1; }

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
apply() { kubectl apply --server-side --force-conflicts --field-manager=cdk8s-groundwork -f "$1"; }

# wait_for <condition> <minutes> <kubectl arguments...>: existence first, then the condition.
wait_for() {
  local condition=$1 minutes=$2
  shift 2
  say "waiting for $* to be there and $condition"
  kubectl wait --for=create --timeout="${minutes}m" "$@" >/dev/null
  kubectl wait --for="$condition" --timeout="${minutes}m" "$@" >/dev/null
}

# The wrong context is the most expensive mistake this script could make.
server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
case "${server%/}" in
  'https://api.oslo.example:6443' | 'https://10.20.0.10:6443') ;;
  *)
    [ "$context_ok" = true ] ||
      die "the kubectl context points to $server, the spec to https://api.oslo.example:6443; choose the right context or pass --context-ok"
    ;;
esac

# Objects carry the labels below; what has them and is not in this list was rendered once.
if [ "$list_orphans" = true ]; then
  rendered=$(cat <<'LIST'
 ConfigMap kube-system/kube-proxy
 ConfigMap nginx-ingress/nginx-config
 Namespace /nginx-ingress
 Namespace /tigera-operator
 Service nginx-ingress/nginx-ingress
 ServiceAccount kube-system/kube-proxy
 ServiceAccount nginx-ingress/nginx-ingress
 ServiceAccount tigera-operator/tigera-operator
apps DaemonSet kube-system/kube-proxy
apps Deployment nginx-ingress/nginx-ingress
apps Deployment tigera-operator/tigera-operator
crd.projectcalico.org FelixConfiguration /default
networking.k8s.io IngressClass /nginx
networking.k8s.io NetworkPolicy nginx-ingress/nginx-ingress
operator.tigera.io APIServer /default
operator.tigera.io Installation /default
policy PodDisruptionBudget nginx-ingress/nginx-ingress
rbac.authorization.k8s.io ClusterRole /nginx-ingress
rbac.authorization.k8s.io ClusterRole /tigera-operator
rbac.authorization.k8s.io ClusterRole /tigera-operator-secrets
rbac.authorization.k8s.io ClusterRoleBinding /kubeadm:node-proxier
rbac.authorization.k8s.io ClusterRoleBinding /nginx-ingress
rbac.authorization.k8s.io ClusterRoleBinding /tigera-operator
rbac.authorization.k8s.io Role nginx-ingress/nginx-ingress
rbac.authorization.k8s.io RoleBinding nginx-ingress/nginx-ingress
rbac.authorization.k8s.io RoleBinding tigera-operator/tigera-operator-secrets
LIST
  )
  # What a controller made from our objects (it has an owner), and the Endpoints of our Services,
  # carry our labels too.
  for resource in $(kubectl api-resources --verbs=list -o name | sort); do
    kubectl get "$resource" --all-namespaces --ignore-not-found \
      -l 'app.kubernetes.io/managed-by=cdk8s-groundwork,cdk8s-groundwork/cluster=oslo' \
      -o 'jsonpath={range .items[*]}{.apiVersion}|{.kind}|{.metadata.namespace}|{.metadata.name}|{.metadata.ownerReferences[0].kind}{"\n"}{end}' \
      2>/dev/null || true
  done | sort -u |
    awk -F'|' '$5 == "" && $2 != "Endpoints" { group = $1; if (!sub("/.*", "", group)) group = ""; print group, $2, $3 "/" $4 }' |
    grep -vxF "$rendered" || say 'no orphans'
  exit 0
fi

# A phase that waits for its pods can only end when all machines are there.
wait_for_node() {
  say "waiting for node $1"
  kubectl wait --for=create --timeout=30m "node/$1" >/dev/null ||
    die "node $1 did not join within 30 minutes; look at /var/log/groundwork.log and /var/lib/groundwork/status on it"
}
for node in cp-1 cp-2 cp-3; do
  wait_for_node "$node"
done

say 'phase 00-kube-proxy'
apply 00-kube-proxy.k8s.yaml
kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=15m

say 'phase 10-cni-operator'
apply 10-cni-operator.k8s.yaml
kubectl -n tigera-operator rollout status deployment/tigera-operator --timeout=15m
wait_for condition=Established 5 crd/apiservers.operator.tigera.io
wait_for condition=Established 5 crd/felixconfigurations.crd.projectcalico.org
wait_for condition=Established 5 crd/installations.operator.tigera.io
wait_for condition=Established 5 crd/tigerastatuses.operator.tigera.io

say 'phase 20-cni'
apply 20-cni.k8s.yaml
wait_for condition=Available 5 tigerastatus/ippools
wait_for condition=Available 20 tigerastatus/calico
wait_for condition=Available 10 tigerastatus/apiserver

say 'phase 50-ingress'
apply 50-ingress.k8s.yaml
kubectl -n nginx-ingress rollout status deployment/nginx-ingress --timeout=15m

say 'all phases applied'

