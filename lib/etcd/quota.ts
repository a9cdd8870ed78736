import type { Size } from 'cdk8s';
import { etcdLimits, type EtcdMinor } from '../catalog';
import { bytesOf, type Problem } from '../cluster';
import { isOwn, type Member } from './disk';

const GIB = 1024 ** 3;
/** Below it a cluster of ordinary size runs into the alarm within weeks. */
const FLOOR_BYTES = GIB;
/** Besides two copies of the database: write-ahead log, snapshots, and room for the filesystem itself. */
const DISK_RESERVE_BYTES = 2 * GIB;

/**
 * The quota for these members: what was asked for, else the largest whole number of GiB that half the memory of the smallest
 * machine holds and its disk holds twice, at most what etcd accepts without a warning. Where neither
 * memory is known, etcd's own default.
 */
export function quotaFor(members: readonly Member[], etcd: EtcdMinor, asked?: Size): number {
  if (asked !== undefined) {
    return bytesOf(asked);
  }
  const bounds = members.flatMap(({ machine, disk }) => [
    machine.memory === undefined ? etcd.quotaBackendBytes.value : bytesOf(machine.memory) / 2,
    isOwn(disk) ? diskBound(bytesOf(disk.minSize)) : etcd.quotaBackendBytes.value,
  ]);
  const bound = Math.min(etcdLimits.quotaWarnBytes.value, ...bounds);
  return Math.max(FLOOR_BYTES, Math.floor(bound / GIB) * GIB);
}

/** What is wrong with a quota on these members. */
export function quotaProblems(quota: Size | undefined, members: readonly Member[]): Problem[] {
  if (quota === undefined) {
    return [];
  }
  const bytes = bytesOf(quota);
  const got = inGib(bytes);
  if (bytes < FLOOR_BYTES || bytes > etcdLimits.quotaWarnBytes.value) {
    return [
      {
        prop: 'quota',
        allowed: `between ${inGib(FLOOR_BYTES)} and ${inGib(etcdLimits.quotaWarnBytes.value)}`,
        got,
        remedy: 'etcd itself warns above; a larger database takes minutes to send to a new member',
      },
    ];
  }
  return members.flatMap(({ machine, disk }) => {
    const problems: Problem[] = [];
    if (machine.memory !== undefined && bytes >= bytesOf(machine.memory)) {
      problems.push({
        prop: 'quota',
        allowed: `less than the memory of machine ${machine.name}, ${inGib(bytesOf(machine.memory))}`,
        got,
        remedy: 'lower it; etcd maps the whole database into memory',
      });
    }
    if (isOwn(disk) && bytes > diskBound(bytesOf(disk.minSize))) {
      problems.push({
        prop: 'quota',
        allowed: `at most ${inGib(diskBound(bytesOf(disk.minSize)))} for a disk of ${inGib(bytesOf(disk.minSize))} (minSize of etcdDisk of machine ${machine.name})`,
        got,
        remedy: `lower it, or raise minSize to ${inGib(2 * bytes + DISK_RESERVE_BYTES)}: defragmenting writes a second copy`,
      });
    }
    return problems;
  });
}

/** The largest quota whose database, second copy and log fit on a disk. */
function diskBound(diskBytes: number): number {
  return (diskBytes - DISK_RESERVE_BYTES) / 2;
}

function inGib(bytes: number): string {
  return `${Number((bytes / GIB).toFixed(2))} GiB`;
}
