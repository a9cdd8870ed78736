export * from './cluster/public';
