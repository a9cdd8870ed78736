import { DATA, PREPARE_SCRIPT, PROGRAMS, WAL, type DiskFacts, type Place } from './disk';
import type { EtcdFilesystem } from './filesystem';

/** Measures the disk. Its name sorts after those of the mounts: what is wrong with a disk is said by its own unit. */
export const FSYNC_UNIT = 'verify-etcd-fsync.service';
/** The program it runs. */
export const FSYNC_SCRIPT = `${PROGRAMS}/verify-etcd-fsync`;
/** The program that runs before kubelet. */
export const GUARD_SCRIPT = `${PROGRAMS}/etcd-guard`;

/**
 * The unit that runs the prepare script. It belongs to the mount and to nothing else: early boot never
 * waits for it, so a machine without its disk can still be reached.
 */
export function prepareUnit({ machine, place }: DiskFacts): string {
  return `[Unit]
Description=Find the ${nameOf(place)} of ${machine} and give it a filesystem if it is blank
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
ExecStart=${PREPARE_SCRIPT}${place === DATA ? '' : ` ${place.name}`}
# On the console too: at first boot it may be all there is to see.
StandardOutput=journal+console
StandardError=journal+console
`;
}

/** The mount of a disk, by the UUID that the prepare script looks for. */
export function mountUnit(facts: DiskFacts, filesystem: EtcdFilesystem, options: string): string {
  const { mountPoint, prepareUnit: prepare } = facts.place;
  return `[Unit]
Description=${facts.place === DATA ? 'etcd data' : 'etcd log'} of ${facts.machine} (should it fail: journalctl -u ${prepare})
# Not part of local-fs.target: without this disk the machine boots and can be reached, only kubelet stays down.
DefaultDependencies=no
Requires=${prepare}
# The mount point is made on a root that can be written to.
After=${prepare} systemd-remount-fs.service
Conflicts=umount.target
Before=umount.target

[Mount]
What=/dev/disk/by-uuid/${facts.uuid}
Where=${mountPoint}
Type=${filesystem}
Options=${options}

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Keeps kubelet down while a disk is not mounted: it would create the directory on the root disk. And
 * while a member has lost its data.
 */
export function kubeletDropIn(places: readonly Place[]): string {
  const points = places.map(({ mountPoint }) => mountPoint);
  const waits = [
    `RequiresMountsFor=${points.join(' ')}`,
    ...points.map((point) => `AssertPathIsMountPoint=${point}`),
  ];
  const unit = [
    '# kubelet creates a missing etcd directory on the root disk without a word, so it waits for the disk.',
    '[Unit]',
    ...waits,
    '',
    '',
  ];
  return `${places.length === 0 ? '' : unit.join('\n')}[Service]
ExecStartPre=${GUARD_SCRIPT}
`;
}

/** The unit that measures the disk; without its own disks it measures the directory on the root disk. */
export function fsyncUnit(machine: string, places: readonly Place[]): string {
  const assertions = places.map(({ mountPoint }) => `AssertPathIsMountPoint=${mountPoint}\n`);
  const prepare = places.map((place) => place.prepareUnit).join(' ');
  const needs = [PROGRAMS, ...places.map(({ mountPoint }) => mountPoint)].join(' ');
  return `[Unit]
Description=Measure fsync on the disk of etcd in ${machine} before etcd is there
RequiresMountsFor=${needs}
${prepare === '' ? '' : `Requires=${prepare}\nAfter=${prepare}\n`}${assertions.join('')}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${FSYNC_SCRIPT}
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
`;
}

function nameOf(place: Place): string {
  return place === WAL ? 'etcd log disk' : 'etcd disk';
}
