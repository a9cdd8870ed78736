/** Steps that bring up containerd and fetch the control plane's images. */
export const runtimeSteps = `
step_containerd() {
  printf 'runtime-endpoint: unix:///run/containerd/containerd.sock\\nimage-endpoint: unix:///run/containerd/containerd.sock\\n' \\
    > "$ROOT/etc/crictl.yaml"
  mkdir -p "$ROOT/etc/containerd/certs.d"
  understands_config
  # kubeadm starts the kubelet; enabled, both come back after a reboot.
  systemctl --no-reload enable containerd.service kubelet.service
  systemctl restart containerd.service
  retry 12 5 crictl info > /dev/null || fail 'containerd does not answer on its CRI socket'
}

# A configuration that containerd does not understand is ignored without an error: ask what it took.
understands_config() {
  local dump
  dump=$(containerd config dump)
  if [[ $dump != *'SystemdCgroup = true'* ]]; then
    fail 'containerd does not take SystemdCgroup from /etc/containerd/config.toml; the version key does not fit the binary'
  fi
}

# While the machine before this one is still at work. A worker's join needs no image of kubeadm's.
step_images() {
  if [ "$NODE_ROLE" = worker ]; then
    return
  fi
  retry 5 30 kubeadm config images pull --config "$ETC/images.conf" || fail "the control plane's images cannot be pulled"
  # kubeadm does not know of it, and init would wait for its address.
  if [ -n "$KUBE_VIP_IMAGE" ]; then
    retry 5 30 crictl pull "$KUBE_VIP_IMAGE" || fail "$KUBE_VIP_IMAGE cannot be pulled"
  fi
}
`;
