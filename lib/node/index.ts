export * from './binaries/source';
export * from './control-plane/options';
export * from './firewall/options';
export * from './kernel/profile';
export * from './kubelet/options';
export * from './nic/options';
export * from './node-bootstrap';
export * from './node-bootstrap-props';
