import type { CronJob } from 'kubernetes-types/batch/v1';
import type {
  Container,
  EnvVar,
  PodSpec,
  Volume,
  VolumeMount,
  VolumeProjection,
} from 'kubernetes-types/core/v1';
import { NAME, NAMESPACE, type BackupChoices } from './choices';
import {
  ETCD_DIR,
  KUBERNETES,
  REPOSITORY_DIR,
  secretFiles,
  SECRETS_DIR,
  SNAPSHOT,
  SNAPSHOT_DIR,
  uploadScript,
} from './script';
import type { BackupTuning } from './tuning';
import { COUNTRY_LABEL, type Cluster, type SecretRef } from '../../cluster';
import { loopbackUrl } from '../loopback';

const LABELS = { 'app.kubernetes.io/name': NAME };
const ETCD_PKI = `${KUBERNETES}/pki/etcd`;

/** Takes a snapshot, checks it, then encrypts and sends it. */
export function cronJob(cluster: Cluster, choices: BackupChoices, tuning: BackupTuning): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: LABELS,
      // By which a review of residency finds where the data goes.
      annotations: { [COUNTRY_LABEL]: choices.country },
    },
    spec: {
      schedule: tuning.get('schedule'),
      timeZone: tuning.get('timeZone'),
      concurrencyPolicy: tuning.get('concurrencyPolicy'),
      startingDeadlineSeconds: tuning.get('startingDeadline'),
      successfulJobsHistoryLimit: tuning.get('successes'),
      failedJobsHistoryLimit: tuning.get('failures'),
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: tuning.get('timeout'),
          backoffLimit: tuning.get('retries'),
          template: {
            metadata: { labels: LABELS },
            spec: podSpec(cluster, choices, tuning),
          },
        },
      },
    },
  };
}

function podSpec(cluster: Cluster, choices: BackupChoices, tuning: BackupTuning): PodSpec {
  const { imagePullSecrets } = cluster;
  const machine = choices.directory?.machine;
  return {
    restartPolicy: tuning.get('restartPolicy'),
    hostNetwork: tuning.get('hostNetwork'),
    dnsPolicy: tuning.get('dnsPolicy'),
    priorityClassName: tuning.get('priority'),
    automountServiceAccountToken: tuning.get('token'),
    enableServiceLinks: tuning.get('serviceLinks'),
    nodeSelector: {
      'node-role.kubernetes.io/control-plane': '',
      ...(machine === undefined ? {} : { 'kubernetes.io/hostname': machine.name }),
    },
    tolerations: tuning.get('tolerations'),
    securityContext: tuning.get('podSecurity'),
    ...(imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    initContainers: etcdContainers(cluster, choices, tuning),
    containers: [uploadContainer(cluster, choices, tuning)],
    volumes: volumes(choices, tuning),
  };
}

/** Programs by their own name: the image of etcd has no shell. */
function etcdContainers(
  cluster: Cluster,
  { etcdImage }: BackupChoices,
  tuning: BackupTuning,
): Container[] {
  const common = {
    image: etcdImage,
    imagePullPolicy: tuning.get('pullPolicy'),
    resources: tuning.get('etcdResources'),
    securityContext: tuning.get('containerSecurity'),
  };
  const snapshot = { name: 'snapshot', mountPath: SNAPSHOT_DIR };
  return [
    {
      name: 'snapshot',
      ...common,
      command: [
        'etcdctl',
        `--endpoints=${loopbackUrl(cluster, 'https', 2379)}`,
        `--cacert=${ETCD_PKI}/ca.crt`,
        `--cert=${ETCD_PKI}/healthcheck-client.crt`,
        `--key=${ETCD_PKI}/healthcheck-client.key`,
        'snapshot',
        'save',
        SNAPSHOT,
      ],
      volumeMounts: [snapshot, { name: 'etcd-pki', mountPath: ETCD_PKI, readOnly: true }],
    },
    {
      name: 'verify',
      ...common,
      command: ['etcdutl', '--write-out=table', 'snapshot', 'status', SNAPSHOT],
      volumeMounts: [{ ...snapshot, readOnly: true }],
    },
  ];
}

function uploadContainer(
  cluster: Cluster,
  choices: BackupChoices,
  tuning: BackupTuning,
): Container {
  const { s3, directory, includePki } = choices;
  const mounts: VolumeMount[] = [
    { name: 'snapshot', mountPath: SNAPSHOT_DIR, readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'secrets', mountPath: SECRETS_DIR, readOnly: true },
    ...(includePki ? [{ name: 'kubernetes', mountPath: KUBERNETES, readOnly: true }] : []),
    ...(directory === undefined
      ? []
      : [
          { name: 'repository', mountPath: REPOSITORY_DIR },
          { name: 'etcd', mountPath: ETCD_DIR, readOnly: true },
        ]),
  ];
  const env: EnvVar[] = [
    { name: 'RESTIC_REPOSITORY', value: choices.repository },
    { name: 'RESTIC_PASSWORD_FILE', value: `${SECRETS_DIR}/${secretFiles.password}` },
    { name: 'RESTIC_CACHE_DIR', value: '/tmp/cache' },
    ...(s3 === undefined ? [] : [{ name: 'AWS_DEFAULT_REGION', value: s3.region }]),
    ...(s3?.caCertificate === undefined
      ? []
      : [{ name: 'RESTIC_CACERT', value: `${SECRETS_DIR}/${secretFiles.caCertificate}` }]),
  ];
  return {
    name: 'upload',
    image: choices.resticImage,
    imagePullPolicy: tuning.get('pullPolicy'),
    command: ['/bin/sh', '-c', uploadScript(cluster.clusterName, choices)],
    env,
    resources: tuning.get('resticResources'),
    securityContext: tuning.get('containerSecurity'),
    volumeMounts: mounts,
  };
}

function volumes(choices: BackupChoices, tuning: BackupTuning): Volume[] {
  const { directory, includePki, dataDir } = choices;
  // Directory, not DirectoryOrCreate: what is not there must stop the run, not be made.
  const host = (name: string, path: string): Volume => ({
    name,
    hostPath: { path, type: 'Directory' },
  });
  return [
    { name: 'snapshot', emptyDir: { sizeLimit: tuning.get('snapshotSpace') } },
    { name: 'tmp', emptyDir: { sizeLimit: tuning.get('cacheSpace') } },
    { name: 'secrets', projected: { defaultMode: 0o400, sources: secretSources(choices) } },
    host('etcd-pki', ETCD_PKI),
    ...(includePki ? [host('kubernetes', KUBERNETES)] : []),
    ...(directory === undefined ? [] : [host('repository', directory.path), host('etcd', dataDir)]),
  ];
}

/** One file for each secret, whatever Secrets they are in. */
function secretSources({ password, s3 }: BackupChoices): VolumeProjection[] {
  const refs: Record<keyof typeof secretFiles, SecretRef | undefined> = {
    password,
    accessKeyId: s3?.accessKeyId,
    secretAccessKey: s3?.secretAccessKey,
    caCertificate: s3?.caCertificate,
  };
  return (Object.keys(secretFiles) as Array<keyof typeof secretFiles>).flatMap((name) => {
    const ref = refs[name];
    return ref === undefined
      ? []
      : [{ secret: { name: ref.secretName, items: [{ key: ref.key, path: secretFiles[name] }] } }];
  });
}
