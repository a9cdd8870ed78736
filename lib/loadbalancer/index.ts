export * from './calico/calico-load-balancer';
export * from './calico/options';
export * from './metallb/metal-lb';
export * from './metallb/mode';
export * from './metallb/mode-options';
export * from './metallb/options';
