import { hostAndPort, type Cluster } from '../../cluster';
import { etcdFacts, runningEtcdImage, type BackupChoices } from '../backup/choices';
import { loopbackUrl, metricsUrl } from '../loopback';
import { etcdArgument } from '../version';

/** One etcd member: the machine, and where others reach it. */
export interface RunbookMember {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
}

/** What the runbook is filled in with. */
export interface RunbookFacts {
  readonly cluster: string;
  readonly members: readonly RunbookMember[];
  /** The member of the machine on which a command is typed. */
  readonly ownUrl: string;
  readonly metricsUrl: string;
  readonly quorum: number;
  readonly image: string;
  readonly dataDir: string;
  readonly walDir?: string;
  readonly quotaBytes: number;
  /** Whether the machines boot from the spec, with our entry script. */
  readonly ownMachines: boolean;
  readonly backup?: BackupChoices;
}

/** The facts, read when the report is written: every construct has said what it is by then. */
export function runbookFacts(cluster: Cluster): RunbookFacts {
  return {
    cluster: cluster.clusterName,
    members: cluster.controlPlanes.map(({ name, address }) => ({
      name,
      clientUrl: `https://${hostAndPort(address, 2379)}`,
      peerUrl: `https://${hostAndPort(address, 2380)}`,
    })),
    ownUrl: loopbackUrl(cluster, 'https', 2379),
    metricsUrl: metricsUrl(cluster),
    quorum: cluster.quorum,
    image: runningEtcdImage(cluster),
    ...etcdFacts(cluster),
    walDir: etcdArgument(cluster, 'wal-dir'),
    ownMachines: cluster.ownsMachines,
    backup: cluster._summary('etcdBackup')?.own as BackupChoices | undefined,
  };
}

/** `cp-1=https://10.20.0.11:2380,…`, as etcd takes it. */
export function initialCluster({ members }: RunbookFacts): string {
  return members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
}
