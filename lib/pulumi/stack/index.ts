export { ApiProbe, ApiReady, type ApiReadyArgs, type ApiReadyOptions } from './api-ready';
export * from './kubernetes-access';
export * from './machine-factory';
export { OnDestroy, type NetworkingOptions } from './networking-options';
export {
  NodeConfigSync,
  type NodeConfigSyncArgs,
  type NodeConfigSyncOptions,
} from './node-config-sync';
export * from './nvme-control-plane-stack';
export * from './nvme-control-plane-stack-args';
export * from './room-stacks';
export * from './rooms-stack';
export { type SshAccess, type SshTarget } from './ssh-access';
