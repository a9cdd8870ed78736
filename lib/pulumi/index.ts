// The public face of `cdk8s-groundwork/pulumi`. The root of the package never loads it: Pulumi's packages
// are optional peers.
import './peers';

export * from './adapter';
export * from './outputs';
export * from './secrets';
export * from './stack';
