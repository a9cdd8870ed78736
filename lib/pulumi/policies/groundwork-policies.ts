import type { Policies } from '@pulumi/policy';
import { findingPolicies } from './finding-policies';
import { objectPolicies } from './object-policies';
import { checkOptions, type GroundworkPolicyOptions } from './options';
import { residencyPolicy } from './residency';
import { secretPolicies } from './secret-policies';
import { stackPolicies } from './stack-policies';
import { throwProblems } from '../../cluster';

/**
 * The policies of this library for CrossGuard, to put into a policy pack, with others or alone. They judge
 * every resource of a stack whether this library registered it or not, and report what the review of a
 * cluster found, which `Cdk8sStack` and `NvmeControlPlaneStack` carry as their inputs.
 *
 * A policy sees inputs and a few options of resources. So it is not said here that the pod network stays
 * in the cluster when the stack is destroyed: `retainOnDelete` is not among these options. Findings do not
 * arrive where `PULUMI_NODEJS_SKIP_COMPONENT_INPUTS` is set.
 *
 * @param options what to judge, and how hard; wrong ones throw
 */
export function groundworkPolicies(options: GroundworkPolicyOptions = {}): Policies {
  checkOptions(options);
  const policies: Policies = [
    ...findingPolicies(options),
    ...objectPolicies(options.hostNetwork ?? []),
    ...(options.residency === undefined ? [] : [residencyPolicy(options.residency)]),
    ...secretPolicies,
    ...stackPolicies,
  ];
  const names = policies.map(({ name }) => name);
  throwProblems(
    'policies',
    Object.keys(options.levels ?? {})
      .filter((name) => !names.includes(name))
      .map((got) => ({
        prop: 'levels',
        allowed: `by the name of a policy, one of ${names.join(', ')}`,
        got,
        remedy: 'groundwork-residency is there when residency is given',
      })),
  );
  return policies.map((policy) => ({
    ...policy,
    enforcementLevel: options.levels?.[policy.name] ?? policy.enforcementLevel,
  }));
}
