import { createHash } from 'node:crypto';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type {
  ConfigMap,
  Container,
  ServiceAccount,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import type { ClusterRoleBinding } from 'kubernetes-types/rbac/v1';
import type { Tuning } from '../cluster';
import { NAMESPACE, type ObjectNames } from './names';
import { CONFIG_DIR, CONFIG_FILE, KUBECONFIG_FILE } from './render-config';
import type { daemonSetRows } from './tuning-daemonset';
import type { SecurityRows } from './tuning-security';

/** What the objects are made of, besides tuned values. */
export interface ProxyObjectsInput {
  readonly names: ObjectNames;
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  /** The text of `config.conf`. */
  readonly configuration: string;
  /** The text of `kubeconfig.conf`. */
  readonly kubeconfig: string;
  readonly healthPort: number;
  readonly tuning: Tuning<ReturnType<typeof daemonSetRows>>;
  readonly security: SecurityRows;
}

/**
 * The objects, in the order in which they are applied. kubeadm's Role that lets joining nodes read
 * the ConfigMap is not among them: a join without it prints a warning and goes on, and with the
 * proxy disabled it has no use for what it would read, but stops when it cannot decode it.
 */
export function renderObjects(input: ProxyObjectsInput) {
  const { names } = input;
  return [
    serviceAccount(names),
    clusterRoleBinding(names),
    configMap(input),
    daemonSet(input),
  ] as const;
}

function serviceAccount({ name }: ObjectNames): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } };
}

function clusterRoleBinding({ name, binding }: ObjectNames): ClusterRoleBinding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: binding },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node-proxier',
    },
    subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
  };
}

function configMap({ names: { name }, configuration, kubeconfig }: ProxyObjectsInput): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    data: { [CONFIG_FILE]: configuration, [KUBECONFIG_FILE]: kubeconfig },
  };
}

function daemonSet(input: ProxyObjectsInput): DaemonSet {
  const { tuning, imagePullSecrets, names } = input;
  const { name } = names;
  const labels = { 'k8s-app': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: tuning.get('maxUnavailable') },
      },
      template: {
        metadata: {
          labels,
          // kube-proxy does not notice every change of a mounted ConfigMap: a new text is a new pod.
          annotations: {
            'cdk8s-groundwork/config-hash': shortHash(input.configuration + input.kubeconfig),
          },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          hostNetwork: tuning.get('hostNetwork'),
          dnsPolicy: tuning.get('dnsPolicy'),
          priorityClassName: tuning.get('priority'),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('tolerations'),
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })) }),
          ...initContainers(input),
          containers: [mainContainer(input)],
          volumes: volumes(names),
        },
      },
    },
  };
}

/** Where the mode lets the long-running container do with less, this one does the rest and ends. */
function initContainers(input: ProxyObjectsInput): { initContainers?: Container[] } {
  const privileged = input.security.initPrivileged?.value;
  return privileged === undefined
    ? {}
    : {
        initContainers: [
          {
            ...container(input, ['--init-only']),
            name: `${input.names.name}-init`,
            securityContext: { privileged },
            volumeMounts: [...MOUNTS, MODULES],
          },
        ],
      };
}

function mainContainer(input: ProxyObjectsInput): Container {
  const { tuning, security, healthPort } = input;
  // Not /healthz: that one also fails while the node is being removed, which no restart cures.
  const httpGet = { path: '/livez', port: healthPort };
  return {
    ...container(input, []),
    securityContext: security.securityContext.value,
    startupProbe: { httpGet, ...tuning.get('startup') },
    livenessProbe: { httpGet, ...tuning.get('liveness') },
    // Without the right to load modules there is nothing to look for in their folder.
    volumeMounts: security.initPrivileged === undefined ? [...MOUNTS, MODULES] : MOUNTS,
  };
}

function container({ names, image, tuning }: ProxyObjectsInput, flags: string[]): Container {
  return {
    name: names.name,
    image,
    imagePullPolicy: tuning.get('pullPolicy'),
    command: [
      '/usr/local/bin/kube-proxy',
      `--config=${CONFIG_DIR}/${CONFIG_FILE}`,
      '--hostname-override=$(NODE_NAME)',
      ...flags,
    ],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    resources: { requests: { cpu: tuning.get('cpu'), memory: tuning.get('memory') } },
  };
}

const MOUNTS: VolumeMount[] = [
  { name: 'kube-proxy', mountPath: CONFIG_DIR, readOnly: true },
  { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
];

const MODULES: VolumeMount = { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true };

function volumes({ name }: ObjectNames): Volume[] {
  return [{ name: 'kube-proxy', configMap: { name } }, ...HOST_VOLUMES];
}

/** What kube-proxy needs of the machine, also to clean up. */
export const HOST_VOLUMES: Volume[] = [
  // One lock for all who write iptables rules on the machine.
  { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
  { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
];

/** Twelve hexadecimal digits: enough to tell two texts apart, and too short to look like a key. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
