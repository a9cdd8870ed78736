import type { Cluster } from '../cluster';

/** What happens to a volume when its claim goes, in the words of `reclaimPolicy`. */
export enum ReclaimPolicy {
  /** It stays with its data until somebody deletes it. */
  RETAIN = 'Retain',
  /** The driver deletes it with its data. */
  DELETE = 'Delete',
}

/** What the API server does with an object outside of the policy, in the words of `validationActions`. */
export enum ResidencyEnforcement {
  /** It refuses it. */
  DENY = 'Deny',
  /** It takes it and warns whoever sends it; finding GW-STORAGE-007 says so. */
  WARN = 'Warn',
}

/** Filesystem of disks for volumes, in the words of `mkfs` and `mount`. */
export enum VolumeFilesystem {
  /** XFS. Its `mkfs` refuses a disk that holds a filesystem, a second lock besides our own checks. */
  XFS = 'xfs',
  /** ext4. Its `mkfs` overwrites without a question when no terminal is attached; only our own checks stand before it. */
  EXT4 = 'ext4',
}

/** A StorageClass whose volumes a CSI driver makes. The driver itself is somebody else's to install. */
export interface ResidentClassOptions {
  /** Name of the class: an RFC 1123 subdomain, unique. Another form throws. */
  readonly name: string;
  /** The driver's name, for example `cinder.csi.openstack.org`. An in-tree provisioner (`kubernetes.io/…`) throws. */
  readonly provisioner: string;
  /**
   * Parameters in the driver's own words.
   *
   * @default - none
   */
  readonly parameters?: Record<string, string>;
  /**
   * Topology key that the driver puts on its volumes, for example `topology.cinder.csi.openstack.org/zone`;
   * `kubectl get csinode -o yaml` shows it. Given together with `country` it throws, as does the name of
   * a machine (`kubernetes.io/hostname`).
   *
   * @default 'topology.kubernetes.io/zone'
   */
  readonly topologyKey?: string;
  /**
   * Zone of the spec → the driver's own name for it. Only these zones get volumes. A zone that the
   * cluster does not have throws, and another value than nodes carry where the key is a label of theirs
   * (`topology.kubernetes.io/zone` or `region`).
   *
   * @default - every zone in an allowed country, by its name, or its region where the key is that of regions
   */
  readonly zones?: Record<string, string>;
  /**
   * For a driver that reports no topology, such as one for a file server: the country in which it keeps
   * data, by your word; nothing in the cluster shows it, and finding GW-STORAGE-008 says so. One outside
   * of the policy throws. It goes for the driver as a whole: the API server lets in every class and volume
   * of it, and another class of this driver without a country throws.
   *
   * @default - none; the topology says it
   */
  readonly country?: string;
  /**
   * What happens to a volume when its claim goes.
   *
   * @default ReclaimPolicy.DELETE
   */
  readonly reclaimPolicy?: ReclaimPolicy;
  /**
   * Whether claims may grow.
   *
   * @default false
   */
  readonly allowVolumeExpansion?: boolean;
  /**
   * Options of `mount`.
   *
   * @default - none
   */
  readonly mountOptions?: string[];
}

/** How the residency policy of the spec is carried into the cluster. */
export interface ResidentStorageOptions {
  /**
   * Classes of CSI drivers.
   *
   * @default - none
   */
  readonly classes?: ResidentClassOptions[];
  /**
   * Name of the class of local volumes, which is there when a machine has `dataDisks`: an RFC 1123
   * subdomain.
   *
   * @default 'resident-local'
   */
  readonly localClassName?: string;
  /**
   * Filesystem that blank disks get.
   *
   * @default VolumeFilesystem.XFS
   */
  readonly filesystem?: VolumeFilesystem;
  /**
   * Name of the class that claims without a class get. One that is not made here throws.
   *
   * @default - none
   */
  readonly defaultClass?: string;
  /**
   * Names of classes that somebody else makes and claims may name all the same; one that is made here
   * throws. They are made under the policy too when they come after it, and so is every volume of theirs.
   *
   * @default - none
   */
  readonly otherClasses?: string[];
  /**
   * CSI drivers that a pod may name as a volume of its own, for example
   * `secrets-store.csi.k8s.io`: what they mount is not storage, by your word.
   *
   * @default - none
   */
  readonly podDrivers?: string[];
  /**
   * Whether the API server refuses what is outside, or warns.
   *
   * @default ResidencyEnforcement.DENY
   */
  readonly enforcement?: ResidencyEnforcement;
  /**
   * Namespaces whose images are not judged, beside `kube-system`, where kubelets show static pods. A
   * component of this spec whose images come from elsewhere has to be here, or it would be refused.
   *
   * @default - none
   */
  readonly imageExemptNamespaces?: string[];
}

/** `ResidentStorageOptions` and the cluster they are for. */
export interface ResidentStorageProps extends ResidentStorageOptions {
  /** The cluster; its spec must have a `residency`. */
  readonly cluster: Cluster;
}
