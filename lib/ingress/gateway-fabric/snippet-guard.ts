import { DATA_PLANE, FABRIC_API } from './names';
import type { CustomResource } from './proxy';

const NAME = 'groundwork-gateway-snippets';

/**
 * Refuses nginx snippets of anybody else: with them on, who may write one in any namespace runs code in
 * the edge, and one that nginx refuses stops every later change.
 */
export function renderSnippetGuard(): CustomResource[] {
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: NAME },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [FABRIC_API],
              apiVersions: ['*'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['snippetsfilters', 'snippetspolicies'],
            },
          ],
        },
        validations: [
          {
            expression: `object.kind == "SnippetsPolicy" && object.metadata.namespace == "${DATA_PLANE.namespace}"`,
            message: `nginx snippets belong into namespace ${DATA_PLANE.namespace} alone: they are code in the edge`,
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: NAME },
      spec: { policyName: NAME, validationActions: ['Deny'] },
    },
  ];
}
