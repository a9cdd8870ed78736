import type { Duration } from 'cdk8s';
import type { EtcdBackupTarget } from './target';
import type { Cluster, SecretRef } from '../../cluster';

/** Which snapshots stay: each number of the newest ones of its kind, 0 to 10,000. All 0 throws. */
export interface EtcdBackupRetention {
  /**
   * The newest ones, however old they are.
   *
   * @default 6
   */
  readonly keepLast?: number;
  /**
   * The last one of each of so many hours.
   *
   * @default 48
   */
  readonly keepHourly?: number;
  /**
   * The last one of each of so many days.
   *
   * @default 30
   */
  readonly keepDaily?: number;
  /**
   * The last one of each of so many weeks.
   *
   * @default 0
   */
  readonly keepWeekly?: number;
  /**
   * The last one of each of so many months.
   *
   * @default 0
   */
  readonly keepMonthly?: number;
}

/** What is saved of etcd, when, and where it goes. */
export interface EtcdBackupOptions {
  /** Where the encrypted snapshots go. */
  readonly target: EtcdBackupTarget;
  /**
   * When, in UTC: five cron fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`. What the CronJob
   * controller does not read, and `@every`, throw. Changes since the last run are lost with the cluster.
   *
   * @default '23 * * * *', every hour
   */
  readonly schedule?: string;
  /**
   * Which snapshots stay. Values that are left out have their defaults.
   *
   * @default - the last 6, one of each of 48 hours, one of each of 30 days
   */
  readonly retention?: EtcdBackupRetention;
  /**
   * Whether old snapshots are deleted by the backup. `false` for a key that may not delete: whoever
   * takes over the cluster cannot take away its backups; the store has to let them expire.
   * `retention` given with `false` throws.
   *
   * @default true
   */
  readonly prune?: boolean;
  /**
   * Whether the authorities' keys and the key of encryption at rest are saved with each snapshot. A
   * snapshot alone restores on machines that still have theirs, and nowhere else. `false` is finding
   * GW-ETCD-032.
   *
   * @default true
   */
  readonly includePki?: boolean;
  /**
   * Password of the repository, with which everything in it is encrypted, in a Secret in kube-system.
   * Keep a copy outside of the cluster: after a total loss it is only there.
   *
   * @default - key `repository-password` of the Secret `etcd-backup`
   */
  readonly repositoryPassword?: SecretRef;
  /**
   * After how long a run is given up, whole seconds, 1 minute to 6 hours. A run that hangs keeps the next
   * ones from starting.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * Full reference of restic's image, with tag or digest. It needs /bin/sh, and restic 0.17.1 or newer.
   *
   * @default - the catalogue's, from `cluster.imageRegistry` if there is one
   */
  readonly resticImage?: string;
  /**
   * Full reference of an image with etcdctl and etcdutl, with tag or digest.
   *
   * @default - the image of the etcd that runs, which every control plane has already
   */
  readonly etcdImage?: string;
}

/** `EtcdBackupOptions` and the cluster they are for. */
export interface EtcdBackupProps extends EtcdBackupOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
