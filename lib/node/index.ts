export * from './node-bootstrap';
export * from './node-bootstrap-props';
