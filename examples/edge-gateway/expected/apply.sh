#!/usr/bin/env bash
# Applies the manifests beside this file to cluster trondheim, phase by phase.
# Server-side apply throughout: some custom resource definitions do not fit into the annotation of
# a client-side apply. Running it again changes nothing that is already as rendered.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: apply.sh [--context-ok] [--from PHASE] [--no-wait] [--orphans] [--fetched DIR]
  --context-ok   apply although the kubectl context points to another server than the spec's
  --from PHASE   leave out the phases before this one
  --no-wait      wait neither for machines nor for pods, only for what the next phase cannot do without
  --orphans      list objects of this cluster that are applied but no longer rendered; changes nothing
  --fetched DIR  take others' manifests (report/fetched.txt) from there, not from the internet
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
fetched_dir=
while [ "$#" -gt 0 ]; do
  case "$1" in
    --context-ok) context_ok=true ;;
    --orphans) list_orphans=true ;;
    --no-wait) wait=false ;;
    --fetched)
      shift
      # Where the caller stands; this script went to its own folder.
      case "${1:-}" in
        /*) fetched_dir=$1 ;;
        ?*) fetched_dir=$OLDPWD/$1 ;;
      esac
      [ -d "$fetched_dir" ] || { usage >&2; die "no folder '$fetched_dir'"; }
      ;;
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

# fetched <file> sha256:<digest> <url>: applies what somebody else publishes, unchanged, known by its checksum.
fetched() {
  local from=$fetched_dir/$1 sum
  if [ -n "$fetched_dir" ]; then
    [ -f "$from" ] || die "$from is missing; download it from $3"
  else
    command -v curl >/dev/null || die "curl is not on PATH; download $3 and pass its folder with --fetched"
    from=$downloads/$1
    say "fetching $3"
    curl -fsSL --proto '=http,https' --connect-timeout 10 --max-time 300 --retry 5 --retry-connrefused -o "$from" "$3" ||
      die "$3 cannot be fetched; download it and pass its folder with --fetched"
  fi
  # macOS has the second.
  sum=$(sha256sum "$from" 2>/dev/null || shasum -a 256 "$from") || die 'neither sha256sum nor shasum is on PATH'
  sum=sha256:${sum%% *}
  [ "$sum" = "$2" ] || die "$from has $sum, pinned is $2; nothing of it was applied"
  apply "$from"
}
downloads=$(mktemp -d)
trap 'rm -rf "$downloads"' EXIT

# The wrong context is the most expensive mistake this script could make.
server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
case "${server%/}" in
  'https://api.trondheim.example:6443' | 'https://10.40.0.10:6443') ;;
  *)
    [ "$context_ok" = true ] ||
      die "the kubectl context points to $server, the spec to https://api.trondheim.example:6443; choose the right context or pass --context-ok"
    ;;
esac

# Objects carry our labels; what has them and is not in this list was rendered once.
if [ "$list_orphans" = true ]; then
  rendered=$(cat <<'LIST'
 ConfigMap kube-system/kube-proxy
 ConfigMap kube-system/node-local-dns
 Namespace /nginx-gateway
 Namespace /tigera-operator
 Service kube-system/node-local-dns
 Service nginx-gateway/nginx-gateway
 ServiceAccount kube-system/kube-proxy
 ServiceAccount kube-system/node-local-dns
 ServiceAccount nginx-gateway/nginx-gateway
 ServiceAccount nginx-gateway/nginx-gateway-cert-generator
 ServiceAccount tigera-operator/tigera-operator
admissionregistration.k8s.io ValidatingAdmissionPolicy /groundwork-gateway-snippets
admissionregistration.k8s.io ValidatingAdmissionPolicyBinding /groundwork-gateway-snippets
apps DaemonSet kube-system/kube-proxy
apps DaemonSet kube-system/node-local-dns
apps Deployment nginx-gateway/nginx-gateway
apps Deployment tigera-operator/tigera-operator
batch Job nginx-gateway/nginx-gateway-cert-generator-11bb76aa
crd.projectcalico.org FelixConfiguration /default
gateway.networking.k8s.io Gateway nginx-gateway/edge
gateway.networking.k8s.io GatewayClass /nginx
gateway.networking.k8s.io HTTPRoute nginx-gateway/edge-https-redirect
gateway.nginx.org ClientSettingsPolicy nginx-gateway/edge
gateway.nginx.org NginxGateway nginx-gateway/nginx-gateway-config
gateway.nginx.org NginxProxy nginx-gateway/edge
gateway.nginx.org ProxySettingsPolicy nginx-gateway/edge
gateway.nginx.org RateLimitPolicy nginx-gateway/edge
gateway.nginx.org SnippetsPolicy nginx-gateway/edge
networking.k8s.io NetworkPolicy nginx-gateway/edge
networking.k8s.io NetworkPolicy nginx-gateway/nginx-gateway
operator.tigera.io APIServer /default
operator.tigera.io Installation /default
policy PodDisruptionBudget nginx-gateway/edge
policy PodDisruptionBudget nginx-gateway/nginx-gateway
projectcalico.org FelixConfiguration /default
projectcalico.org GlobalNetworkPolicy /groundwork-metadata-guard
projectcalico.org Tier /groundwork
rbac.authorization.k8s.io ClusterRole /nginx-gateway
rbac.authorization.k8s.io ClusterRole /tigera-operator
rbac.authorization.k8s.io ClusterRole /tigera-operator-secrets
rbac.authorization.k8s.io ClusterRoleBinding /kubeadm:node-proxier
rbac.authorization.k8s.io ClusterRoleBinding /nginx-gateway
rbac.authorization.k8s.io ClusterRoleBinding /tigera-operator
rbac.authorization.k8s.io Role nginx-gateway/nginx-gateway
rbac.authorization.k8s.io Role nginx-gateway/nginx-gateway-cert-generator
rbac.authorization.k8s.io RoleBinding nginx-gateway/nginx-gateway
rbac.authorization.k8s.io RoleBinding nginx-gateway/nginx-gateway-cert-generator
rbac.authorization.k8s.io RoleBinding tigera-operator/tigera-operator-secrets
scheduling.k8s.io PriorityClass /groundwork-edge
LIST
  )
  resources=$(kubectl api-resources --verbs=list -o name | sort) || die 'the kinds of this cluster cannot be listed'
  applied=
  unlisted=
  for resource in $resources; do
    if found=$(kubectl get "$resource" --all-namespaces --ignore-not-found -l 'app.kubernetes.io/managed-by=cdk8s-groundwork,cdk8s-groundwork/cluster=trondheim' \
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
for node in cp-1 cp-2 cp-3 worker-1 worker-2; do
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
  fetched gateway-api-1.5.1-standard-install.yaml sha256:751002b3b91a87f7ae3bd2517c79a47a8d7ed6702901808a1cf9bd97d284f9b8 https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml
  need 2 Established crd/backendtlspolicies.gateway.networking.k8s.io
  need 2 Established crd/gatewayclasses.gateway.networking.k8s.io
  need 2 Established crd/gateways.gateway.networking.k8s.io
  need 2 Established crd/grpcroutes.gateway.networking.k8s.io
  need 2 Established crd/httproutes.gateway.networking.k8s.io
  need 2 Established crd/listenersets.gateway.networking.k8s.io
  need 2 Established crd/referencegrants.gateway.networking.k8s.io
  need 2 Established crd/tlsroutes.gateway.networking.k8s.io
  fetched nginx-gateway-fabric-2.6.7-crds.yaml sha256:942d031b4f5d0cd57194c8d0d6e7a09bddf4ced3e59609dd390db013434ec8fa https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v2.6.7/deploy/crds.yaml
  need 2 Established crd/authenticationfilters.gateway.nginx.org
  need 2 Established crd/clientsettingspolicies.gateway.nginx.org
  need 2 Established crd/nginxgateways.gateway.nginx.org
  need 2 Established crd/nginxproxies.gateway.nginx.org
  need 2 Established crd/observabilitypolicies.gateway.nginx.org
  need 2 Established crd/proxysettingspolicies.gateway.nginx.org
  need 2 Established crd/ratelimitpolicies.gateway.nginx.org
  need 2 Established crd/snippetsfilters.gateway.nginx.org
  need 2 Established crd/snippetspolicies.gateway.nginx.org
  need 2 Established crd/upstreamsettingspolicies.gateway.nginx.org
  need 2 Established crd/wafpolicies.gateway.nginx.org
  apply 50-ingress.k8s.yaml
  say 'five seconds, in which API servers learn of the policies'
  sleep 5
  rollout nginx-gateway deployment/nginx-gateway
  wait_for 10 Programmed gateway/edge gateway/edge nginx-gateway
fi

say 'all phases applied'

