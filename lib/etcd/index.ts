export * from './alerts';
export * from './backup';
export * from './etcd-on-nvme';
export * from './filesystem';
