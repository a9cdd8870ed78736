import type { Construct } from 'constructs';
import { CERTIFICATES_SCRIPT, certificatesScript } from './script';
import {
  apiServerUrl,
  Tuning,
  tuned,
  type Cluster,
  type Decision,
  type Machine,
} from '../../cluster';

const DOC = 'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/';
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const TIMER = 'groundwork-certificates.timer';
const SERVICE = 'groundwork-certificates.service';

const table = new Tuning({
  daysLeft: tuned(
    'groundwork-certificates days left',
    '45',
    'never, but by kubeadm upgrade',
    'an upgrade renews, so this acts only when none came for ten months; six weekly tries remain before the end',
    DOC,
  ),
  calendar: tuned(
    'groundwork-certificates.timer OnCalendar',
    'a weekday of its own for each control plane, 03:00 UTC',
    'none',
    'members of etcd must not restart together, so nothing is left to chance and a missed day is not made up for at boot',
    'man 5 systemd.timer',
  ),
});

/** A timer on each control plane that renews its certificates before they end. */
export function requireRenewal(by: Construct, cluster: Cluster): void {
  const machines = cluster.controlPlanes.map(({ name }) => name);
  cluster.ledger.requireFile(CERTIFICATES_SCRIPT, {
    by,
    machines,
    content: certificatesScript,
    permissions: '0755',
    why: 'renews the certificates of a control plane',
  });
  cluster.controlPlanes.forEach((machine, position) => {
    const why = 'certificates of kubeadm end after a year without an upgrade';
    const ask = { by, machines: [machine.name], why };
    cluster.ledger.requireUnit(TIMER, { ...ask, content: timer(position) });
    cluster.ledger.requireUnit(SERVICE, {
      ...ask,
      content: service(cluster, machine),
      enabled: false,
    });
  });
}

/** What is said about it, when it is on. */
export function renewalDecisions(path: string): Decision[] {
  return table.decisions(path);
}

function timer(position: number): string {
  const hour = String(3 + Math.floor(position / WEEKDAYS.length)).padStart(2, '0');
  return `[Unit]
Description=Look at the certificates of this control plane once a week

[Timer]
# Another day on each control plane, so that two never restart together; not made up for after a reboot.
OnCalendar=${WEEKDAYS[position % WEEKDAYS.length]} *-*-* ${hour}:00:00 UTC
AccuracySec=1min
Persistent=no

[Install]
WantedBy=timers.target
`;
}

function service(cluster: Cluster, machine: Machine): string {
  return `[Unit]
Description=Renew the certificates of this control plane when they end soon
ConditionPathExists=/etc/kubernetes/admin.conf

[Service]
Type=oneshot
ExecStart=${CERTIFICATES_SCRIPT} ${table.get('daysLeft')} ${apiServerUrl(cluster, machine)}
`;
}
