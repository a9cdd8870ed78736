import { Chart } from 'cdk8s';
import {
  Cluster,
  EtcdBackup,
  EtcdBackupTarget,
  EtcdOnNvme,
  type ClusterProps,
  type EtcdBackupOptions,
  type EtcdOnNvmeOptions,
} from '../../lib';
import { ObjectSet } from '../../lib/testing';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** A bucket in Norway. */
export function bucket(
  changes: Partial<Parameters<typeof EtcdBackupTarget.s3>[0]> = {},
): EtcdBackupTarget {
  return EtcdBackupTarget.s3({
    endpoint: 'https://s3.oslo.example',
    bucket: 'oslo-etcd',
    region: 'no-oslo-1',
    country: 'NO',
    ...changes,
  });
}

export interface RenderedBackup {
  readonly chart: Chart;
  readonly cluster: Cluster;
  readonly backup: EtcdBackup;
  readonly job: any;
  readonly pod: any;
  /** What the last container runs. */
  readonly script: string;
}

/** The flagship with etcd and its backup. */
export function render(
  options: Partial<EtcdBackupOptions> = {},
  facts: Partial<ClusterProps> = {},
  etcd: EtcdOnNvmeOptions = {},
): RenderedBackup {
  return make(options, (chart) => {
    const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
    new EtcdOnNvme(chart, 'etcd', { cluster, ...etcd });
    return cluster;
  });
}

/** A cluster of others with a backup. */
export function foreign(options: Partial<EtcdBackupOptions> = {}): RenderedBackup {
  return make(options, (chart) =>
    Cluster.fromFacts(chart, 'cluster', { clusterName: 'oslo', ...osloProps() }),
  );
}

function make(
  options: Partial<EtcdBackupOptions>,
  clusterIn: (chart: Chart) => Cluster,
): RenderedBackup {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = clusterIn(chart);
  const backup = new EtcdBackup(chart, 'backup', { cluster, target: bucket(), ...options });
  const job = ObjectSet.of(backup).find('CronJob');
  const pod = job.spec.jobTemplate.spec.template.spec;
  return { chart, cluster, backup, job, pod, script: pod.containers[0].command[2] };
}

/** What the rules of the backup and of the alerts say, as `id message`. */
export function said({ cluster }: { cluster: Cluster }): string[] {
  return cluster
    .findings()
    .filter(({ id }) => /^GW-ETCD-0[34]/.test(id))
    .map(({ id, message }) => `${id} ${message}`);
}
