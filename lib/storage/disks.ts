import type { Construct } from 'constructs';
import { mountPointOf, type StorageChoices, type VolumeChoices } from './choices';
import { VolumeFilesystem } from './options';
import { volumeDiskTuning } from './tuning';
import {
  bytesOf,
  DataDiskKind,
  ETCD_PREPARE_UNITS,
  filesystemUuid,
  prepareScript,
  type Cluster,
  type DiskPurpose,
  type PreparedDisk,
} from '../cluster';

const PROGRAMS = '/usr/local/lib/groundwork';
export const PREPARE_SCRIPT = `${PROGRAMS}/data-disk-prepare`;

/** What the prepare script says of these disks. */
export const DATA_DISKS: DiskPurpose = {
  title: 'data-disk-prepare',
  what: 'disk for volumes',
  construct: 'ResidentStorage',
  leftovers: 'move them away and reboot',
};

/** A volume on a disk that the machine itself finds, formats and mounts. */
export interface DiskFacts extends PreparedDisk {
  readonly path: string;
}

/** Asks for all that finds, makes and mounts the disks, on every machine that has some. */
export function requireDataDisks(by: Construct, cluster: Cluster, choices: StorageChoices): void {
  const { filesystem } = choices;
  const own = choices.volumes.filter(({ disk }) => disk.kind !== DataDiskKind.DIRECTORY);
  if (own.length === 0) {
    return;
  }
  const tuning = volumeDiskTuning(filesystem);
  cluster.recordDecisions(tuning.decisions(by.node.path));
  for (const name of new Set(own.map(({ machine }) => machine.name))) {
    const disks = own
      .filter(({ machine }) => machine.name === name)
      .map((volume) => diskFacts(cluster, volume));
    const who = { by, machines: [name] };
    const { ledger } = cluster;
    ledger.requirePackage(filesystem === VolumeFilesystem.XFS ? 'xfsprogs' : 'e2fsprogs', {
      ...who,
      why: `mkfs.${filesystem} for disks of volumes`,
    });
    ledger.requireFile(PREPARE_SCRIPT, {
      ...who,
      why: 'finds the disks of volumes and formats each only while it is blank',
      content: prepareScript(DATA_DISKS, disks, { filesystem, options: tuning.get('mkfs') }),
      permissions: '0755',
    });
    for (const [index, disk] of disks.entries()) {
      const before = [...ETCD_PREPARE_UNITS, ...disks.slice(0, index).map(prepareUnitName)];
      ledger.requireUnit(prepareUnitName(disk), {
        ...who,
        why: 'runs before the disk is mounted, pulled in by the mount',
        content: prepareUnit(disk, before),
        enabled: false,
      });
      ledger.requireUnit(mountUnitName(disk), {
        ...who,
        why: 'a disk for volumes',
        content: mountUnit(disk, filesystem, tuning.get('options')),
        enabled: false,
      });
      ledger.requireUnit(`data-volume-${disk.place.name}.service`, {
        ...who,
        why: 'makes the directory that pods get, on the mounted disk only',
        content: volumeUnit(disk),
      });
    }
  }
}

/** What the prepare script and the units of one disk are made from. */
export function diskFacts(cluster: Cluster, { machine, disk, path }: VolumeChoices): DiskFacts {
  const mountPoint = mountPointOf(disk);
  return {
    place: {
      name: mountPoint.slice(mountPoint.lastIndexOf('/') + 1),
      prop: 'dataDisks',
      mountPoint,
    },
    machine: machine.name,
    bySerial: disk.kind === DataDiskKind.NVME_SERIAL,
    identity: disk.identity,
    uuid: filesystemUuid(cluster.clusterName, machine.name, disk.identity),
    minBytes: bytesOf(disk.capacity),
    maxBytes: disk.maxSize === undefined ? undefined : bytesOf(disk.maxSize),
    model: disk.model,
    path,
  };
}

function prepareUnitName({ place }: DiskFacts): string {
  return `data-disk-prepare-${place.name}.service`;
}

/** As `systemd-escape -p` writes the mount point; systemd accepts no other name. */
function mountUnitName({ place }: DiskFacts): string {
  return `${place.mountPoint.slice(1).replace(/\//g, '-')}.mount`;
}

/** One after the other: of two that take one disk for theirs, the second must see what the first made. */
function prepareUnit(disk: DiskFacts, before: readonly string[]): string {
  return `[Unit]
Description=Find the disk ${disk.identity} of ${disk.machine} and give it a filesystem if it is blank
DefaultDependencies=no
# The script, and the bare mount point that it looks into.
RequiresMountsFor=${PROGRAMS} /mnt
After=systemd-udevd.service ${before.join(' ')}
Conflicts=shutdown.target
Before=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
# A filesystem that is cut off half-way leaves a disk that only a human may judge.
TimeoutStartSec=infinity
ExecStart=${PREPARE_SCRIPT} ${disk.place.name}
StandardOutput=journal+console
StandardError=journal+console
`;
}

function mountUnit(disk: DiskFacts, filesystem: VolumeFilesystem, options: string): string {
  const prepare = prepareUnitName(disk);
  return `[Unit]
Description=Volume ${disk.identity} of ${disk.machine} (should it fail: journalctl -u ${prepare})
# Not part of local-fs.target: without this disk the machine boots, and only pods of the volume wait.
DefaultDependencies=no
Requires=${prepare}
# The mount point is made on a root that can be written to.
After=${prepare} systemd-remount-fs.service
Conflicts=umount.target
Before=umount.target

[Mount]
What=/dev/disk/by-uuid/${disk.uuid}
Where=${disk.place.mountPoint}
Type=${filesystem}
Options=${options}
`;
}

/**
 * Pods get a directory below the mount point: where the disk is not mounted it does not exist, and
 * kubelet starts no pod on the root disk.
 */
function volumeUnit(disk: DiskFacts): string {
  const prepare = prepareUnitName(disk);
  return `[Unit]
Description=Directory of volume ${disk.identity} of ${disk.machine}
RequiresMountsFor=${disk.place.mountPoint}
Requires=${prepare}
After=${prepare}
AssertPathIsMountPoint=${disk.place.mountPoint}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mkdir -p ${disk.path}

[Install]
WantedBy=multi-user.target
`;
}
