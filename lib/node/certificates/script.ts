/** Where the script lies on control planes. */
export const CERTIFICATES_SCRIPT = '/usr/local/lib/groundwork/certificates';

/**
 * Renews what kubeadm issued and restarts, one after the other, what reads certificates only when it
 * starts. Without the API: a static pod is not restarted by deleting it there, and the kubelet starts a
 * container that was stopped again by itself.
 */
export const certificatesScript = `#!/bin/bash
# certificates DAYS URL: renews the certificates of this control plane when one of them has fewer days left,
# then restarts etcd, the API server at this URL and the others one after the other. Stops while a member
# of etcd is ill: two that are down are too many. Run it again after a failure; it goes on where it was.
set -euo pipefail
ROOT="\${GROUNDWORK_ROOT:-}"
KUBERNETES="$ROOT/etc/kubernetes"
# Names of what runs with old certificates still; it outlives an interruption.
OPEN="$ROOT/var/lib/groundwork/certificates-open"
days=$1
url=$2

fail() {
  printf 'certificates: %s\\n' "$*" >&2
  exit 1
}

# A kubeconfig carries its certificate inside.
certificate() {
  case "$1" in
    *.conf) sed -n 's/^ *client-certificate-data: *//p' "$1" | base64 -d ;;
    *) cat "$1" ;;
  esac
}

# Authorities are not renewed; kubelet.conf points at a certificate that the kubelet renews.
ending() {
  local file
  for file in "$KUBERNETES"/pki/{,etcd/}*.crt "$KUBERNETES"/{admin,super-admin,controller-manager,scheduler}.conf; do
    case "$file" in */ca.crt | */front-proxy-ca.crt) continue ;; esac
    if [ -e "$file" ] && ! openssl x509 -noout -checkend "$1" < <(certificate "$file") > /dev/null; then
      printf '%s\\n' "\${file#"$KUBERNETES/"}"
    fi
  done
}

container() { crictl ps --quiet --state Running --label io.kubernetes.pod.namespace=kube-system --name "^$1\\$" | head -n 1; }

etcd_is_well() {
  local id
  id=$(container etcd)
  [ -n "$id" ] && crictl exec "$id" etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt \\
    --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key \\
    endpoint health --cluster > /dev/null 2>&1
}
api_is_ready() { [ "$(curl --silent --max-time 5 --cacert "$KUBERNETES/pki/ca.crt" "$url/readyz" 2>/dev/null)" = ok ]; }
is_another() {
  local id
  id=$(container "$1")
  [ -n "$id" ] && [ "$id" != "$2" ]
}

# The kubelet waits longer every time before it starts a container again: up to five minutes.
patiently() {
  for _ in {1..84}; do
    if "$@"; then return; fi
    sleep 5
  done
  return 1
}

restart() {
  local id
  id=$(container "$1")
  if [ -n "$id" ]; then
    crictl stop --timeout 60 "$id" > /dev/null
  fi
  patiently is_another "$1" "$id" || fail "$1 did not come back: crictl ps -a, journalctl -u kubelet"
  case "$1" in
    etcd) patiently etcd_is_well || fail 'etcd is not well after its restart: the other certificates are in use when this is run again' ;;
    kube-apiserver) patiently api_is_ready || fail "the API server at $url is not ready after its restart" ;;
  esac
  printf 'certificates: %s runs with the new ones\\n' "$1"
}

if [ ! -s "$OPEN" ]; then
  found=$(ending $((days * 86400)))
  if [ -z "$found" ]; then
    printf 'certificates: all have more than %s days left\\n' "$days"
    exit 0
  fi
  printf 'certificates: fewer than %s days left: %s\\n' "$days" "\${found//$'\\n'/ }"
  # With expired certificates members no longer hear each other, and waiting would not heal that.
  if [ -z "$(ending 0)" ] && ! etcd_is_well; then
    fail 'a member of etcd is ill; nothing was renewed or restarted'
  fi
  mkdir -p "\${OPEN%/*}"
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-vip; do
    if compgen -G "$KUBERNETES/manifests/$name.*" > /dev/null; then printf '%s\\n' "$name"; fi
  done > "$OPEN.new"
  kubeadm certs renew all
  mv "$OPEN.new" "$OPEN"
fi
while read -r name < "$OPEN"; do
  restart "$name"
  sed -i 1d "$OPEN"
done
rm -f "$OPEN"
printf 'certificates: renewed\\n'
`;
