import { MOUNT_POINT, PREPARE_SCRIPT, PREPARE_UNIT, PROGRAMS, type DiskFacts } from './disk';

/**
 * The unit that runs the prepare script. It belongs to the mount and to nothing else: early boot never
 * waits for it, so a machine without its disk can still be reached.
 */
export function prepareUnit(machine: string): string {
  return `[Unit]
Description=Find the etcd disk of ${machine} and give it a filesystem if it is blank
DefaultDependencies=no
# The script, and the bare mount point that it looks into.
RequiresMountsFor=${PROGRAMS} /var/lib
After=systemd-udevd.service
Conflicts=shutdown.target
Before=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
# A filesystem that is cut off half-way leaves a disk that only a human may judge.
TimeoutStartSec=infinity
ExecStart=${PREPARE_SCRIPT}
# On the console too: at first boot it may be all there is to see.
StandardOutput=journal+console
StandardError=journal+console
`;
}

/** The mount of the etcd disk, by the UUID that the prepare script looks for. */
export function mountUnit(facts: DiskFacts, options: string): string {
  return `[Unit]
Description=etcd data of ${facts.machine} (should it fail: journalctl -u ${PREPARE_UNIT})
# Not part of local-fs.target: without this disk the machine boots and can be reached, only kubelet stays down.
DefaultDependencies=no
Requires=${PREPARE_UNIT}
# The mount point is made on a root that can be written to.
After=${PREPARE_UNIT} systemd-remount-fs.service
Conflicts=umount.target
Before=umount.target

[Mount]
What=/dev/disk/by-uuid/${facts.uuid}
Where=${MOUNT_POINT}
Type=${facts.filesystem}
Options=${options}

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Keeps kubelet down while the disk is not mounted: it would create the directory on the root disk. And
 * while a member has lost its data: etcd on an empty directory of the first machine founds a new cluster.
 */
export function kubeletDropIn(dataDir: string): string {
  const lost =
    'if [ -e /etc/kubernetes/manifests/etcd.yaml ] && [ -e /var/lib/groundwork/done ] && ' +
    `[ ! -e ${dataDir}/member ]; then ` +
    `echo "${dataDir} has no member, and this machine was one: put the disk back, or remove this member from etcd ` +
    'on another control plane and run kubeadm reset; to start without etcd, move its manifest away" >&2; exit 1; fi';
  return `# kubelet creates a missing etcd directory on the root disk without a word, so it waits for the disk.
[Unit]
RequiresMountsFor=${MOUNT_POINT}
AssertPathIsMountPoint=${MOUNT_POINT}

[Service]
ExecStartPre=/bin/sh -c '${lost}'
`;
}
