export * from './kernel/profile';
export * from './nic/options';
export * from './node-bootstrap';
export * from './node-bootstrap-props';
