export * from './etcd-on-nvme';
export * from './filesystem';
