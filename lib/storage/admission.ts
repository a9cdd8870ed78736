import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import type { StorageChoices } from './choices';
import { imagePolicy, nodePolicy, podVolumePolicy } from './pod-policies';
import type { AdmissionPolicy } from './policy';
import type { StorageTuning } from './tuning';
import { claimPolicy, storageClassPolicy, volumePolicy } from './volume-policies';
import type { Cluster } from '../cluster';

/** The policies that this spec needs. */
export function admissionPolicies(cluster: Cluster, choices: StorageChoices): AdmissionPolicy[] {
  const { residency } = choices;
  return [
    storageClassPolicy(choices),
    volumePolicy(cluster, choices),
    claimPolicy(choices),
    podVolumePolicy(choices),
    ...(residency._allowedSources.length === 0 ? [] : [imagePolicy(choices)]),
    // Kubelets of machines that somebody else made do not say in which country they are.
    ...(cluster.ownsMachines ? [nodePolicy(choices)] : []),
  ];
}

/** The policy as an object. */
export function admissionPolicy(
  { name, rules, exemptNamespaces, variables, validations }: AdmissionPolicy,
  tuning: StorageTuning,
): ValidatingAdmissionPolicy {
  const exempt = exemptNamespaces && {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: [...exemptNamespaces],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: tuning.get('failurePolicy'),
      matchConstraints: {
        resourceRules: rules,
        ...(exempt === undefined ? {} : { namespaceSelector: { matchExpressions: [exempt] } }),
      },
      variables: Object.entries(variables).map(([variable, expression]) => ({
        name: variable,
        expression,
      })),
      validations,
    },
  };
}

/** What puts it into force, everywhere. */
export function policyBinding(
  { name }: AdmissionPolicy,
  { enforcement }: StorageChoices,
  tuning: StorageTuning,
): ValidatingAdmissionPolicyBinding {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: [enforcement, tuning.get('audit')] },
  };
}
