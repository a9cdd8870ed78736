import type { Cluster } from '../cluster';
import { aptPreferences } from './binaries/requirements';
import type { BinarySource } from './binaries/source';
import { foreignDeviceFiles } from './foreign-devices';
import { comment, machineFile, type MachineFile } from './machine-file';
import { BOOTSTRAP_UNIT, paths } from './paths';
import type { NodeTuning } from './tuning';

/** What the distribution's own services must know of a Kubernetes machine. */
export function hostFiles(
  cluster: Cluster,
  ntpServers: readonly string[],
  source: BinarySource,
  tuning: NodeTuning,
): MachineFile[] {
  const files = [
    machineFile(`/etc/systemd/system/${BOOTSTRAP_UNIT}`, bootstrapUnit()),
    machineFile(
      '/etc/systemd/networkd.conf.d/60-groundwork.conf',
      `${comment(
        'Routes and rules of the network plugin belong to it: networkd deletes foreign ones when it restarts.',
      )}
[Network]
ManageForeignRoutes=${yesNo(tuning.get('manageForeignRoutes'))}
ManageForeignRoutingPolicyRules=${yesNo(tuning.get('manageForeignRoutingPolicyRules'))}
`,
    ),
    ...foreignDeviceFiles(),
    machineFile(
      '/etc/systemd/logind.conf.d/zz-groundwork.conf',
      `${comment(
        'The kubelet may hold back a shutdown this long. The name sorts after the file of unattended-upgrades, ' +
          "which allows 30 seconds and would win over the kubelet's own.",
      )}
[Login]
InhibitDelayMaxSec=${tuning.get('inhibitDelay')}
`,
    ),
    machineFile(
      '/etc/apt/apt.conf.d/60-groundwork',
      `// Security updates go on, kernels among them: a new one lies beside the running one until a reboot, and
// that is for a person to start, one machine at a time. What runs pods is fenced off in preferences.d.
Unattended-Upgrade::Automatic-Reboot "${tuning.get('automaticReboot')}";
`,
    ),
    machineFile(
      '/etc/apt/preferences.d/60-groundwork',
      aptPreferences(cluster, source, tuning.get('fencePriority')),
    ),
  ];
  if (cluster.operatingSystem._facts.id.startsWith('ubuntu')) {
    files.push(
      machineFile(
        '/etc/needrestart/conf.d/60-groundwork.conf',
        `${comment(
          'After a library update needrestart only lists: restarting containerd and kubelet everywhere at once is an outage.',
        )}
$nrconf{restart} = '${tuning.get('needrestart')}';
`,
      ),
    );
  }
  if (ntpServers.length > 0) {
    files.push(
      machineFile(
        '/etc/systemd/timesyncd.conf.d/60-groundwork.conf',
        `[Time]
NTP=${ntpServers.join(' ')}
`,
      ),
      // For images that keep the time with chrony; it reads this folder, timesyncd does not.
      machineFile(
        '/etc/chrony/conf.d/60-groundwork.conf',
        `${ntpServers.map((server) => `server ${server} iburst\n`).join('')}`,
      ),
    );
  }
  return files;
}

function bootstrapUnit(): string {
  return `[Unit]
Description=Turn this machine into a Kubernetes node
# Not ordered after cloud-init's last stage, which waits for multi-user.target and so for this unit.
# cloud-init starts the unit itself, when all files are written.
Wants=network-online.target
After=network-online.target
ConditionPathExists=!${paths.done}

[Service]
# Not oneshot: the boot would wait for it, half an hour long when another machine is late.
Type=exec
RemainAfterExit=yes
# What may pass by itself, a download or a machine that is late, is tried again; kubeadm never is.
RestartForceExitStatus=75
RestartSec=60
ExecStart=${paths.entryScript}

[Install]
WantedBy=multi-user.target
`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
