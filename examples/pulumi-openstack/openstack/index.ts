// Stands in for @pulumi/openstack 3.15, so that this repository compiles without it. In a program of yours
// `npm install @pulumi/openstack` and import that instead: names, types and resources are the same.
export * as compute from './compute';
export * as networking from './networking';
