import { createHash } from 'node:crypto';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Container, EnvVar, Probe, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { CONFIG_MAP, LABELS, NAME, NAMESPACE, NODE_LABELS } from './objects';
import type { PodRows } from './pod-tuning';
import type { Tuning } from '../../cluster';

/** What the DaemonSet is made of, besides tuned values. */
export interface DaemonSetInput {
  readonly image: string;
  readonly cniPluginImage: string;
  readonly imagePullSecrets: readonly string[];
  /** Arguments of flanneld. */
  readonly args: readonly string[];
  readonly healthzPort: number;
  /** Whether flanneld opens /dev/net/tun. */
  readonly tunDevice: boolean;
  /** Both texts of the ConfigMap. */
  readonly configuration: string;
  readonly tuning: Tuning<PodRows>;
}

const CONFIG_DIR = '/etc/kube-flannel/';
const SELECTOR = { app: 'flannel' };

/** flanneld on every machine, and before it the plugin and the file that kubelet looks for. */
export function daemonSet(input: DaemonSetInput): DaemonSet {
  const { tuning, imagePullSecrets } = input;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'kube-flannel-ds',
      namespace: NAMESPACE,
      labels: { ...LABELS, ...NODE_LABELS },
    },
    spec: {
      selector: { matchLabels: SELECTOR },
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: tuning.get('maxUnavailable') },
      },
      template: {
        metadata: {
          labels: NODE_LABELS,
          // flanneld reads its ConfigMap once: a new text is a new pod.
          annotations: { 'cdk8s-groundwork/config-hash': shortHash(input.configuration) },
        },
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
                    ],
                  },
                ],
              },
            },
          },
          hostNetwork: tuning.get('hostNetwork'),
          priorityClassName: tuning.get('priority'),
          tolerations: tuning.get('tolerations'),
          serviceAccountName: NAME,
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          initContainers: initContainers(input),
          containers: [flanneld(input)],
          volumes: volumes(input.tunDevice),
        },
      },
    },
  };
}

function initContainers({ image, cniPluginImage, tuning }: DaemonSetInput): Container[] {
  return [
    {
      name: 'install-cni-plugin',
      image: cniPluginImage,
      imagePullPolicy: tuning.get('initPullPolicy'),
      command: ['cp'],
      args: ['-f', '/flannel', '/opt/cni/bin/flannel'],
      volumeMounts: [{ name: 'cni-plugin', mountPath: '/opt/cni/bin' }],
    },
    {
      name: 'install-cni',
      image,
      imagePullPolicy: tuning.get('initPullPolicy'),
      command: ['/opt/bin/install-conf'],
      args: [`${CONFIG_DIR}cni-conf.json`, '/etc/cni/net.d/10-flannel.conflist'],
      volumeMounts: [
        { name: 'cni', mountPath: '/etc/cni/net.d' },
        { name: 'flannel-cfg', mountPath: CONFIG_DIR },
      ],
    },
  ];
}

function flanneld({ image, args, healthzPort, tunDevice, tuning }: DaemonSetInput): Container {
  return {
    name: 'kube-flannel',
    image,
    imagePullPolicy: tuning.get('pullPolicy'),
    command: ['/opt/bin/flanneld'],
    args: [...args],
    ports: [{ name: 'healthz', containerPort: healthzPort, protocol: 'TCP' }],
    startupProbe: { ...ask('/healthz'), ...tuning.get('startup') },
    livenessProbe: { ...ask('/healthz'), ...tuning.get('liveness') },
    readinessProbe: { ...ask('/readyz'), ...tuning.get('readiness') },
    resources: { requests: { cpu: tuning.get('cpu'), memory: tuning.get('memory') } },
    securityContext: {
      privileged: tuning.get('privileged'),
      capabilities: { add: tuning.get('capabilities') },
    },
    env: environment(tuning),
    volumeMounts: mounts(tunDevice),
  };
}

/** kubelet asks on the machine's loopback, where flanneld listens. */
function ask(path: string): Probe {
  return { httpGet: { host: '127.0.0.1', path, port: 'healthz' } };
}

function environment(tuning: Tuning<PodRows>): EnvVar[] {
  const field = (name: string, fieldPath: string): EnvVar => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return [
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('HOST_IP', 'status.hostIP'),
    { name: 'EVENT_QUEUE_DEPTH', value: tuning.get('queueDepth') },
    { name: 'CONT_WHEN_CACHE_NOT_READY', value: tuning.get('continueUnready') },
  ];
}

function mounts(tunDevice: boolean): VolumeMount[] {
  return [
    { name: 'run', mountPath: '/run/flannel' },
    { name: 'flannel-cfg', mountPath: CONFIG_DIR },
    { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    ...(tunDevice ? [{ name: 'tun', mountPath: '/dev/net/tun' }] : []),
  ];
}

function volumes(tunDevice: boolean): Volume[] {
  return [
    { name: 'run', hostPath: { path: '/run/flannel' } },
    { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin' } },
    { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
    { name: 'flannel-cfg', configMap: { name: CONFIG_MAP } },
    // One lock for all who write iptables rules on the machine.
    { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
    ...(tunDevice ? [{ name: 'tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }] : []),
  ];
}

/** Twelve hexadecimal digits: enough to tell two texts apart, and too short to look like a key. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
