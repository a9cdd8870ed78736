/** Steps around kubeadm: wait for the machine before this one, init or join, what comes after. */
export const kubeadmSteps = `
# One control plane after the other: etcd takes one new member at a time.
step_wait() {
  if [ -z "$WAIT_URL" ]; then
    return
  fi
  local deadline
  deadline=$(($(date +%s) + 1800))
  say "waiting for $WAIT_FOR ($WAIT_URL/readyz)"
  until api_is_ready "$WAIT_URL"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      fail "$WAIT_FOR did not become ready within 30 minutes ($WAIT_URL/readyz); look at /var/lib/groundwork/status there"
    fi
    sleep 5
  done
}

api_is_ready() {
  [ "$(curl --silent --max-time 5 --cacert "$SECRETS_DIR/pki/ca.crt" "$1/readyz" 2>/dev/null || true)" = ok ]
}

# Puts the delivered secrets into the template. With shell builtins: arguments of programs are
# visible to every user of the machine.
render_kubeadm_config() {
  local token key='' hash line
  token=$(< "$SECRETS_DIR/bootstrap-token")
  if [ -f "$SECRETS_DIR/certificate-key" ]; then
    key=$(< "$SECRETS_DIR/certificate-key")
  fi
  hash=$(openssl x509 -noout -pubkey -in "$SECRETS_DIR/pki/ca.crt" | openssl pkey -pubin -outform der | openssl dgst -sha256 -r)
  mkdir -p "$RUN"
  chmod 0700 "$RUN"
  (
    umask 077
    while IFS= read -r line; do
      line=\${line//@BOOTSTRAP_TOKEN@/$token}
      line=\${line//@CERTIFICATE_KEY@/$key}
      printf '%s\\n' "\${line//@CA_CERT_HASH@/sha256:\${hash%% *}}"
    done < "$ETC/kubeadm.conf" > "$RUN/kubeadm.conf"
  )
}

step_kubeadm() {
  if node_is_registered; then
    say 'this machine is a node already'
    return
  fi
  if [ -e "$KUBERNETES/kubelet.conf" ]; then
    fail 'an earlier kubeadm run stopped half-way; read the log above, then "kubeadm reset" (it empties the etcd directory of this machine) and run this again'
  fi
  render_kubeadm_config
  case "$NODE_ROLE" in
    init)
      install_authorities
      # Before init: clients look for the API under the virtual address from the first moment.
      place_kube_vip kube-vip-init
      kubeadm init --config "$RUN/kubeadm.conf" --upload-certs
      ;;
    *)
      kubeadm join --config "$RUN/kubeadm.conf"
      ;;
  esac
}

# True only when kubeadm has come to its end: the node exists, and on the first machine others can join.
node_is_registered() {
  [ -e "$KUBERNETES/kubelet.conf" ] || return 1
  kubectl --kubeconfig "$KUBERNETES/kubelet.conf" get node "$NODE_NAME" > /dev/null 2>&1 || return 1
  if [ "$NODE_ROLE" = init ]; then
    kubectl --kubeconfig "$KUBERNETES/admin.conf" --namespace kube-public get configmap cluster-info > /dev/null 2>&1 || return 1
  fi
}

install_authorities() {
  local file target mode
  for file in ca.crt ca.key etcd/ca.crt etcd/ca.key front-proxy-ca.crt front-proxy-ca.key sa.key sa.pub; do
    target="$KUBERNETES/pki/$file"
    case "$file" in
      *.key) mode=0600 ;;
      *) mode=0644 ;;
    esac
    if [ -e "$target" ] && ! cmp -s "$SECRETS_DIR/pki/$file" "$target"; then
      fail "$target exists and is not the delivered one"
    fi
    install -D -m "$mode" "$SECRETS_DIR/pki/$file" "$target"
  done
}

# The kubelet reads a file as soon as it appears, so it appears whole.
place_kube_vip() {
  if [ -z "$API_IS_VIRTUAL" ]; then
    return
  fi
  mkdir -p "$KUBERNETES/manifests"
  install -m 0600 "$ETC/$1.manifest" "$KUBERNETES/manifests/.kube-vip.new"
  mv -f "$KUBERNETES/manifests/.kube-vip.new" "$KUBERNETES/manifests/kube-vip.manifest"
}

step_post() {
  # On the first machine this hands over from the init credentials to the everyday ones.
  place_kube_vip kube-vip
  if [ "$NODE_ROLE" = init ]; then
    retry 36 5 api_is_ready "$API_URL" || fail "the API server does not answer at $API_URL"
  fi
  if [ -n "$RUNS_WORKLOADS" ]; then
    # kubeadm sets it on control planes; here they are all there is to balance to.
    retry 12 5 kubectl --kubeconfig "$KUBERNETES/admin.conf" label node "$NODE_NAME" \\
      node.kubernetes.io/exclude-from-external-load-balancers-
  fi
  rm -f "$RUN/kubeadm.conf"
}
`;
