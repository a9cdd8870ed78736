import { cell, type Cell } from './cell';

const READ = '2026-11-22';
const document = (minor: string) => `kubernetes/kubernetes api/openapi-spec/swagger.json ${minor}`;

/** Kinds of Kubernetes' own API groups: group and version → kinds, with a space between them. */
export type ServedApis = Readonly<Record<string, string>>;

const v136: ServedApis = {
  'admissionregistration.k8s.io/v1':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1alpha1': 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1beta1': 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'apps/v1': 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'authentication.k8s.io/v1': 'SelfSubjectReview TokenRequest TokenReview',
  'authorization.k8s.io/v1':
    'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'autoscaling/v1': 'HorizontalPodAutoscaler Scale',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'certificates.k8s.io/v1': 'CertificateSigningRequest',
  'certificates.k8s.io/v1alpha1': 'ClusterTrustBundle',
  'certificates.k8s.io/v1beta1': 'ClusterTrustBundle PodCertificateRequest',
  'coordination.k8s.io/v1': 'Lease',
  'coordination.k8s.io/v1alpha2': 'LeaseCandidate',
  'coordination.k8s.io/v1beta1': 'LeaseCandidate',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'events.k8s.io/v1': 'Event',
  'flowcontrol.apiserver.k8s.io/v1': 'FlowSchema PriorityLevelConfiguration',
  'internal.apiserver.k8s.io/v1alpha1': 'StorageVersion',
  'networking.k8s.io/v1': 'IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR',
  'networking.k8s.io/v1beta1': 'IPAddress ServiceCIDR',
  'node.k8s.io/v1': 'RuntimeClass',
  'policy/v1': 'Eviction PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'resource.k8s.io/v1': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'resource.k8s.io/v1alpha3': 'DeviceTaintRule ResourcePoolStatusRequest',
  'resource.k8s.io/v1beta1': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'resource.k8s.io/v1beta2':
    'DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'scheduling.k8s.io/v1alpha2': 'PodGroup Workload',
  'storage.k8s.io/v1':
    'CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass',
  'storage.k8s.io/v1beta1': 'VolumeAttributesClass',
  'storagemigration.k8s.io/v1beta1': 'StorageVersionMigration',
  v1: 'Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount Status',
};

/** What 1.36 added is absent, what it dropped is there. */
const v135: ServedApis = {
  ...v136,
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'resource.k8s.io/v1alpha3': 'DeviceTaintRule',
  'resource.k8s.io/v1beta2': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'scheduling.k8s.io/v1alpha1': 'Workload',
  'scheduling.k8s.io/v1alpha2': '',
};

/**
 * The kinds of Kubernetes' own API groups by minor; alpha and beta ones are served when somebody switches
 * them on. A minor whose document was not at hand is absent.
 */
export const servedApis: Readonly<Record<string, Cell<ServedApis>>> = {
  '1.35': cell(v135, document('1.35'), READ),
  '1.36': cell(v136, document('1.36'), READ),
};

/**
 * Whether a Kubernetes minor has a kind; undefined for groups of others, and for a minor that is not in the
 * table.
 *
 * @param minor the minor, for example `1.36`
 * @param apiVersion group and version, for example `apps/v1`
 * @param kind the kind
 */
export function knowsKind(minor: string, apiVersion: string, kind: string): boolean | undefined {
  const table = servedApis[minor]?.value;
  if (table === undefined || !isOwnGroup(apiVersion)) {
    return undefined;
  }
  return Object.hasOwn(table, apiVersion) && table[apiVersion]!.split(' ').includes(kind);
}

/** The versions of a group in which a minor has a kind, for example `networking.k8s.io/v1`. */
export function apisOfKind(minor: string, kind: string): string[] {
  return Object.entries(servedApis[minor]?.value ?? {})
    .filter(([, kinds]) => kinds.split(' ').includes(kind))
    .map(([apiVersion]) => apiVersion);
}

/** Groups that Kubernetes defines itself, or once did; others end in .k8s.io, too. */
const OWN_GROUPS = new Set([
  '',
  'extensions',
  'settings.k8s.io',
  'auditregistration.k8s.io',
  ...Object.keys(v136)
    .filter((apiVersion) => apiVersion.includes('/'))
    .map((apiVersion) => apiVersion.split('/')[0]!),
]);

function isOwnGroup(apiVersion: string): boolean {
  const parts = apiVersion.split('/');
  return OWN_GROUPS.has(parts.length === 2 ? parts[0]! : '');
}
