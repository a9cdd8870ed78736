export * from './etcd-backup';
export * from './options';
export * from './target';
