import type { Policies, ResourceValidationArgs } from '@pulumi/policy';

/** A resource as the engine shows it to a policy. */
export function resource(
  type: string,
  props: object,
  more: { parents?: string; opts?: Partial<ResourceValidationArgs['opts']> } = {},
): ResourceValidationArgs {
  const parents = more.parents === undefined ? '' : `${more.parents}$`;
  return {
    type,
    props,
    name: 'it',
    urn: `urn:pulumi:prod::oslo::${parents}${type}::it`,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      additionalSecretOutputs: [],
      ...more.opts,
    },
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: <T extends object>() => ({}) as T,
    notApplicable: fail,
  };
}

/** An object of Kubernetes as the typed classes and `Cdk8sStack` register it. */
export function object(manifest: {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}): ResourceValidationArgs {
  const { apiVersion, kind } = manifest;
  const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
  return resource(`kubernetes:${group}:${kind}`, manifest);
}

/** What each policy reports about the resources: its name without the prefix, and the message. */
export function violations(policies: Policies, ...resources: ResourceValidationArgs[]): string[] {
  return policies.flatMap((policy) => {
    const said: string[] = [];
    const report = (message: string) => said.push(`${policy.name.slice(11)}: ${message}`);
    if ('validateStack' in policy) {
      const all = resources.map((one) => ({ ...one, dependencies: [], propertyDependencies: {} }));
      const { stackTags, getConfig, notApplicable } = resource('none', {});
      void policy.validateStack(
        { resources: all as any, stackTags, getConfig, notApplicable },
        report,
      );
    } else {
      const checks = [policy.validateResource ?? []].flat();
      resources.forEach((one) => checks.forEach((check) => void check(one, report)));
    }
    return said;
  });
}

function fail(reason?: string): never {
  throw new Error(reason);
}
