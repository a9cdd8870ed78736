import { stringify } from 'smol-toml';
import { atLeast, kubeadmImages } from '../catalog';
import type { Cluster } from '../cluster';
import { comment, machineFile, type MachineFile } from './machine-file';
import type { NodeTuning } from './tuning';

/** The sandbox image: the one kubeadm expects, from the mirror if there is one. */
export function sandboxImage(cluster: Cluster): string {
  const pin = kubeadmImages(cluster.kubernetesVersion.patch).find(
    (image) => image.component === 'pause',
  )!;
  return cluster._image(pin);
}

/** containerd's configuration as an object; the sections are those of containerd 2. */
export function containerdConfig(cluster: Cluster, version: string, tuning: NodeTuning) {
  return {
    // 2.3 introduced version 4; an older containerd would ignore the whole file without an error.
    version: atLeast(version, '2.3') ? 4 : 3,
    plugins: {
      'io.containerd.cri.v1.images': {
        pinned_images: { sandbox: sandboxImage(cluster) },
        registry: { config_path: tuning.get('registryConfigPath') },
      },
      'io.containerd.cri.v1.runtime': {
        cni: { bin_dirs: [tuning.get('cniBinDir')], conf_dir: tuning.get('cniConfDir') },
        containerd: {
          default_runtime_name: 'runc',
          runtimes: {
            runc: {
              runtime_type: 'io.containerd.runc.v2',
              options: { SystemdCgroup: tuning.get('systemdCgroup') },
            },
          },
        },
      },
    },
  };
}

/** containerd's configuration and unit. */
export function containerdFiles(
  cluster: Cluster,
  version: string,
  tuning: NodeTuning,
): MachineFile[] {
  return [
    machineFile(
      '/etc/containerd/config.toml',
      [
        comment(
          `For containerd ${version}. The bootstrap reads SystemdCgroup back from \`containerd config dump\`: ` +
            'a file of another version is ignored without an error.',
        ),
        stringify(containerdConfig(cluster, version, tuning)),
        '',
      ]
        .join('\n')
        .replace(/\n+$/, '\n'),
    ),
    machineFile('/etc/systemd/system/containerd.service', unit(tuning)),
  ];
}

function unit(tuning: NodeTuning): string {
  return `[Unit]
Description=containerd
Documentation=https://containerd.io
After=network.target local-fs.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/containerd
Type=notify
# containerd manages the cgroups below its own.
Delegate=yes
# Containers outlive a restart of their runtime.
KillMode=process
Restart=always
RestartSec=5
# Limits are for pods to set; accounting them here costs and stops machines with many pods.
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
# Last to be killed when memory is short: without it no pod can be started again.
OOMScoreAdjust=${tuning.get('containerdOomScore')}

[Install]
WantedBy=multi-user.target
`;
}
