export { isCustom } from '../../cluster';

/** One object as the API server takes it. */
export type KubeManifest = Readonly<Record<string, any>>;

/** What makes an object the same object, whatever version it is written in. */
export interface ObjectIdentity {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Kind. */
  readonly kind: string;
  /** Namespace; absent for what belongs to the whole cluster. */
  readonly namespace?: string;
  /** Name. */
  readonly name: string;
}

/** Built-in kinds that belong to the whole cluster. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
  'storagemigration.k8s.io/StorageVersionMigration',
]);

/** Group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
}

/** `group/Kind` of the kinds that belong to the whole cluster: the built-in ones and those defined here. */
export function clusterWideKinds(manifests: readonly KubeManifest[]): ReadonlySet<string> {
  const defined = manifests
    .filter((one) => one.kind === 'CustomResourceDefinition' && one.spec?.scope === 'Cluster')
    .map(({ spec }) => `${spec.group}/${spec.names?.kind}`);
  return new Set([...CLUSTER_WIDE, ...defined]);
}

/**
 * The identity of an object. A namespace on what belongs to the whole cluster does not count: cdk8s
 * puts that of the chart on every object.
 */
export function objectIdentity(
  manifest: KubeManifest,
  clusterWide: ReadonlySet<string>,
): ObjectIdentity {
  const group = groupOf(String(manifest.apiVersion));
  const kind = String(manifest.kind);
  const { name, namespace } = manifest.metadata ?? {};
  return clusterWide.has(`${group}/${kind}`) || namespace === undefined
    ? { group, kind, name }
    : { group, kind, namespace, name };
}

/** `apps/DaemonSet:kube-system/kube-proxy`, `ConfigMap:kube-system/kube-proxy`, `Namespace:kube-system`. */
export function identityKey(identity: ObjectIdentity): string {
  const { group } = identity;
  return `${group === '' ? '' : `${group}/`}${identityName(identity)}`;
}

/** The part of a resource's name that says which object it is; the group is in its type already. */
export function identityName({ kind, namespace, name }: ObjectIdentity): string {
  return `${kind}:${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The plural under which the API serves a kind, as Kubernetes guesses it where nobody defines it. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('endpoints')) {
    return word;
  }
  if (/(s|x|ch|sh)$/.test(word)) {
    return `${word}es`;
  }
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
