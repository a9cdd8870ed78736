// What users of the library see of this room. The rest is the spine that the other rooms stand on.
export * from './api-endpoint';
export * from './cluster';
export * from './cluster-props';
export * from './component';
export * from './decision';
export * from './etcd-disk';
export * from './finding';
export * from './kubernetes-version';
export * from './ledger';
export * from './machine';
export * from './operating-system';
export * from './phase';
export * from './requirement';
export * from './underlay';
export * from './vocabulary';
export * from './zone';
