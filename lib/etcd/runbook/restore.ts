import { initialCluster, type RunbookFacts, type RunbookMember } from './facts';
import { commands, part, see } from './sections';
import type { SecretRef } from '../../cluster';
import type { BackupChoices } from '../backup/choices';
import { NAME, NAMESPACE } from '../backup/choices';
import { SNAPSHOT, TAG } from '../backup/script';
import { hours } from '../backup/tuning';

const MANIFESTS = '/etc/kubernetes/manifests';
const ASIDE = '/root/manifests';
/** Higher than the revisions that clients have seen since the snapshot was taken. */
const BUMP = 1_000_000_000;

export function backupPart({ backup, cluster }: RunbookFacts): string {
  if (backup === undefined) {
    return part(
      'backup',
      'No backup is part of the spec: what is lost with all members is lost for good. `EtcdBackup` adds one; until then',
      `take snapshots by hand (${see('snapshot')}) and keep them elsewhere, with \`/etc/kubernetes/pki\` of one control plane.`,
    );
  }
  return part(
    'backup',
    `\`${NAME}\` in ${NAMESPACE} saves etcd ${backup.includePki ? 'and the keys of its authorities ' : ''}to ${backup.label} (${backup.country}), at`,
    `\`${backup.cron}\` UTC, at most ${hours(backup.longestGapSeconds)} apart. Everything in there is encrypted with the repository's`,
    'password. **Keep that password and the keys of the store outside of the cluster: after a total loss they are gone with it.**',
    '',
    'Once, with the values in files so that they do not stay in the history of a shell:',
    '',
    commands(...secretCommands(backup)),
    'A run now, and what it said:',
    '',
    commands(
      `kubectl -n ${NAMESPACE} create job --from=cronjob/${NAME} ${NAME}-now`,
      `kubectl -n ${NAMESPACE} logs --all-containers --prefix --follow job/${NAME}-now`,
      `kubectl -n ${NAMESPACE} delete job ${NAME}-now`,
    ),
    'What is there, and whether all of it can be read, from a machine that has `restic` (0.14 or newer) and is no part of',
    'the cluster. Do it once a month, with a restore of one snapshot into an empty directory:',
    '',
    commands(
      ...repositoryExports(backup),
      'restic snapshots',
      'restic check --read-data-subset=10%',
    ),
    fetchText(cluster, backup),
  );
}

function secretCommands({ password, s3 }: BackupChoices): string[] {
  const refs = [password, s3?.accessKeyId, s3?.secretAccessKey, s3?.caCertificate].filter(
    (ref): ref is SecretRef => ref !== undefined,
  );
  const names = [...new Set(refs.map(({ secretName }) => secretName))];
  return names.map((name) =>
    [
      `kubectl -n ${NAMESPACE} create secret generic ${name}`,
      ...refs
        .filter(({ secretName }) => secretName === name)
        .map(({ key }) => `--from-file=${key}=./${key}`),
    ].join(' '),
  );
}

function repositoryExports({ repository, directory, s3, password }: BackupChoices): string[] {
  return [
    `export RESTIC_REPOSITORY=${directory?.path ?? repository} RESTIC_PASSWORD_FILE=./${password.key}`,
    ...(s3 === undefined
      ? []
      : [
          `export AWS_DEFAULT_REGION=${s3.region} AWS_ACCESS_KEY_ID="$(cat ./${s3.accessKeyId.key})" AWS_SECRET_ACCESS_KEY="$(cat ./${s3.secretAccessKey.key})"`,
          ...(s3.caCertificate === undefined
            ? []
            : [`export RESTIC_CACERT=./${s3.caCertificate.key}`]),
        ]),
  ];
}

function fetchText(cluster: string, { includePki }: BackupChoices): string {
  return [
    `The newest snapshot, as \`/root/etcd.db\`${includePki ? ', and the keys below `/root/restore/etc/kubernetes`' : ''} (another one: its id instead of \`latest\`):`,
    '',
    commands(
      'umask 077',
      `restic restore latest --host ${cluster} --tag ${TAG} --target /root/restore`,
      `install -m 0600 /root/restore${SNAPSHOT} /root/etcd.db`,
      'etcdutl snapshot status /root/etcd.db --write-out=table',
    ),
  ].join('\n');
}

