import { Yaml } from 'cdk8s';
import type { ControlPlaneSettings } from './settings';
import type { Cluster } from '../../cluster';
import { comment, machineFile, type MachineFile } from '../machine-file';
import { paths } from '../paths';

/** Where the API server finds its files, inside its pod and on the machine alike. */
export const controlPlanePaths = {
  auditPolicy: '/etc/kubernetes/audit-policy.conf',
  auditLogFolder: '/var/log/kubernetes',
  auditLog: '/var/log/kubernetes/audit.log',
  admission: '/etc/kubernetes/admission.conf',
  authentication: '/etc/kubernetes/authentication.conf',
  encryption: '/etc/kubernetes/encryption.conf',
  /** The same without the key, which only the machine has. */
  encryptionTemplate: `${paths.config}/encryption.conf`,
} as const;

/** What the entry script puts into the template of the encryption configuration. */
export const encryptionPlaceholders = { key: '@ENCRYPTION_KEY@', id: '@ENCRYPTION_KEY_ID@' };

/** The only paths that are answered without credentials: kubeadm's probes, and where a machine joins. */
const ANONYMOUS_PATHS = [
  '/livez',
  '/readyz',
  '/healthz',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
];

/** Files that the API servers of all control planes read; the same on each of them. */
export function controlPlaneFiles(cluster: Cluster, settings: ControlPlaneSettings): MachineFile[] {
  const { auditLog, podSecurity, encryptionAtRest, anonymousAnywhere } = settings;
  const { auditPolicy, admission, authentication, encryptionTemplate } = controlPlanePaths;
  const file = (path: string, about: string, content: object) =>
    machineFile(path, [comment(about), Yaml.stringify(content)].join('\n'));
  return [
    ...(auditLog.enabled
      ? [
          file(
            auditPolicy,
            'What API servers write down; the first rule that matches counts. Read at their start.',
            auditPolicyOf(),
          ),
        ]
      : []),
    ...(podSecurity.enabled
      ? [
          file(
            admission,
            'What pods may do where their namespace has no pod-security label. Read at the start of the API server.',
            admissionConfiguration(cluster, settings),
          ),
        ]
      : []),
    ...(anonymousAnywhere
      ? []
      : [
          file(
            authentication,
            'Who is let in without credentials: probes of the kubelet, load balancers, and machines that join.',
            {
              apiVersion: 'apiserver.config.k8s.io/v1',
              kind: 'AuthenticationConfiguration',
              jwt: [],
              anonymous: { enabled: true, conditions: ANONYMOUS_PATHS.map((path) => ({ path })) },
            },
          ),
        ]),
    ...(encryptionAtRest.enabled
      ? [
          file(
            encryptionTemplate,
            'The bootstrap puts the delivered key in. It never replaces a file with another key: report/upgrade.md says how a key is changed.',
            encryptionConfiguration(encryptionAtRest.resources),
          ),
        ]
      : []),
  ];
}

/** Who changed what, without the noise of the machinery and without the content of Secrets. */
function auditPolicyOf() {
  const core = (...resources: string[]) => ({ group: '', resources });
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [
      // Leases and events are most of the traffic and say nothing about who did what.
      {
        level: 'None',
        resources: [
          { group: 'coordination.k8s.io', resources: ['leases'] },
          core('events'),
          { group: 'events.k8s.io', resources: ['events'] },
        ],
      },
      {
        level: 'None',
        nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*', '/metrics'],
      },
      // Their bodies hold credentials: who touched them, never what is in them.
      {
        level: 'Metadata',
        resources: [
          core('secrets', 'configmaps', 'serviceaccounts/token'),
          { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
        ],
      },
      {
        level: 'None',
        userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'],
        verbs: ['get', 'list', 'watch'],
      },
      {
        level: 'None',
        users: [
          'system:apiserver',
          'system:kube-controller-manager',
          'system:kube-scheduler',
          'system:kube-proxy',
        ],
        verbs: ['get', 'list', 'watch'],
      },
      // Rights and what is let in: the whole change.
      {
        level: 'Request',
        verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
        resources: [
          { group: 'rbac.authorization.k8s.io' },
          { group: 'admissionregistration.k8s.io' },
          { group: 'certificates.k8s.io' },
          core('namespaces', 'nodes'),
        ],
      },
      { level: 'Metadata' },
    ],
  };
}

function admissionConfiguration(cluster: Cluster, { podSecurity }: ControlPlaneSettings) {
  const version = `v${cluster.kubernetesVersion.minor}`;
  const { enforce, warn, exemptNamespaces } = podSecurity;
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      {
        name: 'PodSecurity',
        configuration: {
          apiVersion: 'pod-security.admission.config.k8s.io/v1',
          kind: 'PodSecurityConfiguration',
          defaults: {
            enforce,
            'enforce-version': version,
            audit: warn,
            'audit-version': version,
            warn,
            'warn-version': version,
          },
          exemptions: { usernames: [], runtimeClasses: [], namespaces: exemptNamespaces },
        },
      },
    ],
  };
}

function encryptionConfiguration(resources: readonly string[]) {
  const { key, id } = encryptionPlaceholders;
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [
      {
        resources,
        providers: [
          { secretbox: { keys: [{ name: id, secret: key }] } },
          // What was written before encryption was on stays readable.
          { identity: {} },
        ],
      },
    ],
  };
}
