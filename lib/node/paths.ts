/** Where things of ours live on a machine. The entry script names the same places. */
export const paths = {
  config: '/etc/groundwork',
  secrets: '/etc/groundwork/secrets',
  entryScript: '/usr/local/lib/groundwork/bootstrap',
  done: '/var/lib/groundwork/done',
  status: '/var/lib/groundwork/status',
  log: '/var/log/groundwork.log',
  binaries: '/usr/local/bin',
} as const;

/** The unit that runs the entry script at the first boot. */
export const BOOTSTRAP_UNIT = 'groundwork-bootstrap.service';

/** The socket on which containerd speaks CRI, with the scheme that kubeadm demands. */
export const CRI_SOCKET = 'unix:///run/containerd/containerd.sock';
