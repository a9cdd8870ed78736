/** Filesystem of the etcd disk, in the words of `mkfs` and `mount`. */
export enum EtcdFilesystem {
  /** XFS. Its `mkfs` refuses a disk that holds a filesystem, a second lock besides our own checks. */
  XFS = 'xfs',
  /** ext4. Its `mkfs` overwrites without a question when no terminal is attached; only our own checks stand before it. */
  EXT4 = 'ext4',
}
