import type { BackupChoices } from './choices';
import type { EtcdBackupOptions } from './options';
import { PKI_FILES } from './script';
import { tuned, Tuning } from '../../cluster';

const SPEC = 'CronJob.spec';
const JOB = `${SPEC}.jobTemplate.spec`;
const POD = `${JOB}.template.spec`;
const CRON = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
const RESTIC = 'https://restic.readthedocs.io/en/stable/';
const ETCDUTL = 'etcd-io/etcd etcdutl/snapshot/v3_snapshot.go v3.6';
const GIB = 1024 ** 3;

/** Every value of the CronJob that is not a fact of the cluster. */
export function backupTuning(options: EtcdBackupOptions, choices: BackupChoices) {
  const { longestGapSeconds, retention, quotaBytes, includePki, directory } = choices;
  const chosen = (given: unknown, why: string) =>
    given === undefined ? why : 'chosen in the spec';
  return new Tuning({
    schedule: tuned(
      `${SPEC}.schedule`,
      choices.cron,
      'none',
      `${chosen(options.schedule, 'not at a full hour, when everybody writes')}; changes of up to ${hours(longestGapSeconds)} can be lost with the cluster`,
      CRON,
    ),
    timeZone: tuned(
      `${SPEC}.timeZone`,
      'Etc/UTC',
      "that of the controller manager's machine",
      'no hour is skipped or comes twice with daylight saving',
      CRON,
    ),
    concurrencyPolicy: tuned(
      `${SPEC}.concurrencyPolicy`,
      'Forbid',
      'Allow',
      'two runs would wait for each other at the lock of the repository',
      CRON,
    ),
    startingDeadline: tuned(
      `${SPEC}.startingDeadlineSeconds`,
      // Half the gap: a run that is later than that is nearly the next one.
      Math.min(3600, Math.floor(longestGapSeconds / 2)),
      'none: after 100 missed runs the controller stops trying',
      'a run that was missed while the control plane was away is made up for, unless the next one is near',
      CRON,
    ),
    successes: tuned(
      `${SPEC}.successfulJobsHistoryLimit`,
      1,
      '3',
      'its log shows the last snapshot',
      CRON,
    ),
    failures: tuned(
      `${SPEC}.failedJobsHistoryLimit`,
      3,
      '1',
      'whether it fails always or sometimes is the first question',
      CRON,
    ),
    timeout: tuned(
      `${JOB}.activeDeadlineSeconds`,
      choices.timeoutSeconds,
      'none',
      `${chosen(options.timeout, 'a snapshot takes seconds, a first upload minutes')}; a run that hangs keeps the next ones from starting`,
      CRON,
    ),
    retries: tuned(
      `${JOB}.backoffLimit`,
      2,
      '6',
      'a new pod may land on another control plane; what fails three times waits for the next run',
      'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
    ),
    restartPolicy: tuned(
      `${POD}.restartPolicy`,
      'Never',
      'none for Jobs',
      'the snapshot of a failed try goes with its pod, and its log stays',
      'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
    ),
    hostNetwork: tuned(
      `${POD}.hostNetwork`,
      true,
      'false',
      'etcd answers control planes only, and here on the loopback address; nor does a network policy hold back a pod on the network of the machine',
      'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go v1.36.1',
    ),
    dnsPolicy: tuned(
      `${POD}.dnsPolicy`,
      'Default',
      'ClusterFirst',
      "the store is outside of the cluster: the machine's resolvers know it, also while cluster DNS is away",
      'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
    ),
    priority: tuned(
      `${POD}.priorityClassName`,
      'system-cluster-critical',
      'none',
      'the backup runs when the machine is full, too',
      'https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/',
    ),
    token: tuned(
      `${POD}.automountServiceAccountToken`,
      false,
      'true',
      'nothing in it asks the API server',
      'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
    ),
    serviceLinks: tuned(
      `${POD}.enableServiceLinks`,
      false,
      'true',
      'nothing in it reads addresses of Services',
      'https://kubernetes.io/docs/concepts/services-networking/service/',
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
      'none',
      'etcd and its keys are on control planes only',
      'kubernetes/kubernetes cmd/kubeadm/app/constants/constants.go',
    ),
    podSecurity: tuned(
      `${POD}.securityContext`,
      {
        runAsUser: 0,
        runAsGroup: 0,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      "the image's user, no profile",
      'root, because the keys are readable by root alone (0600), and nothing else that root could do: see the containers',
      'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    ),
    containerSecurity: tuned(
      `${POD}.*.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
      'the capabilities of the container runtime',
      'it reads files that belong to root and writes to directories of its own: no capability is needed for either',
      'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    ),
    pullPolicy: tuned(
      `${POD}.*.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent for a tag other than latest',
      'the backup runs while the registry is away',
      'https://kubernetes.io/docs/concepts/containers/images/',
    ),
    etcdResources: tuned(
      `${POD}.initContainers.resources`,
      { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
      'none',
      'the snapshot is streamed; checking it maps the file and remembers each key once',
      ETCDUTL,
    ),
    resticResources: tuned(
      `${POD}.containers.resources`,
      { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
      'none',
      'restic keeps the index of the repository in memory; no limit on CPU, which would only lengthen the run',
      `${RESTIC}faq.html`,
    ),
    snapshotSpace: tuned(
      `${POD}.volumes[snapshot].emptyDir.sizeLimit`,
      `${Math.ceil(quotaBytes / GIB) + 1}Gi`,
      'none',
      "the quota of etcd and 1 GiB; it is on the kubelet's disk, unencrypted like the database itself, and goes with the pod",
      ETCDUTL,
    ),
    cacheSpace: tuned(
      `${POD}.volumes[tmp].emptyDir.sizeLimit`,
      '2Gi',
      'none',
      "restic's cache and packs that are being written",
      `${RESTIC}manual_rest.html`,
    ),
    retention: tuned(
      'restic.forget',
      retention === undefined ? 'never' : keepText(retention),
      'everything is kept',
      retention === undefined
        ? 'chosen in the spec: the key of the cluster deletes nothing, the store lets snapshots expire'
        : chosen(
            options.retention,
            'an error of yesterday has its hour, one of last month its day; equal blocks are stored once',
          ),
      `${RESTIC}060_forget.html`,
    ),
    pki: tuned(
      'restic.backup.keys',
      includePki ? PKI_FILES.join(' ') : 'none',
      'none',
      includePki
        ? 'without them a snapshot restores on no new machine: every certificate and token of the cluster would be worthless, and Secrets that are encrypted at rest unreadable'
        : 'chosen in the spec: the keys are kept elsewhere',
      'https://kubernetes.io/docs/setup/best-practices/certificates/',
    ),
    tool: tuned(
      'restic.repository',
      choices.repository,
      'none',
      `one maintained tool encrypts on the machine, stores equal blocks once, deletes by rules and speaks S3${
        directory === undefined ? '' : '; the directory is another disk'
      }; it never starts a repository unless the store says that there is none`,
      `${RESTIC}070_encryption.html`,
    ),
  });
}

export type BackupTuning = ReturnType<typeof backupTuning>;

function keepText(retention: NonNullable<BackupChoices['retention']>): string {
  return Object.entries(retention)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** A time for people. */
export function hours(seconds: number): string {
  const [size, unit] =
    seconds % 86_400 === 0
      ? [86_400, 'day']
      : seconds % 3600 === 0
        ? [3600, 'hour']
        : [60, 'minute'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
