import { createHash } from 'node:crypto';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, ServiceAccount, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { ClusterRoleBinding } from 'kubernetes-types/rbac/v1';
import type { Tuning } from '../cluster';
import { CONFIG_DIR, CONFIG_FILE, KUBECONFIG_FILE } from './render-config';
import { HEALTH_PORT } from './tuning';
import type { daemonSetRows } from './tuning-daemonset';

// kubeadm's own names. On a cluster of ours kubeadm runs with its proxy disabled and they are free;
// on a cluster that kubeadm made, the objects are taken over instead of running twice.
const NAME = 'kube-proxy';
const NAMESPACE = 'kube-system';
const SELECTOR = { 'k8s-app': NAME };

/** What the objects are made of, besides tuned values. */
export interface ProxyObjectsInput {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  /** The text of `config.conf`. */
  readonly configuration: string;
  /** The text of `kubeconfig.conf`. */
  readonly kubeconfig: string;
  readonly tuning: Tuning<ReturnType<typeof daemonSetRows>>;
}

/**
 * The objects, in the order in which they are applied. kubeadm's Role that lets joining nodes read
 * the ConfigMap is not among them: a join without it prints a warning and goes on, and with the
 * proxy disabled it has no use for what it would read, but stops when it cannot decode it.
 */
export function renderObjects(input: ProxyObjectsInput) {
  return [serviceAccount(), clusterRoleBinding(), configMap(input), daemonSet(input)] as const;
}

function serviceAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: NAME, namespace: NAMESPACE },
  };
}

function clusterRoleBinding(): ClusterRoleBinding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'kubeadm:node-proxier' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node-proxier',
    },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  };
}

function configMap({ configuration, kubeconfig }: ProxyObjectsInput): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { app: NAME } },
    data: { [CONFIG_FILE]: configuration, [KUBECONFIG_FILE]: kubeconfig },
  };
}

function daemonSet(input: ProxyObjectsInput): DaemonSet {
  const { tuning, imagePullSecrets } = input;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: SELECTOR },
    spec: {
      selector: { matchLabels: SELECTOR },
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: tuning.get('maxUnavailable') },
      },
      template: {
        metadata: {
          labels: SELECTOR,
          // kube-proxy does not notice every change of a mounted ConfigMap: a new text is a new pod.
          annotations: {
            'cdk8s-groundwork/config-hash': shortHash(input.configuration + input.kubeconfig),
          },
        },
        spec: {
          serviceAccountName: NAME,
          automountServiceAccountToken: true,
          hostNetwork: tuning.get('hostNetwork'),
          dnsPolicy: tuning.get('dnsPolicy'),
          priorityClassName: tuning.get('priority'),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('tolerations'),
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          containers: [
            {
              name: NAME,
              image: input.image,
              imagePullPolicy: tuning.get('pullPolicy'),
              command: [
                '/usr/local/bin/kube-proxy',
                `--config=${CONFIG_DIR}/${CONFIG_FILE}`,
                '--hostname-override=$(NODE_NAME)',
              ],
              env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
              securityContext: { privileged: tuning.get('privileged') },
              resources: { requests: { cpu: tuning.get('cpu'), memory: tuning.get('memory') } },
              startupProbe: { httpGet: LIVEZ, ...tuning.get('startup') },
              livenessProbe: { httpGet: LIVEZ, ...tuning.get('liveness') },
              volumeMounts: MOUNTS,
            },
          ],
          volumes: VOLUMES,
        },
      },
    },
  };
}

// Not /healthz: that one also fails while the node is being removed, which no restart cures.
const LIVEZ = { path: '/livez', port: HEALTH_PORT };

const MOUNTS: VolumeMount[] = [
  { name: 'kube-proxy', mountPath: CONFIG_DIR, readOnly: true },
  { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
  { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
];

const VOLUMES: Volume[] = [
  { name: 'kube-proxy', configMap: { name: NAME } },
  // One lock for all who write iptables rules on the machine.
  { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
  { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
];

/** Twelve hexadecimal digits: enough to tell two texts apart, and too short to look like a key. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
