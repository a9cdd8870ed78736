/** Units that prepare the disks of etcd, which others that prepare disks wait for. */
export const ETCD_PREPARE_UNITS = [
  'etcd-disk-prepare.service',
  'etcd-wal-disk-prepare.service',
] as const;
