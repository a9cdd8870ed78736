import { images, kubeadmImages, type ImagePin } from '../../catalog';
import { SecretRef, type Cluster, type Machine } from '../../cluster';
import { etcdArgument, etcdRow, etcdTag } from '../version';
import type { EtcdBackupProps, EtcdBackupRetention } from './options';
import { parseSchedule } from './schedule';
import { DEFAULT_SECRET, type S3BackupOptions } from './target';

export const NAMESPACE = 'kube-system';
export const NAME = 'etcd-backup';
export const DEFAULT_SCHEDULE = '23 * * * *';
export const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

/** Where kubeadm puts the data of etcd unless it is told otherwise. */
const KUBEADM_DATA_DIR = '/var/lib/etcd';

/** The options with every default settled. */
export interface BackupChoices {
  readonly label: string;
  readonly country: string;
  readonly cron: string;
  readonly longestGapSeconds: number;
  /** Undefined when the backup deletes nothing. */
  readonly retention?: Required<EtcdBackupRetention>;
  readonly includePki: boolean;
  readonly password: SecretRef;
  readonly timeoutSeconds: number;
  readonly resticImage: string;
  readonly etcdImage: string;
  /** What was taken over from the etcd that runs: its image, its quota, its directory. */
  readonly known: string;
  readonly quotaBytes: number;
  readonly dataDir: string;
  /** In restic's words. */
  readonly repository: string;
  readonly s3?: S3BackupOptions & {
    readonly accessKeyId: SecretRef;
    readonly secretAccessKey: SecretRef;
  };
  /** The directory of the machines, and the one machine it is on unless all share it. */
  readonly directory?: { readonly path: string; readonly machine?: Machine };
}

/** Settles every option; call `optionProblems` first. */
export function settleChoices(props: EtcdBackupProps): BackupChoices {
  const { cluster, target, retention = {} } = props;
  const { cron, longestGapSeconds } = parseSchedule(props.schedule ?? DEFAULT_SCHEDULE)!;
  const machine = directoryMachine(props);
  return {
    ...settledTarget(props, machine),
    country: target.country ?? cluster.zoneOf(machine!).country,
    cron,
    longestGapSeconds,
    retention: (props.prune ?? true) ? settledRetention(retention) : undefined,
    includePki: props.includePki ?? true,
    password: props.repositoryPassword ?? SecretRef.of(DEFAULT_SECRET, 'repository-password'),
    timeoutSeconds: props.timeout?.toSeconds() ?? DEFAULT_TIMEOUT_SECONDS,
    resticImage: props.resticImage ?? cluster._image(images.restic),
    etcdImage: props.etcdImage ?? runningEtcdImage(cluster),
    known: runningEtcdImage(cluster),
    ...etcdFacts(cluster),
  };
}

/** What the backup takes over from the etcd that runs, or from kubeadm's defaults. */
export function etcdFacts(cluster: Cluster): { quotaBytes: number; dataDir: string } {
  const quota = etcdArgument(cluster, 'quota-backend-bytes');
  return {
    quotaBytes: quota === undefined ? etcdRow(cluster).quotaBackendBytes.value : Number(quota),
    dataDir: cluster._summary('etcd')?.dataDir ?? KUBEADM_DATA_DIR,
  };
}

/** The image of the etcd that runs: kubeadm's, with the user's tag if there is one. */
export function runningEtcdImage(cluster: Cluster): string {
  const pin = kubeadmImages(cluster.kubernetesVersion.patch).find(
    ({ component }): boolean => component === 'etcd',
  ) as ImagePin;
  const asked = cluster._summary('etcd')?.kubeadmLocal.imageTag as string | undefined;
  return cluster._image({ ...pin, tag: etcdTag(cluster, asked) });
}

/** The machine whose directory it is; undefined for a bucket and for a shared directory. */
export function directoryMachine({ cluster, target }: EtcdBackupProps): Machine | undefined {
  const { _directory: directory } = target;
  return directory === undefined || directory.shared === true
    ? undefined
    : cluster.controlPlanes.find(
        ({ name }) => directory.machine === undefined || name === directory.machine,
      );
}

export function settledRetention(given: EtcdBackupRetention): Required<EtcdBackupRetention> {
  return {
    keepLast: given.keepLast ?? 6,
    keepHourly: given.keepHourly ?? 48,
    keepDaily: given.keepDaily ?? 30,
    keepWeekly: given.keepWeekly ?? 0,
    keepMonthly: given.keepMonthly ?? 0,
  };
}

function settledTarget(
  { cluster, target }: EtcdBackupProps,
  machine?: Machine,
): Pick<BackupChoices, 'label' | 'repository' | 's3' | 'directory'> {
  const { _s3: s3, _path: path } = target;
  if (s3 === undefined) {
    return {
      label: `${path} ${machine === undefined ? 'of every control plane' : `of ${machine.name}`}`,
      repository: '/repository',
      directory: { path: path!, machine },
    };
  }
  return {
    label: `bucket ${s3.bucket} at ${s3.endpoint}`,
    repository: `s3:${s3.endpoint}/${s3.bucket}/${s3.prefix ?? cluster.clusterName}`,
    s3: {
      ...s3,
      accessKeyId: s3.accessKeyId ?? SecretRef.of(DEFAULT_SECRET, 'access-key-id'),
      secretAccessKey: s3.secretAccessKey ?? SecretRef.of(DEFAULT_SECRET, 'secret-access-key'),
    },
  };
}
