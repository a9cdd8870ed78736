export * from './calico/calico-options';
export * from './calico/tuned-calico';
