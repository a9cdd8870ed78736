import { controlPlanePaths } from './files';
import type { Component, ControlPlaneSettings } from './settings';
import { askedFor, tuned, type TuningRow } from '../../cluster';
import type { KubeletSettings } from '../kubelet/settings';

const FLAGS = 'kubernetes/kubernetes v1.36.4, flags of';
const HARDENING = 'https://kubernetes.io/docs/concepts/security/';

/** One flag that we pass, with its reason. */
export interface ArgumentRow extends TuningRow<string> {
  readonly component: Component;
  readonly flag: string;
}

interface Volume {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly pathType?: string;
}

function row(
  component: Component,
  flag: string,
  value: string,
  upstream: string,
  why: string,
  source: string,
): ArgumentRow {
  const key = `ClusterConfiguration.${component}.extraArgs[${flag}]`;
  return { component, flag, ...tuned(key, value, upstream, why, source) };
}

/** Every flag of ours in this cluster. */
export function argumentRows(
  settings: ControlPlaneSettings,
  kubelet: KubeletSettings,
): ArgumentRow[] {
  const components: Component[] = ['apiServer', 'controllerManager', 'scheduler'];
  return [
    ...components.flatMap((component) => [
      row(
        component,
        'profiling',
        String(settings.profiling),
        'true',
        settings.profiling
          ? 'asked for; profiles show what is in memory to everybody who may read them'
          : 'profiles show what is in memory, and taking one costs the component its pace',
        `${FLAGS} the component`,
      ),
      row(
        component,
        'tls-min-version',
        settings.tlsMinVersion,
        'VersionTLS12',
        'every client of the last eight years speaks TLS 1.3: Go since 1.12, OpenSSL since 1.1.1, Java since 11',
        `${FLAGS} the component`,
      ),
    ]),
    ...auditRows(settings),
    ...fileRows(settings),
    ...kubeletRows(kubelet),
  ];
}

function auditRows({ auditLog }: ControlPlaneSettings): ArgumentRow[] {
  if (!auditLog.enabled) {
    return [];
  }
  const { maxAgeDays, maxBackups, maxSizeMebibytes } = auditLog;
  const most = (maxBackups + 1) * maxSizeMebibytes;
  const source = 'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/';
  const flag = (name: string, value: string, upstream: string, why: string) =>
    row('apiServer', `audit-${name}`, value, upstream, why, source);
  return [
    flag(
      'policy-file',
      controlPlanePaths.auditPolicy,
      'none',
      'who changed what: every write and every touch of a Secret, without bodies of Secrets and without the noise of leases, events and reads of the machinery',
    ),
    flag(
      'log-path',
      controlPlanePaths.auditLog,
      'none',
      'on the root disk, never on the disk of etcd, whose fsyncs it would delay',
    ),
    flag(
      'log-maxage',
      String(maxAgeDays),
      '366 since 1.36, no limit before',
      'days; ship the log elsewhere to keep it longer',
    ),
    flag(
      'log-maxbackup',
      String(maxBackups),
      '100 since 1.36, no limit before',
      `${maxBackups} rotated files and the current one of ${maxSizeMebibytes} MiB: at most ${most} MiB of the root disk`,
    ),
    flag(
      'log-maxsize',
      String(maxSizeMebibytes),
      '100',
      'MiB, after which a file is rotated; 0 would mean a file that grows for ever',
    ),
  ];
}

