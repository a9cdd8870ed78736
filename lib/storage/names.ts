/** Default name of the class of local volumes. */
export const LOCAL_CLASS = 'resident-local';
/** The provisioner of volumes that somebody makes by hand, or a spec. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';
export const REGION_LABEL = 'topology.kubernetes.io/region';
export const HOST_LABEL = 'kubernetes.io/hostname';
/** The namespace in which kubelets show static pods. */
export const STATIC_PODS = 'kube-system';
/** Controllers still take it for the class of a claim, and before `storageClassName`. */
export const OLD_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
