import { v5 as uuidV5 } from 'uuid';

/** Namespace of our filesystem UUIDs. It must never change: a machine recognises its disk by the result. */
const NAMESPACE = '3cf3ac5c-cba0-5bd7-9580-b1dc3092563f';

/**
 * The UUID that the filesystem of this disk in this machine of this cluster gets. Known before the
 * machine boots, so the mount unit names it and a disk from elsewhere is never taken for ours.
 */
export function filesystemUuid(cluster: string, machine: string, identity: string): string {
  return uuidV5([cluster, machine, identity].join('/'), NAMESPACE);
}
