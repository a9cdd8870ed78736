export { FluxSourceKind, GitOps, GitOpsEngine, type FluxOptions } from './gitops/gitops';
export * from './groundwork-app';
export * from './nvme-control-plane';
