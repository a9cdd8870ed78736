import {
  EncryptionAlgorithm,
  PodSecurityLevel,
  TlsMinVersion,
  type ControlPlaneOptions,
  type KubeadmTimeouts,
} from './options';

/** Control plane options with their defaults filled in. */
export interface ControlPlaneSettings {
  readonly auditLog: {
    readonly enabled: boolean;
    readonly maxAgeDays: number;
    readonly maxBackups: number;
    readonly maxSizeMebibytes: number;
  };
  readonly encryptionAtRest: { readonly enabled: boolean; readonly resources: readonly string[] };
  readonly podSecurity: {
    readonly enabled: boolean;
    readonly enforce: PodSecurityLevel;
    readonly warn: PodSecurityLevel;
    readonly exemptNamespaces: readonly string[];
  };
  readonly anonymousAnywhere: boolean;
  readonly apiServerMounts: readonly string[];
  readonly profiling: boolean;
  readonly tlsMinVersion: TlsMinVersion;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  readonly certificateValidityHours: number;
  readonly timeouts: KubeadmTimeouts;
  readonly extraArgs: Readonly<Record<Component, Readonly<Record<string, string>>>>;
}

/** The programs of the control plane that kubeadm passes flags to, by their name in ClusterConfiguration. */
export type Component = 'apiServer' | 'controllerManager' | 'scheduler';

export function controlPlaneSettings(options: ControlPlaneOptions = {}): ControlPlaneSettings {
  const { auditLog = {}, encryptionAtRest = {}, podSecurity = {} } = options;
  return {
    auditLog: {
      enabled: auditLog.enabled ?? true,
      maxAgeDays: auditLog.maxAgeDays ?? 30,
      maxBackups: auditLog.maxBackups ?? 10,
      maxSizeMebibytes: auditLog.maxSize?.toMebibytes() ?? 100,
    },
    encryptionAtRest: {
      enabled: encryptionAtRest.enabled ?? true,
      resources: encryptionAtRest.resources ?? ['secrets'],
    },
    podSecurity: {
      enabled: podSecurity.enabled ?? true,
      enforce: podSecurity.enforce ?? PodSecurityLevel.BASELINE,
      warn: podSecurity.warn ?? PodSecurityLevel.RESTRICTED,
      exemptNamespaces: [
        ...new Set(['kube-system', ...(podSecurity.exemptNamespaces ?? [])]),
      ].sort(),
    },
    anonymousAnywhere: options.anonymousAnywhere ?? false,
    apiServerMounts: [...(options.apiServerMounts ?? [])].sort(),
    profiling: options.profiling ?? false,
    tlsMinVersion: options.tlsMinVersion ?? TlsMinVersion.TLS_1_3,
    encryptionAlgorithm: options.encryptionAlgorithm ?? EncryptionAlgorithm.ECDSA_P256,
    // What is no whole number is refused with a sentence of ours, after it was read here.
    certificateValidityHours:
      options.certificateValidityPeriod?.toHours({ integral: false }) ?? 365 * 24,
    timeouts: options.timeouts ?? {},
    extraArgs: {
      apiServer: options.apiServerExtraArgs ?? {},
      controllerManager: options.controllerManagerExtraArgs ?? {},
      scheduler: options.schedulerExtraArgs ?? {},
    },
  };
}