function fileRows(settings: ControlPlaneSettings): ArgumentRow[] {
  const { podSecurity, anonymousAnywhere, encryptionAtRest } = settings;
  return [
    ...(podSecurity.enabled
      ? [
          row(
            'apiServer',
            'admission-control-config-file',
            controlPlanePaths.admission,
            'none: a namespace without labels takes any pod',
            `without a label of its own a namespace refuses pods beyond ${podSecurity.enforce} and warns beyond ${podSecurity.warn}; left alone: ${podSecurity.exemptNamespaces.join(', ')}`,
            `${HARDENING}pod-security-admission/`,
          ),
        ]
      : []),
    ...(anonymousAnywhere
      ? []
      : [
          row(
            'apiServer',
            'authentication-config',
            controlPlanePaths.authentication,
            'none: requests without credentials pass as system:anonymous',
            "anonymous requests are kept to health and cluster-info: kubeadm's probes and a joining machine have no credentials yet, so they cannot be switched off, and elsewhere a wrong RoleBinding would open the cluster to everybody",
            'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration',
          ),
        ]),
    ...(encryptionAtRest.enabled
      ? [
          row(
            'apiServer',
            'encryption-provider-config',
            controlPlanePaths.encryption,
            'none: plain text in etcd, its snapshots and its backups',
            `secretbox for ${encryptionAtRest.resources.join(', ')}: upstream calls aescbc weak, and aesgcm safe only with a new key every 200,000 writes; identity comes last and only reads what was there before. The key lies on the control planes, so it protects disks and backups, not a machine that was taken over`,
            'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers',
          ),
        ]
      : []),
  ];
}

function kubeletRows({ servingCertificates }: KubeletSettings): ArgumentRow[] {
  return servingCertificates === undefined
    ? []
    : [
        row(
          'apiServer',
          'kubelet-certificate-authority',
          '/etc/kubernetes/pki/ca.crt',
          'none: API servers take any certificate of a kubelet',
          `kubelets serve with certificates of the cluster, approved by ${servingCertificates.approver}, so logs and exec can be held to them`,
          'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
        ),
      ];
}

/** The user's own flags. */
export function extraArgumentRows(settings: ControlPlaneSettings): Array<TuningRow<string>> {
  return Object.entries(settings.extraArgs).flatMap(([component, args]) =>
    Object.keys(args)
      .sort()
      .map((flag) =>
        askedFor(
          `ClusterConfiguration.${component}.extraArgs[${flag}]`,
          args[flag]!,
          "kubeadm's or the component's own",
        ),
      ),
  );
}

/** The part of one component in kubeadm's ClusterConfiguration. */
export function componentOf(
  component: Component,
  rows: readonly ArgumentRow[],
  settings: ControlPlaneSettings,
) {
  const args: Record<string, string> = {
    ...Object.fromEntries(
      rows.filter((r) => r.component === component).map((r) => [r.flag, r.value]),
    ),
    ...settings.extraArgs[component],
  };
  const extraArgs = Object.keys(args)
    .sort()
    .map((name) => ({ name, value: args[name]! }));
  const volumes = component === 'apiServer' ? apiServerVolumes(settings) : [];
  return { extraArgs, ...(volumes.length === 0 ? {} : { extraVolumes: volumes }) };
}

/** kubeadm mounts no file that it does not know; File, so that the pod waits for what is missing. */
function apiServerVolumes(settings: ControlPlaneSettings): Volume[] {
  const { auditPolicy, auditLogFolder, admission, authentication, encryption } = controlPlanePaths;
  const file = (name: string, path: string): Volume => ({
    name,
    hostPath: path,
    mountPath: path,
    readOnly: true,
    pathType: 'File',
  });
  return [
    ...(settings.podSecurity.enabled ? [file('admission', admission)] : []),
    ...(settings.auditLog.enabled
      ? [
          {
            name: 'audit-log',
            hostPath: auditLogFolder,
            mountPath: auditLogFolder,
            pathType: 'DirectoryOrCreate',
          },
          file('audit-policy', auditPolicy),
        ]
      : []),
    ...(settings.anonymousAnywhere ? [] : [file('authentication', authentication)]),
    ...(settings.encryptionAtRest.enabled ? [file('encryption', encryption)] : []),
    ...settings.apiServerMounts.map((path, n): Volume => {
      return { name: `spec-${n}`, hostPath: path, mountPath: path, readOnly: true };
    }),
  ];
}
