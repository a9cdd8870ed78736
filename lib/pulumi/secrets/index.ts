export * from './bootstrap-tokens';
export * from './cluster-pki';
export * from './cluster-secrets';
export * from './kubeconfig';
export * from './sealed-boot-data';
export * from './secrets-file';
