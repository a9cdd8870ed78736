import { VolumeFilesystem } from './options';
import { Tuning, tuned } from '../cluster';

export type StorageTuning = ReturnType<typeof storageTuning>;

/** What is decided for every class, volume and policy. */
export function storageTuning() {
  return new Tuning({
    volumeBindingMode: tuned(
      'StorageClass.volumeBindingMode',
      'WaitForFirstConsumer',
      'Immediate',
      'a volume is chosen where its pod can run: chosen before, it may lie on a machine that the pod does not fit on',
      'https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode',
    ),
    localReclaimPolicy: tuned(
      'PersistentVolume.spec.persistentVolumeReclaimPolicy',
      'Retain',
      'Delete where a class makes the volume, else the same',
      'nothing in the cluster can empty a local disk: with Delete the volume fails, and its data is there all the same',
      'https://kubernetes.io/docs/concepts/storage/volumes/#local',
    ),
    volumeMode: tuned(
      'PersistentVolume.spec.volumeMode',
      'Filesystem',
      'the same',
      'the disk is mounted by the machine, which a pod never is',
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-mode',
    ),
    accessModes: tuned(
      'PersistentVolume.spec.accessModes',
      ['ReadWriteOnce'],
      'none: a volume has to say it',
      'a disk in one machine is for pods of one machine',
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
    ),
    failurePolicy: tuned(
      'ValidatingAdmissionPolicy.spec.failurePolicy',
      'Fail',
      'the same',
      'what cannot be judged is not let in; it is judged inside the API server, so nothing can be away',
      'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#failure-policy',
    ),
    audit: tuned(
      'ValidatingAdmissionPolicyBinding.spec.validationActions',
      'Audit',
      'none: a binding has to say it',
      'beside refusing or warning, the audit log says what was outside',
      'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions',
    ),
  });
}

/** How disks for volumes are formatted and mounted. */
export function volumeDiskTuning(filesystem: VolumeFilesystem) {
  const xfs = filesystem === VolumeFilesystem.XFS;
  return new Tuning({
    filesystem: tuned(
      'dataDisks.filesystem',
      filesystem,
      'ext4 where kubelet formats a disk',
      xfs
        ? 'mkfs.xfs refuses a disk that holds a filesystem: a second lock besides our own checks'
        : 'asked for; mkfs.ext4 overwrites without a question when no terminal is attached, so only our own checks protect the disk',
      'mkfs.xfs(8), mke2fs(8)',
    ),
    mkfs: tuned(
      `dataDisks.mkfs.${filesystem}`,
      xfs ? '-q -K' : '-q -m 0 -E nodiscard',
      xfs ? 'discards every block first' : '5 % reserved for root, discards every block first',
      `no discard: nothing but the new filesystem's own blocks is touched${xfs ? '' : '; no part is kept for root'}`,
      'mkfs.xfs(8), mke2fs(8)',
    ),
    options: tuned(
      'dataDisks.mount.Options',
      'noatime,nodev,nosuid',
      'relatime',
      'no write for a read, and no device or set-user-id program that a pod left behind works outside of it',
      'mount(8)',
    ),
  });
}
