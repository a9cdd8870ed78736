export { Adoption, type AdoptionRule } from './adoption';
export { ADOPT_ANNOTATION, AWAIT_ANNOTATION, AWAIT_TIMEOUT_ANNOTATION } from './annotations';
export type { AwaitPolicy, AwaitRule } from './await-policy';
export * from './cdk8s-stack';
export type { KubeManifest } from './identity';
export { KubeObject } from './kube-object';
export type { ObjectSelector } from './selector';
