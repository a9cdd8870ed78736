import { v5 as uuidV5 } from 'uuid';
import { bytesOf, EtcdDiskKind, type Cluster, type EtcdDisk, type Machine } from '../cluster';

/** Folder of our programs on the machines. */
export const PROGRAMS = '/usr/local/lib/groundwork';
/** The prepare script, the same program for both disks. */
export const PREPARE_SCRIPT = `${PROGRAMS}/etcd-disk-prepare`;

/** One of the two places that may have a disk of their own. */
export interface Place {
  /** What the prepare script calls it. */
  readonly name: 'data' | 'wal';
  /** The prop of Machine that names its disk. */
  readonly prop: 'etcdDisk' | 'etcdWalDisk';
  readonly mountPoint: string;
  /** Its unit; the name is the mount point as `systemd-escape -p` writes it, systemd accepts no other. */
  readonly mountUnit: string;
  /** The unit that runs the prepare script for it. */
  readonly prepareUnit: string;
}

/** The database, and the log as long as it has no other place. kubeadm's own default, so every runbook knows it. */
export const DATA: Place = {
  name: 'data',
  prop: 'etcdDisk',
  mountPoint: '/var/lib/etcd',
  mountUnit: 'var-lib-etcd.mount',
  prepareUnit: 'etcd-disk-prepare.service',
};

/** The write-ahead log. No hyphen in its path: it would put a backslash into the name of the unit. */
export const WAL: Place = {
  name: 'wal',
  prop: 'etcdWalDisk',
  mountPoint: '/var/lib/etcdwal',
  mountUnit: 'var-lib-etcdwal.mount',
  prepareUnit: 'etcd-wal-disk-prepare.service',
};

/** kubeadm refuses a data directory that is not empty, and an ext4 has lost+found at its top. */
export const DATA_DIR = `${DATA.mountPoint}/data`;
/** etcd puts a new log in place by renaming a directory, which cannot be done to a mount point. */
export const WAL_DIR = `${WAL.mountPoint}/wal`;

/** Where a script looks; `/` on a machine, a folder in a test. */
export interface Surroundings {
  /** Put in front of every path that the script reads or writes. */
  readonly root: string;
}

/** Namespace of our filesystem UUIDs. It must never change: a machine recognises its disk by the result. */
const NAMESPACE = '3cf3ac5c-cba0-5bd7-9580-b1dc3092563f';

/** A control-plane machine and its etcd disks. */
export interface Member {
  readonly machine: Machine;
  readonly disk: EtcdDisk;
  readonly walDisk?: EtcdDisk;
}

/** What the prepare script and the units of one disk of one machine are made from. */
export interface DiskFacts {
  readonly place: Place;
  readonly machine: string;
  readonly kind: EtcdDiskKind;
  readonly identity: string;
  readonly uuid: string;
  readonly minBytes: number;
  readonly maxBytes?: number;
  readonly model?: string;
}

/** The facts of the disks that one machine has for etcd alone, the one for data first. */
export function disksOf(cluster: Cluster, { machine, disk, walDisk }: Member): DiskFacts[] {
  return [
    ...(isOwn(disk) ? [diskFacts(cluster, machine, DATA, disk)] : []),
    ...(walDisk === undefined ? [] : [diskFacts(cluster, machine, WAL, walDisk)]),
  ];
}

function diskFacts(cluster: Cluster, machine: Machine, place: Place, disk: EtcdDisk): DiskFacts {
  return {
    place,
    machine: machine.name,
    kind: disk.kind,
    identity: disk.identity,
    uuid: filesystemUuid(cluster.clusterName, machine.name, disk.identity),
    minBytes: bytesOf(disk.minSize),
    maxBytes: disk.maxSize === undefined ? undefined : bytesOf(disk.maxSize),
    model: disk.model,
  };
}

/**
 * The UUID that the filesystem of this disk in this machine of this cluster gets. Known before the
 * machine boots, so the mount unit names it and a disk from elsewhere is never taken for ours.
 */
export function filesystemUuid(cluster: string, machine: string, identity: string): string {
  return uuidV5([cluster, machine, identity].join('/'), NAMESPACE);
}

/** Whether the disk is etcd's own. */
export function isOwn(disk: EtcdDisk): boolean {
  return disk.kind !== EtcdDiskKind.SHARED_WITH_ROOT;
}
