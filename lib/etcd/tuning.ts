import { etcdLimits } from '../catalog';
import { tuned, Tuning, type Decision } from '../cluster';
import { DATA, DATA_DIR, type Place } from './disk';
import { EtcdFilesystem } from './filesystem';
import { FsyncGate } from './fsync-gate';
import { UDEV_RULES } from './udev';

/** The reason for what the user chose. */
export const ASKED = 'asked for in the spec';
const ARG = 'ClusterConfiguration.etcd.local.extraArgs';

/** Where the data lies. */
export const dataDirRow = tuned(
  'ClusterConfiguration.etcd.local.dataDir',
  DATA_DIR,
  DATA.mountPoint,
  'a directory below the mount point: kubeadm refuses a data directory that is not empty, and the root of an ext4 filesystem holds lost+found',
  'https://github.com/kubernetes/kubeadm/issues/2127',
);

/** The user's own flags, so that the report leaves none out. */
export function extraArgDecisions(
  path: string,
  extraArgs: Readonly<Record<string, string>>,
): Decision[] {
  return Object.keys(extraArgs)
    .filter((name) => name !== 'feature-gates')
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

/** How a disk is made and mounted. */
export function diskTuning(filesystem: EtcdFilesystem, place: Place = DATA) {
  const xfs = filesystem === EtcdFilesystem.XFS;
  return new Tuning({
    filesystem: tuned(
      `${place.mountUnit}.Type`,
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
      `${place.mountUnit}.Options`,
      `noatime,nodev,nosuid,noexec${xfs ? '' : ',errors=remount-ro'}`,
      'relatime',
      `no write for a read, and nothing to run from it; barriers stay on, and never nofail: etcd would start on the root disk${
        xfs ? '' : '; a damaged filesystem stops etcd instead of serving what is left'
      }`,
      'mount(8)',
    ),
    scheduler: tuned(
      UDEV_RULES,
      'none',
      'none for NVMe, mq-deadline for a virtio or SCSI disk with one queue, or what the image sets for all disks',
      "one writer that waits for every write has nothing to be sorted; the order of requests is the drive's own business",
      'https://docs.kernel.org/block/switching-sched.html',
    ),
  });
}

/** How fsync is measured and judged. */
export function fsyncTuning(mode: FsyncGate) {
  return new Tuning({
    job: tuned(
      'verify-etcd-fsync.fio',
      '--rw=write --ioengine=sync --fdatasync=1 --bs=2300 --size=22m --runtime=20 --percentile_list=50:99:99.9',
      'none: etcd finds out when it runs',
      "small writes to the end of a file, each followed by fdatasync, as etcd's log writes them; 10,000 of them, or as many as fit into 20 s: at 10 ms, where it fails, the slowest 1 % are still 20",
      'https://etcd.io/docs/v3.6/op-guide/hardware/',
    ),
    warnNs: tuned(
      'verify-etcd-fsync.warn',
      etcdLimits.fsyncFastNs.value,
      'none',
      "nanoseconds; 99 of 100 below 1 ms is what a drive with power-loss protection does, and etcd's own metrics have no finer bucket",
      'etcd-io/etcd server/storage/wal/metrics.go',
    ),
    stopNs: tuned(
      'verify-etcd-fsync.stop',
      etcdLimits.fsyncUnsafeNs.value,
      '10 ms, as advice',
      `nanoseconds; above 10 ms a busy leader misses its own heartbeats${
        mode === FsyncGate.WARN ? '; asked for: it is only said' : ''
      }`,
      'https://etcd.io/docs/v3.6/faq/',
    ),
  });
}