export function restorePart(facts: RunbookFacts): string {
  const { members, backup, ownMachines, cluster, quorum } = facts;
  const where = backup === undefined ? '' : ` (${see('backup')} says how to fetch it)`;
  const all = members.length === 1 ? 'the control plane' : `all ${members.length} control planes`;
  return part(
    'restore',
    `Only when fewer than ${quorum} ${members.length === 1 ? 'member' : 'members'} can ever come back: everything since the snapshot is lost, and with a quorum`,
    `${see('replaceMember')} loses nothing.`,
    '',
    ...newMachines(facts),
    `1. The same snapshot${where} as \`/root/etcd.db\` on ${all}, and the programs (${see('tools')}). The sums must be equal:`,
    '',
    commands('sha256sum /root/etcd.db', 'etcdutl snapshot status /root/etcd.db --write-out=table'),
    `2. On ${all}, stop everything that writes. Go on when the last command prints nothing, everywhere:`,
    '',
    commands(
      `mkdir -p ${ASIDE}`,
      `mv ${MANIFESTS}/kube-apiserver.yaml ${MANIFESTS}/kube-controller-manager.yaml ${MANIFESTS}/kube-scheduler.yaml ${MANIFESTS}/etcd.yaml ${ASIDE}/`,
      "crictl ps --quiet --name '^(etcd|kube-apiserver)$'",
    ),
    '3. On each machine its own commands. The token is a word that this cluster never had, the same on all: with a new one',
    '   no member of the old cluster, should it come back, talks to the new ones. The revision jumps ahead, so that',
    '   every client notices and reads everything anew.',
    '',
    ...members.flatMap((member) => [
      `   ${member.name}:`,
      '',
      commands(`token=${cluster}-restored-1`, ...restoreCommands(facts, member)),
    ]),
    `4. On ${all}: etcd back, and when all are healthy the rest:`,
    '',
    commands(
      `mv ${ASIDE}/etcd.yaml ${MANIFESTS}/`,
      'etcdctl endpoint health',
      `mv ${ASIDE}/kube-apiserver.yaml ${ASIDE}/kube-controller-manager.yaml ${ASIDE}/kube-scheduler.yaml ${MANIFESTS}/`,
    ),
    '5. On every machine of the cluster, workers too: `systemctl restart kubelet`. Then `kubectl get nodes`, `kubectl get pods -A`,',
    `   and ${ownMachines ? '`apply.sh`' : 'the manifests'} once more: what was applied after the snapshot is not in it.`,
    `6. After some days: \`rm -rf ${facts.dataDir}.before-restore\`${facts.walDir === undefined ? '' : ` and \`${facts.walDir}.before-restore\``}, and \`/root/etcd.db\` everywhere.`,
  );
}

/** What one machine does; the data of before stays beside the new one. */
export function restoreCommands(facts: RunbookFacts, { name, peerUrl }: RunbookMember): string[] {
  const { dataDir, walDir } = facts;
  return [
    `[ ! -e ${dataDir} ] || mv ${dataDir} ${dataDir}.before-restore`,
    ...(walDir === undefined
      ? []
      : [`[ ! -e ${walDir} ] || mv ${walDir} ${walDir}.before-restore`]),
    [
      'etcdutl snapshot restore /root/etcd.db',
      `--name ${name}`,
      `--initial-cluster ${initialCluster(facts)}`,
      '--initial-cluster-token "$token"',
      `--initial-advertise-peer-urls ${peerUrl}`,
      `--data-dir ${dataDir}`,
      ...(walDir === undefined ? [] : [`--wal-dir ${walDir}`]),
      `--bump-revision ${BUMP} --mark-compacted`,
    ].join(' \\\n  '),
    `chown -R root:root ${dataDir}${walDir === undefined ? '' : ` ${walDir}`}`,
    `chmod 0700 ${dataDir}`,
  ];
}

function newMachines({ ownMachines, backup }: RunbookFacts): string[] {
  const keys =
    backup?.includePki === true
      ? 'those of the sealed folder, or those of the backup in `/etc/groundwork/secrets/pki` of the first'
      : 'those of the sealed folder';
  return ownMachines
    ? [
        `Machines that are new boot as the first time, with the keys of the lost cluster: ${keys}.`,
        'An empty cluster with the same authorities comes up, and the snapshot is restored over it. With other keys every',
        'kubelet, token and kubeconfig of the old cluster is refused.',
        '',
      ]
    : [
        'Machines that are new need the old `/etc/kubernetes/pki` before `kubeadm init`: with other authorities every kubelet,',
        'token and kubeconfig of the old cluster is refused.',
        '',
      ];
}
