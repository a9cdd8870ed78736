import type { Duration, Size } from 'cdk8s';

/** Kind of the keys that kubeadm makes on the machines. */
export enum EncryptionAlgorithm {
  /** kubeadm's own default; a signature costs about ten times that of P-256. */
  RSA_2048 = 'RSA-2048',
  /** Larger RSA keys. */
  RSA_3072 = 'RSA-3072',
  /** The largest RSA keys; every TLS handshake is slow. */
  RSA_4096 = 'RSA-4096',
  /** Elliptic curve P-256, what the kubelet makes for itself as well. */
  ECDSA_P256 = 'ECDSA-P256',
  /** Elliptic curve P-384. */
  ECDSA_P384 = 'ECDSA-P384',
}

/** Lowest TLS version that Kubernetes components take. */
export enum TlsMinVersion {
  /** For clients from before 2018. */
  TLS_1_2 = 'VersionTLS12',
  /** The current one; its cipher suites are not configurable. */
  TLS_1_3 = 'VersionTLS13',
}

/** Pod Security Standards, from open to strict. */
export enum PodSecurityLevel {
  /** No restriction. */
  PRIVILEGED = 'privileged',
  /** No known way onto the host: no host network, host paths, privileged containers. */
  BASELINE = 'baseline',
  /** Current practice for hardened pods: not root, no capabilities, a seccomp profile. */
  RESTRICTED = 'restricted',
}

/** The audit log of the API servers. */
export interface AuditLogOptions {
  /**
   * Whether API servers write an audit log, `/var/log/kubernetes/audit.log`.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Days after which a rotated file is deleted. Outside of 1 to 3650 throws.
   *
   * @default 30
   */
  readonly maxAgeDays?: number;
  /**
   * Rotated files that are kept. Outside of 1 to 1000 throws.
   *
   * @default 10
   */
  readonly maxBackups?: number;
  /**
   * Size at which the file is rotated. Anything but whole MiB from 1 to 4096 throws.
   *
   * @default Size.mebibytes(100)
   */
  readonly maxSize?: Size;
}

/** Encryption of API objects in etcd and its backups. */
export interface EncryptionAtRestOptions {
  /**
   * Whether objects are encrypted. It needs one more secret on control planes, `encryption-key`.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Resources that are encrypted, as `resource` or `resource.group`. An empty list, a name that is
   * none, or a wildcard throws.
   *
   * @default ['secrets']
   */
  readonly resources?: string[];
}

/** What pods may do where their namespace says nothing. */
export interface PodSecurityOptions {
  /**
   * Whether there is such a default. Labels of a namespace win over it either way.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Pods beyond this level are refused.
   *
   * @default PodSecurityLevel.BASELINE
   */
  readonly enforce?: PodSecurityLevel;
  /**
   * Pods beyond this level are let in with a warning and a note in the audit log.
   *
   * @default PodSecurityLevel.RESTRICTED
   */
  readonly warn?: PodSecurityLevel;
  /**
   * Namespaces that are left alone whatever their labels say. What is no name of a namespace throws.
   *
   * @default - only kube-system, where the control plane's own pods run
   */
  readonly exemptNamespaces?: string[];
}

/** How long kubeadm waits. Each one less than a second or more than an hour throws. */
export interface KubeadmTimeouts {
  /**
   * For the API server, controller manager and scheduler to be healthy.
   *
   * @default - kubeadm's own, 4 minutes
   */
  readonly controlPlaneComponentHealthCheck?: Duration;
  /**
   * For the kubelet to be healthy.
   *
   * @default - kubeadm's own, 4 minutes
   */
  readonly kubeletHealthCheck?: Duration;
  /**
   * For one call of the API.
   *
   * @default - kubeadm's own, 1 minute
   */
  readonly kubernetesApiCall?: Duration;
  /**
   * For one call of etcd, the promotion of a new member among them.
   *
   * @default - kubeadm's own, 2 minutes
   */
  readonly etcdApiCall?: Duration;
  /**
   * For the kubelet to get its certificate.
   *
   * @default - kubeadm's own, 5 minutes
   */
  readonly tlsBootstrap?: Duration;
  /**
   * For a joining machine to find the cluster.
   *
   * @default - kubeadm's own, 5 minutes
   */
  readonly discovery?: Duration;
  /**
   * For a static pod to come back in an upgrade.
   *
   * @default - kubeadm's own, 5 minutes
   */
  readonly upgradeManifests?: Duration;
}

/** How API server, controller manager and scheduler are set up. */
export interface ControlPlaneOptions {
  /**
   * More flags for kube-apiserver, without leading hyphens. A flag that this Kubernetes does not know
   * throws, and so does one that kubeadm or another prop sets.
   *
   * @default - none
   */
  readonly apiServerExtraArgs?: { [flag: string]: string };
  /**
   * More flags for kube-controller-manager, as `apiServerExtraArgs`.
   *
   * @default - none
   */
  readonly controllerManagerExtraArgs?: { [flag: string]: string };
  /**
   * More flags for kube-scheduler, as `apiServerExtraArgs`.
   *
   * @default - none
   */
  readonly schedulerExtraArgs?: { [flag: string]: string };
  /**
   * Files or folders of control planes that API servers may read, at the same path in their pod. They
   * must be there before kubeadm runs, the same on each; what is not an absolute path throws.
   *
   * @default - none besides /etc/kubernetes/pki, the system's authorities and our own files
   */
  readonly apiServerMounts?: string[];
  /**
   * The audit log.
   *
   * @default - on, at most 1100 MiB on the root disk
   */
  readonly auditLog?: AuditLogOptions;
  /**
   * Encryption of Secrets in etcd.
   *
   * @default - on, for Secrets
   */
  readonly encryptionAtRest?: EncryptionAtRestOptions;
  /**
   * What pods may do where their namespace says nothing.
   *
   * @default - baseline is enforced, restricted is warned about
   */
  readonly podSecurity?: PodSecurityOptions;
  /**
   * Whether requests without credentials are let in at any path, as upstream does, and not only for
   * health and the information that joining machines need. RBAC still decides what they may do.
   *
   * @default false
   */
  readonly anonymousAnywhere?: boolean;
  /**
   * Whether components and kubelet serve Go's profiling pages.
   *
   * @default false
   */
  readonly profiling?: boolean;
  /**
   * Lowest TLS version of API server, controller manager, scheduler and kubelet.
   *
   * @default TlsMinVersion.TLS_1_3
   */
  readonly tlsMinVersion?: TlsMinVersion;
  /**
   * Kind of the keys that kubeadm makes.
   *
   * @default EncryptionAlgorithm.ECDSA_P256
   */
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
  /**
   * How long certificates made by kubeadm are valid. Less than 90 days or more than 365 throws: they
   * are renewed with 45 days left.
   *
   * @default - kubeadm's own, 365 days
   */
  readonly certificateValidityPeriod?: Duration;
  /**
   * How long kubeadm waits, on every machine.
   *
   * @default - kubeadm's own
   */
  readonly timeouts?: KubeadmTimeouts;
}
