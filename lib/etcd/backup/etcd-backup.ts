import { Construct } from 'constructs';
import { NAME, NAMESPACE, settleChoices } from './choices';
import { cronJob } from './cron-job';
import type { EtcdBackupOptions, EtcdBackupProps } from './options';
import { optionProblems } from './problems';
import { backupRules } from './rules';
import { backupTuning } from './tuning';
import {
  addManifest,
  Phase,
  throwProblems,
  type Cluster,
  type IEtcdBackupConfiguration,
} from '../../cluster';
import { ensureEtcdRunbook } from '../runbook/runbook';

/**
 * Snapshots of etcd: a CronJob on the control planes takes one, checks it, encrypts it on the machine
 * with restic and sends it away, with the keys that a restore on new machines needs. Create the Secret
 * it names before the first run; `report/etcd.md` says how, and how to restore. One per cluster; create
 * it after EtcdOnNvme.
 *
 * @example
 * // fragment
 * new EtcdBackup(chart, 'backup', {
 *   cluster,
 *   target: EtcdBackupTarget.s3({
 *     endpoint: 'https://s3.oslo.example',
 *     bucket: 'oslo-etcd',
 *     region: 'no-oslo-1',
 *     country: 'NO',
 *   }),
 * });
 */
export class EtcdBackup extends Construct {
  /**
   * The backup with its options, for a cluster that does not exist yet.
   *
   * @param options where the snapshots go, and what to decide about it
   */
  public static configure(options: EtcdBackupOptions): IEtcdBackupConfiguration {
    return new BackupConfiguration(options);
  }

  /** Namespace of the CronJob and of the Secrets it reads. */
  public readonly namespace: string = NAMESPACE;
  /** Name of the CronJob. */
  public readonly cronJobName: string = NAME;
  /** Where the snapshots go, as restic writes it. */
  public readonly repository: string;
  /** Country in which they are kept, ISO 3166-1 alpha-2. */
  public readonly country: string;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: EtcdBackupProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    const choices = settleChoices(props);
    const tuning = backupTuning(props, choices);
    this.repository = choices.repository;
    this.country = choices.country;
    cluster._register('etcdBackup', {
      path,
      label: choices.label,
      country: choices.country,
      namespace: NAMESPACE,
      name: NAME,
      longestGapSeconds: choices.longestGapSeconds,
      timeoutSeconds: choices.timeoutSeconds,
      own: choices,
    });
    // Not in the phase of the alerts: without the kinds of those nothing of their phase is applied.
    addManifest(this, cluster, Phase.STORAGE_POLICY, cronJob(cluster, choices, tuning));
    cluster.recordDecisions(tuning.decisions(path));
    backupRules.forEach((each) => cluster.addRule(each, this));
    ensureEtcdRunbook(cluster, path);
  }
}

/** The options until there is a cluster. */
class BackupConfiguration implements IEtcdBackupConfiguration {
  public constructor(private readonly options: EtcdBackupOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new EtcdBackup(scope, id, { ...this.options, cluster });
  }
}
