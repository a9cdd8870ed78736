import type { PolicyResource, StackValidationPolicy } from '@pulumi/policy';
import { kubernetesObject } from './kubernetes-object';
import { problemText } from '../../cluster';

/** Policies that need to see all resources together. */
export const stackPolicies: readonly StackValidationPolicy[] = [
  {
    name: 'groundwork-node-local-dns',
    description: 'Where kube-proxy is, a DNS cache is on each machine.',
    enforcementLevel: 'advisory',
    severity: 'medium',
    remediationSteps: 'Add NodeLocalDns.',
    validateStack: ({ resources }, report) => {
      if (resources.some((one) => isDaemonSet(one, /^node-local-dns/))) {
        return;
      }
      resources
        .filter((one) => isDaemonSet(one, /^kube-proxy/))
        .forEach(({ urn }) =>
          report(
            problemText({
              prop: 'DaemonSet node-local-dns',
              allowed: 'beside kube-proxy',
              got: undefined,
              remedy:
                'add NodeLocalDns: two queries at once race in conntrack, and one waits five seconds',
            }),
            urn,
          ),
        );
    },
  },
];

function isDaemonSet(resource: PolicyResource, name: RegExp): boolean {
  if (!resource.type.startsWith('kubernetes:apps/')) {
    return false;
  }
  const object = kubernetesObject(resource);
  return object?.kind === 'DaemonSet' && name.test(object.name.replace(/^.*\//, ''));
}
