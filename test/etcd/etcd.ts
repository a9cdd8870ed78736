import { App } from 'cdk8s';
import { EtcdDisk, type Cluster, type Machine } from '../../lib';
import { EtcdOnNvme, type EtcdOnNvmeOptions } from '../../lib/etcd';
import { osloCluster, osloMachine } from '../support/oslo';

type Facts = Parameters<typeof osloCluster>[1];

/** The flagship with etcd, either of them changed. */
export function made(options: EtcdOnNvmeOptions = {}, facts: Facts = {}) {
  const cluster = osloCluster(new App(), facts);
  const etcd = new EtcdOnNvme(cluster, 'etcd', { cluster, ...options });
  return { cluster, etcd };
}

/** The flagship's control planes, each with a disk for the log. */
export function withWalDisks(): Machine[] {
  return [1, 2, 3].map((n) => osloMachine(n, { etcdWalDisk: EtcdDisk.nvmeSerial(`WAL${n}`) }));
}

/** What kubeadm is told of etcd: the arguments by name, and as the list that they are. */
export function local(cluster: Cluster) {
  const { dataDir, extraArgs, ...rest } = cluster._summary('etcd')!.kubeadmLocal as {
    dataDir: string;
    extraArgs: Array<{ name: string; value: string }>;
    imageTag?: string;
  };
  return {
    dataDir,
    list: extraArgs,
    args: Object.fromEntries(extraArgs.map((a) => [a.name, a.value])),
    ...rest,
  };
}

/** What kubeadm passes to etcd beyond its own. */
export function argumentsOf(cluster: Cluster): Record<string, string> {
  return local(cluster).args;
}

/** Keys of decisions that are the user's own, not ours. */
export function askedKeys(options: EtcdOnNvmeOptions): string[] {
  return made(options)
    .cluster.decisions()
    .filter(({ why }) => why === 'asked for in the spec')
    .map(({ key }) => key);
}

/** What this room finds; there is no node construct here, which another one finds. */
export function idsOf(cluster: Cluster): string[] {
  return cluster
    .findings()
    .map(({ id }) => id)
    .filter((id) => id.startsWith('GW-ETCD-'));
}

/** A file or unit that a machine gets, or undefined. */
export function fileOf(cluster: Cluster, machine: Machine, key: string): string | undefined {
  const { files, units } = cluster.ledger.forMachine(machine);
  return [...files, ...units].find((entry) => entry.key === key)?.value;
}
