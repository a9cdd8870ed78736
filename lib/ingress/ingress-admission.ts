import type { Manifest } from '../cluster';

/** One thing that every Ingress of a class must be. */
export interface IngressValidation {
  /** CEL, about `object`. */
  readonly expression: string;
  readonly message: string;
}

/**
 * Lets the API server refuse Ingresses of one class by itself, without a webhook that could be down: a
 * policy and the binding that puts it into force.
 */
export function admissionPolicyFor(
  className: string,
  name: string,
  validations: readonly IngressValidation[],
): Manifest[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name };
  const policy = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        resourceRules: [
          {
            apiGroups: ['networking.k8s.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['ingresses'],
          },
        ],
      },
      matchConditions: [{ name: 'class', expression: ofClass(className) }],
      validations: validations.map((validation) => ({ ...validation, reason: 'Invalid' })),
    },
  };
  const binding = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  return [policy, binding];
}

/** An Ingress names its class in a field, or in the annotation of old, which controllers still read. */
function ofClass(className: string): string {
  const legacy = 'kubernetes.io/ingress.class';
  return [
    `has(object.spec.ingressClassName) && object.spec.ingressClassName == "${className}"`,
    `has(object.metadata.annotations) && "${legacy}" in object.metadata.annotations && object.metadata.annotations["${legacy}"] == "${className}"`,
  ].join(' || ');
}
