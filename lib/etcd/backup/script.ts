import type { BackupChoices } from './choices';

/** What kubeadm calls the authorities' keys; all other certificates are made anew from them. */
export const PKI_FILES = [
  'ca.crt',
  'ca.key',
  'etcd/ca.crt',
  'etcd/ca.key',
  'front-proxy-ca.crt',
  'front-proxy-ca.key',
  'sa.key',
  'sa.pub',
] as const;

/** Where kubeadm keeps everything, and the key of encryption at rest if there is one. */
export const KUBERNETES = '/etc/kubernetes';
const ENCRYPTION = `${KUBERNETES}/encryption.conf`;
/** Where the pod sees things. */
export const SNAPSHOT_DIR = '/snapshot';
export const SNAPSHOT = `${SNAPSHOT_DIR}/etcd.db`;
export const REPOSITORY_DIR = '/repository';
export const ETCD_DIR = '/etcd';
/** The secrets as files: a line break at the end of one, as editors leave it, does no harm there. */
export const SECRETS_DIR = '/secrets';
export const secretFiles = {
  password: 'repository-password',
  accessKeyId: 'access-key-id',
  secretAccessKey: 'secret-access-key',
  caCertificate: 'ca.crt',
} as const;
/** The tag by which snapshots of this backup are told from others in the repository. */
export const TAG = 'etcd';

/**
 * What the last container does. restic answers 10 only when there is no repository: a wrong password or
 * a store that cannot be reached must never start a new one.
 */
export function uploadScript(clusterName: string, choices: BackupChoices): string {
  const { directory, includePki } = choices;
  return [
    'set -eu',
    ...(directory === undefined ? storeKeys() : diskCheck(directory.path)),
    ...SUM_CHECK,
    '# Locks of runs that died; those of others that are at work stay.',
    'code=0',
    'restic unlock || code=$?',
    'case "$code" in',
    '  0) ;;',
    '  10) restic init ;;',
    '  *) exit "$code" ;;',
    'esac',
    `set -- ${SNAPSHOT}`,
    ...(includePki
      ? [
          '# restic skips what is not there, and calls it a success.',
          `for file in ${PKI_FILES.join(' ')}; do`,
          `  file="${KUBERNETES}/pki/$file"`,
          '  if [ ! -r "$file" ]; then',
          '    echo "$file is not there; with includePki: false the snapshot is saved alone" >&2',
          '    exit 1',
          '  fi',
          '  set -- "$@" "$file"',
          'done',
          `if [ -e ${ENCRYPTION} ]; then`,
          `  set -- "$@" ${ENCRYPTION}`,
          'fi',
        ]
      : []),
    `restic backup --retry-lock 5m --host ${clusterName} --tag ${TAG} --group-by host,tags "$@"`,
    ...forget(clusterName, choices),
    '',
  ].join('\n');
}

/** What etcdutl looks at is the structure; the sum is what tells a changed byte, and what a restore asks. */
const SUM_CHECK = [
  '# etcd puts the sum of a snapshot behind it; a restore refuses a file with another one.',
  `size=$(stat -c %s ${SNAPSHOT})`,
  `have=$(head -c $((size - 32)) ${SNAPSHOT} | sha256sum | cut -d ' ' -f 1)`,
  `want=$(tail -c 32 ${SNAPSHOT} | od -A n -t x1 | tr -d ' \\n')`,
  'if [ "$have" != "$want" ]; then',
  "  echo 'the snapshot is damaged: its sum is not the one that etcd gave it' >&2",
  '  exit 1',
  'fi',
];

function storeKeys(): string[] {
  const { accessKeyId, secretAccessKey } = secretFiles;
  return [
    `AWS_ACCESS_KEY_ID=$(cat ${SECRETS_DIR}/${accessKeyId})`,
    `AWS_SECRET_ACCESS_KEY=$(cat ${SECRETS_DIR}/${secretAccessKey})`,
    'export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY',
  ];
}

function diskCheck(path: string): string[] {
  return [
    `if [ "$(stat -c %d ${REPOSITORY_DIR})" = "$(stat -c %d ${ETCD_DIR})" ]; then`,
    `  echo '${path} is on the disk of etcd; mount another one there' >&2`,
    '  exit 1',
    'fi',
  ];
}

function forget(clusterName: string, { retention }: BackupChoices): string[] {
  if (retention === undefined) {
    return [];
  }
  const flags = {
    last: retention.keepLast,
    hourly: retention.keepHourly,
    daily: retention.keepDaily,
    weekly: retention.keepWeekly,
    monthly: retention.keepMonthly,
  };
  const keep = Object.entries(flags)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `--keep-${kind} ${count}`);
  return [
    `restic forget --retry-lock 5m --host ${clusterName} --tag ${TAG} --group-by host,tags ${keep.join(' ')} --prune`,
  ];
}
