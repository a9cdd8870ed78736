import { Size, SizeRoundingBehavior } from 'cdk8s';
import { v5 as uuidV5 } from 'uuid';
import { EtcdDiskKind, type Cluster, type EtcdDisk, type Machine } from '../cluster';
import type { EtcdFilesystem } from './filesystem';

/** Where the disk is mounted. kubeadm's own default for the data directory, so every runbook knows it. */
export const MOUNT_POINT = '/var/lib/etcd';
/** Its unit; the name is the mount point as `systemd-escape -p` writes it, systemd accepts no other. */
export const MOUNT_UNIT = 'var-lib-etcd.mount';
/** The unit that runs the prepare script. */
export const PREPARE_UNIT = 'etcd-disk-prepare.service';
/** Folder of our programs on the machines. */
export const PROGRAMS = '/usr/local/lib/groundwork';
/** The prepare script. */
export const PREPARE_SCRIPT = `${PROGRAMS}/etcd-disk-prepare`;

/** Namespace of our filesystem UUIDs. It must never change: a machine recognises its disk by the result. */
const NAMESPACE = '3cf3ac5c-cba0-5bd7-9580-b1dc3092563f';

/** A control-plane machine and its etcd disk. */
export interface Member {
  readonly machine: Machine;
  readonly disk: EtcdDisk;
}

/** What the prepare script and the units of one machine are made from. */
export interface DiskFacts {
  readonly machine: string;
  readonly kind: EtcdDiskKind;
  readonly identity: string;
  readonly uuid: string;
  readonly filesystem: EtcdFilesystem;
  readonly minBytes: number;
  readonly maxBytes?: number;
  readonly model?: string;
}

/** The facts of one machine's own disk. */
export function diskFacts(
  cluster: Cluster,
  { machine, disk }: Member,
  filesystem: EtcdFilesystem,
): DiskFacts {
  return {
    machine: machine.name,
    kind: disk.kind,
    identity: disk.identity,
    uuid: filesystemUuid(cluster.clusterName, machine.name, disk.identity),
    filesystem,
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

/** A size in bytes; a part of a KiB is dropped. */
export function bytesOf(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
}
