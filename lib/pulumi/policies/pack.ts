import { PolicyPack } from '@pulumi/policy';
import { groundworkPolicies } from './groundwork-policies';
import type { GroundworkPolicyOptions } from './options';

/**
 * Starts a policy pack with the policies of this library: the whole program of a folder with
 * PulumiPolicy.yaml and a package.json that has a version. The engine talks to it until it ends it. For a
 * pack with policies of your own, give `groundworkPolicies()` to a `PolicyPack` yourself.
 *
 * @param name name of the pack: letters, digits, `-`, `_` and `.`, at most 100
 * @param options what to judge, and how hard; wrong ones throw
 */
export function startGroundworkPolicies(
  name: string = 'cdk8s-groundwork',
  options: GroundworkPolicyOptions = {},
): PolicyPack {
  return new PolicyPack(name, {
    description: 'What cdk8s-groundwork knows about clusters, as policies',
    policies: groundworkPolicies(options),
  });
}
