import type { EtcdMinor } from '../catalog';
import { tuned, Tuning, type Decision } from '../cluster';
import { MOUNT_POINT } from './disk';
import { featureGates, TLS_FLOOR } from './extra-args';
import { EtcdFilesystem } from './filesystem';
import type { Timers } from './timers';

const ARG = 'ClusterConfiguration.etcd.local.extraArgs';
const KUBEADM = 'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go';
const TUNING_GUIDE = 'https://etcd.io/docs/v3.6/tuning/';

/** What the tuned values follow from. */
export interface TuningFacts extends Timers {
  readonly etcd: EtcdMinor;
  readonly roundTripMs: number;
  readonly quotaBytes: number;
  readonly extraArgs: Readonly<Record<string, string>>;
}

/** What etcd is started with; the rows become `etcd.local` of kubeadm's ClusterConfiguration. */
export function etcdTuning(facts: TuningFacts) {
  const { etcd, extraArgs } = facts;
  return new Tuning({
    dataDir: tuned(
      'ClusterConfiguration.etcd.local.dataDir',
      `${MOUNT_POINT}/data`,
      MOUNT_POINT,
      'a directory below the mount point: kubeadm refuses a data directory that is not empty, and the root of an ext4 filesystem holds lost+found',
      'https://github.com/kubernetes/kubeadm/issues/2127',
    ),
    heartbeat: tuned(
      `${ARG}.heartbeat-interval`,
      String(facts.heartbeatMs),
      String(etcd.heartbeatIntervalMs.value),
      `milliseconds; no shorter than the round trip of ${facts.roundTripMs} ms and no shorter than etcd's own, whatever the disk can do`,
      TUNING_GUIDE,
    ),
    election: tuned(
      `${ARG}.election-timeout`,
      String(facts.electionMs),
      String(etcd.electionTimeoutMs.value),
      'milliseconds; ten heartbeats and ten round trips, so that jitter is not taken for a dead leader; the same on every member',
      TUNING_GUIDE,
    ),
    quota: tuned(
      `${ARG}.quota-backend-bytes`,
      String(facts.quotaBytes),
      String(etcd.quotaBackendBytes.value),
      'the database may fill half the memory of the smallest control plane and fits twice on its disk, because defragmenting writes a second copy; etcd itself warns above 8 GiB',
      'https://etcd.io/docs/v3.6/dev-guide/limit/',
    ),
    gates: tuned(
      `${ARG}.feature-gates`,
      featureGates(extraArgs['feature-gates']),
      'InitialCorruptCheck=true',
      "InitialCorruptCheck is kubeadm's and must be repeated, because an extra argument replaces the whole list; CompactHashCheck compares the members after every compaction at next to no cost",
      `${KUBEADM}; ${etcd.featureGates.source}`,
    ),
    tls: tuned(
      `${ARG}.tls-min-version`,
      extraArgs['tls-min-version'] ?? TLS_FLOOR,
      'TLS1.2',
      'only API servers, etcdctl and other members connect, and all of them have spoken TLS 1.3 for years',
      'etcd-io/etcd server/embed/config.go',
    ),
  });
}

/** The user's own flags, so that the report leaves none out. */
export function extraArgDecisions(
  path: string,
  extraArgs: Readonly<Record<string, string>>,
): Decision[] {
  return Object.keys(extraArgs)
    .filter((name) => name !== 'feature-gates' && name !== 'tls-min-version')
    .sort()
    .map((name) => ({
      path,
      key: `${ARG}.${name}`,
      value: extraArgs[name]!,
      upstream: "etcd's or kubeadm's own",
      why: 'asked for in extraArgs',
      source: 'extraArgs',
    }));
}

/** How the disk is made and mounted. */
export function diskTuning(filesystem: EtcdFilesystem) {
  const xfs = filesystem === EtcdFilesystem.XFS;
  return new Tuning({
    filesystem: tuned(
      'var-lib-etcd.mount.Type',
      filesystem,
      'none: kubeadm uses the filesystem that is there',
      xfs
        ? 'mkfs.xfs refuses a disk that holds a filesystem: a second lock besides our own checks'
        : 'asked for; mkfs.ext4 overwrites without a question when no terminal is attached, so only our own checks protect the disk',
      'mkfs.xfs(8), mke2fs(8)',
    ),
    mkfs: tuned(
      `mkfs.${filesystem}`,
      xfs ? '-q -K' : '-q -m 0 -i 1048576 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0',
      xfs
        ? 'discards every block first'
        : '5 % reserved, an inode per 16 KiB, tables written later in the background',
      xfs
        ? "no discard: nothing but the new filesystem's own blocks is touched"
        : "no discard: nothing but the new filesystem's own blocks is touched; no blocks kept for root, few inodes for few files, and no background writes beside the first fsyncs",
      'mkfs.xfs(8), mke2fs(8)',
    ),
    options: tuned(
      'var-lib-etcd.mount.Options',
      `noatime,nodev,nosuid,noexec${xfs ? '' : ',errors=remount-ro'}`,
      'relatime',
      `no write for a read, and nothing to run from it; barriers stay on, and never nofail: etcd would start on the root disk${
        xfs ? '' : '; a damaged filesystem stops etcd instead of serving what is left'
      }`,
      'mount(8)',
    ),
  });
}

/** The `etcd.local` part of kubeadm's ClusterConfiguration, v1beta4. */
export function kubeadmLocal(
  tuning: ReturnType<typeof etcdTuning>,
  extraArgs: Readonly<Record<string, string>>,
  imageTag?: string,
): Record<string, unknown> {
  const args: Record<string, string> = {
    ...extraArgs,
    'election-timeout': tuning.get('election'),
    'feature-gates': tuning.get('gates'),
    'heartbeat-interval': tuning.get('heartbeat'),
    'quota-backend-bytes': tuning.get('quota'),
    'tls-min-version': tuning.get('tls'),
  };
  return {
    dataDir: tuning.get('dataDir'),
    extraArgs: Object.keys(args)
      .sort()
      .map((name) => ({ name, value: args[name] })),
    ...(imageTag === undefined ? {} : { imageTag }),
  };
}
