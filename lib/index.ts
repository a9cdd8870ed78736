// The public face: re-exports only.
export * from './cluster/public';
export * from './cni';
export * from './control-plane';
export * from './dns';
export * from './doctor/public';
export * from './etcd';
export * from './ingress';
export * from './loadbalancer';
export * from './node';
export * from './proxy';
export * from './storage';
