export * from './calico-options';
export * from './tuned-calico';
