import {
  bytesOf,
  ETCD_PREPARE_UNITS,
  EtcdDiskKind,
  filesystemUuid,
  type Cluster,
  type DiskPurpose,
  type EtcdDisk,
  type Machine,
  type PreparedDisk,
} from '../cluster';

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
  prepareUnit: ETCD_PREPARE_UNITS[0],
};

/** The write-ahead log. No hyphen in its path: it would put a backslash into the name of the unit. */
export const WAL: Place = {
  name: 'wal',
  prop: 'etcdWalDisk',
  mountPoint: '/var/lib/etcdwal',
  mountUnit: 'var-lib-etcdwal.mount',
  prepareUnit: ETCD_PREPARE_UNITS[1],
};

/** kubeadm refuses a data directory that is not empty, and an ext4 has lost+found at its top. */
export const DATA_DIR = `${DATA.mountPoint}/data`;
/** etcd puts a new log in place by renaming a directory, which cannot be done to a mount point. */
export const WAL_DIR = `${WAL.mountPoint}/wal`;

/** What the prepare script says of these disks. */
export const ETCD_DISKS: DiskPurpose = {
  title: 'etcd-disk-prepare',
  what: 'etcd disk',
  construct: 'EtcdOnNvme',
  leftovers: "they may be an etcd's data: stop it, move them away and reboot",
  refusal: {
    variable: 'member',
    file: '/etc/kubernetes/manifests/etcd.yaml',
    why: 'A member that lost its disk must not come back empty: the first one would found a cluster of its own.',
    message: 'this machine is already an etcd member',
    remedy: 'if the disk was replaced, remove the member from etcd and run kubeadm reset first',
  },
};

/** A control-plane machine and its etcd disks. */
export interface Member {
  readonly machine: Machine;
  readonly disk: EtcdDisk;
  readonly walDisk?: EtcdDisk;
}

/** What the prepare script and the units of one disk of one machine are made from. */
export interface DiskFacts extends PreparedDisk {
  readonly place: Place;
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
    bySerial: disk.kind === EtcdDiskKind.NVME_SERIAL,
    identity: disk.identity,
    uuid: filesystemUuid(cluster.clusterName, machine.name, disk.identity),
    minBytes: bytesOf(disk.minSize),
    maxBytes: disk.maxSize === undefined ? undefined : bytesOf(disk.maxSize),
    model: disk.model,
  };
}

/** Whether the disk is etcd's own. */
export function isOwn(disk: EtcdDisk): boolean {
  return disk.kind !== EtcdDiskKind.SHARED_WITH_ROOT;
}
