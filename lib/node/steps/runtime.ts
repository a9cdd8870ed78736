/** Steps that bring up containerd and fetch the control plane's images. */
export const runtimeSteps = `
step_containerd() {
  printf 'runtime-endpoint: unix:///run/containerd/containerd.sock\\nimage-endpoint: unix:///run/containerd/containerd.sock\\n' \\
    > "$ROOT/etc/crictl.yaml"
  mkdir -p "$ROOT/etc/containerd/certs.d"
  # A configuration that containerd does not understand is ignored without an error: ask what it took.
  if ! containerd config dump | grep -Eq 'SystemdCgroup = true'; then
    fail 'containerd does not take SystemdCgroup from /etc/containerd/config.toml; the version key does not fit the binary'
  fi
  systemctl daemon-reload
  systemctl enable containerd.service
  systemctl restart containerd.service
  retry 12 5 crictl info > /dev/null || fail 'containerd does not answer on its CRI socket'
  # kubeadm starts it; enabled, it comes back after a reboot.
  systemctl enable kubelet.service
}

# While the machine before this one is still at work. A worker's join needs no image of kubeadm's.
step_images() {
  if [ "$NODE_ROLE" != worker ]; then
    kubeadm config images pull --config "$ETC/images.conf"
  fi
}
`;
