import { KUBELET_CONFIG_ARGS } from './configuration';
import { machineFile, type MachineFile } from '../machine-file';

/** The kubelet's unit and the drop-in through which kubeadm gives it its flags. */
export function kubeletFiles(): MachineFile[] {
  return [
    machineFile(
      '/etc/systemd/system/kubelet.service',
      `[Unit]
Description=kubelet
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service
# Written by kubeadm before it starts the unit; without it the kubelet would restart in vain.
ConditionPathExists=/var/lib/kubelet/config.yaml
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/bin/kubelet
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
    ),
    machineFile(
      '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
      `[Service]
Environment="KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="CONFIG_ARGS=${KUBELET_CONFIG_ARGS}"
# kubeadm writes KUBELET_KUBEADM_ARGS here.
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/local/bin/kubelet $KUBECONFIG_ARGS $CONFIG_ARGS $KUBELET_KUBEADM_ARGS
`,
    ),
  ];
}
