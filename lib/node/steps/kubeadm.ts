/** Steps around kubeadm: found or join, go on after an interruption, what comes after. */
export const kubeadmSteps = `
step_kubeadm() {
  if kubeadm_was_here; then
    # After a boot the API server may take minutes: a healthy node is not to be reset.
    say 'kubeadm has run here before; waiting up to 5 minutes for this node to answer'
    retry 60 5 node_is_registered || fail "$(half_way)"
    finish
  elif [ "$ROLE" = init ]; then
    found
  else
    join
  fi
}

kubeadm_was_here() {
  local file
  for file in kubelet.conf bootstrap-kubelet.conf manifests/etcd.yaml manifests/kube-apiserver.yaml; do
    if [ -e "$KUBERNETES/$file" ]; then
      return 0
    fi
  done
  return 1
}

node_is_registered() {
  [ -e "$KUBERNETES/kubelet.conf" ] &&
    kubectl --kubeconfig "$KUBERNETES/kubelet.conf" get node "$NODE_NAME" > /dev/null 2>&1
}

half_way() {
  printf '%s' "files of an earlier kubeadm run are here, but the node $NODE_NAME does not answer; look first: journalctl -u kubelet, crictl ps -a, and the log above; to begin this machine again: "
  case "$ROLE" in
    init) printf '%s' "if another control plane has joined, delete the node $NODE_NAME and remove its etcd member there, then \\"kubeadm reset\\" and $SELF --replace here; if none ever has, \\"kubeadm reset\\" (it deletes the only etcd there is) and run this again" ;;
    control-plane) printf '%s' "on a healthy control plane delete the node $NODE_NAME and remove its etcd member, then \\"kubeadm reset\\" here and run this again" ;;
    *) printf '%s' '"kubeadm reset" and run this again' ;;
  esac
}

found() {
  refuse_second_cluster
  render_kubeadm_config init
  install_patches
  place_encryption_config
  install_authorities
  # Before init: machines look for the API under the virtual address from the first moment.
  if [ -e "$ETC/kube-vip-init.manifest" ]; then
    place_kube_vip kube-vip-init
  else
    place_kube_vip kube-vip
  fi
  # Without the two flags token and key would end up in the log.
  kubeadm init --config "$RUN/kubeadm.conf" --upload-certs --skip-token-print --skip-certificate-key-print
}

join() {
  render_kubeadm_config join
  install_patches
  place_encryption_config
  kubeadm join --config "$RUN/kubeadm.conf" ||
    fail "kubeadm join did not succeed, the log above says where; shared certificates are kept for 2 hours and the token for 24: if one of them is missing, run on a control plane $SELF --only admit and then here $SELF"
}

# What kubeadm does after the node is there, once more: an interrupted run may have left it out.
finish() {
  case "$ROLE" in
    init)
      render_kubeadm_config init
      kubeadm init phase upload-config all --config "$RUN/kubeadm.conf"
      kubeadm init phase mark-control-plane --config "$RUN/kubeadm.conf"
      admit
      kubeadm init phase kubelet-finalize all --config "$RUN/kubeadm.conf"
      kubeadm init phase addon coredns --config "$RUN/kubeadm.conf"
      ;;
    control-plane)
      render_kubeadm_config join
      kubeadm join phase control-plane-join mark-control-plane --config "$RUN/kubeadm.conf"
      ;;
  esac
  say 'this machine is a node'
}

# Certificates before the token and cluster-info, for which machines wait.
admit() {
  kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print --config "$RUN/kubeadm.conf"
  kubeadm init phase bootstrap-token --skip-token-print --config "$RUN/kubeadm.conf"
}

# Not one of the steps: for machines that come when certificates and token have expired.
step_admit() {
  if [ ! -e "$KUBERNETES/admin.conf" ]; then
    fail 'this machine is not a running control plane; run this on one'
  fi
  render_kubeadm_config init
  admit
  say 'control planes can join for 2 hours, workers for 24'
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

# kubeadm takes every file of its folder, so one that the spec no longer has must go.
install_patches() {
  local file name
  rm -f "$KUBERNETES"/patches/*.yaml
  for file in "$ETC"/patches/*.conf; do
    if [ -e "$file" ]; then
      name=\${file##*/}
      install -D -m 0600 "$file" "$KUBERNETES/patches/\${name%.conf}.yaml"
    fi
  done
}

# A file with another key is never replaced: what lies in etcd under that key could not be read again.
# A key is changed by hand, in the order of report/upgrade.md. Its name is taken from its hash, so that
# two keys never share one and machines can be compared without showing the key.
place_encryption_config() {
  local template="$ETC/encryption.conf" target="$KUBERNETES/encryption.conf" key id line
  if [ ! -e "$template" ]; then
    return
  fi
  key=$(< "$SECRETS_DIR/encryption-key")
  id=$(printf %s "$key" | openssl dgst -sha256 -r)
  mkdir -p "$KUBERNETES"
  (
    umask 077
    while IFS= read -r line; do
      line=\${line//@ENCRYPTION_KEY_ID@/key-\${id:0:8}}
      printf '%s\\n' "\${line//@ENCRYPTION_KEY@/$key}"
    done < "$template" > "$target.new"
  )
  if [ -e "$target" ] && ! cmp -s "$target" "$target.new"; then
    rm -f "$target.new"
    fail "$target is not what the delivered encryption-key gives: after a change of the key deliver the new one; on a machine that begins anew move the file away"
  fi
  mv -f "$target.new" "$target"
}

secrets_are_readable() {
  kubectl --kubeconfig "$KUBERNETES/admin.conf" --server "$LOCAL_API_URL" get secrets --all-namespaces -o name > /dev/null
}

# The kubelet reads a file as soon as it appears, so it appears whole; the same once more would restart it.
place_kube_vip() {
  local target="$KUBERNETES/manifests/kube-vip.manifest"
  if [ -z "$KUBE_VIP_IMAGE" ] || cmp -s "$ETC/$1.manifest" "$target"; then
    return
  fi
  mkdir -p "$KUBERNETES/manifests"
  install -m 0600 "$ETC/$1.manifest" "$KUBERNETES/manifests/.kube-vip.new"
  mv -f "$KUBERNETES/manifests/.kube-vip.new" "$target"
}

step_post() {
  # On the first machine of an older patch this hands over from the init credentials to the everyday ones.
  place_kube_vip kube-vip
  if [ "$ROLE" = init ]; then
    retry 36 5 api_is_ready "$API_URL" || fail "the API server does not answer at $API_URL"
  fi
  # With another key than the others this API server answers, and cannot read what they wrote.
  if [ "$ROLE" = control-plane ] && [ -e "$ETC/encryption.conf" ]; then
    retry 12 5 secrets_are_readable || fail "the API server of this machine cannot read the Secrets of the others: compare the names of keys in $KUBERNETES/encryption.conf"
  fi
  if [ -n "$RUNS_WORKLOADS" ]; then
    # kubeadm sets it on control planes; here they are all there is to balance to.
    retry 12 5 kubectl --kubeconfig "$KUBERNETES/admin.conf" label node "$NODE_NAME" \\
      node.kubernetes.io/exclude-from-external-load-balancers-
  fi
}
`;
