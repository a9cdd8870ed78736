// `cdk8s-groundwork/pulumi/policies`: for policy packs, which are programs of their own and have
// @pulumi/policy.
import './peers';

export { findingsOf, type FindingRow } from './findings';
export { groundworkPolicies } from './groundwork-policies';
export { type GroundworkPolicyOptions, type ResidencyOptions } from './options';
export { startGroundworkPolicies } from './pack';
