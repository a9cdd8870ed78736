export * from './calico/address-autodetection';
export * from './calico/bgp-options';
export * from './calico/calico-options';
export * from './calico/dataplane-options';
export * from './calico/felix-options';
export * from './calico/policy-options';
export * from './calico/pool-options';
export * from './calico/tuned-calico';
