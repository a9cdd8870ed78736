import type { Cluster, Problem } from '../cluster';

/** etcd's flags are the same on all members, so they all have a disk for the log or none has. */
export function walDiskProblems(cluster: Cluster): Problem[] {
  const { controlPlanes } = cluster;
  const without = controlPlanes.filter((machine) => machine.etcdWalDisk === undefined);
  return without.length === controlPlanes.length
    ? []
    : without.map((machine) => ({
        prop: `etcdWalDisk of machine ${machine.name}`,
        allowed: 'given, because other control planes have one',
        got: undefined,
        remedy: 'give each control plane a disk for the log, or none',
      }));
}
