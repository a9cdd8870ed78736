export * from './etcd-alerts';
export * from './options';
