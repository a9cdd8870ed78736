export * from './dns-options';
export * from './node-local-dns';
export * from './pod-dns';
