import type { Deployment } from 'kubernetes-types/apps/v1';
import type {
  Container,
  PodSpec,
  TopologySpreadConstraint,
  Volume,
} from 'kubernetes-types/core/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { Cluster } from '../cluster';
import { ARGUMENT } from './argument-tuning';
import {
  CONFIG_MAP,
  LEASE,
  METRICS_PORT,
  NAME,
  NAMESPACE,
  PRIORITY_CLASS,
  READY_PORT,
  SELECTOR,
} from './names';
import type { Settings } from './settings';
import type { IngressTuning } from './tuning';

/** What nginx and the controller write; everything else of the root file system is read-only. */
const MOUNTS = {
  'nginx-etc': '/etc/nginx',
  'nginx-cache': '/var/cache/nginx',
  'nginx-lib': '/var/lib/nginx',
  'nginx-lib-state': '/var/lib/nginx/state',
  'nginx-log': '/var/log/nginx',
} as const;
const VOLUMES = Object.keys(MOUNTS) as Array<keyof typeof MOUNTS>;

/** The rank of the replicas among pods. */
export function renderPriorityClass(tuning: IngressTuning): PriorityClass {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: PRIORITY_CLASS },
    value: tuning.pod.get('priorityValue'),
    preemptionPolicy: tuning.pod.get('preemption'),
    description:
      'The ingress controller: before applications, and evicted like them when it fills a disk',
  };
}

/** The replicas. */
export function renderDeployment(
  cluster: Cluster,
  settings: Settings,
  tuning: IngressTuning,
): Deployment {
  const { pod } = tuning;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      replicas: pod.get('replicas'),
      minReadySeconds: pod.get('minReadySeconds'),
      selector: { matchLabels: SELECTOR },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: pod.get('maxUnavailable'), maxSurge: pod.get('maxSurge') },
      },
      template: {
        metadata: { labels: SELECTOR },
        spec: podSpec(cluster, settings, tuning),
      },
    },
  };
}

function podSpec(cluster: Cluster, settings: Settings, tuning: IngressTuning): PodSpec {
  const { pod } = tuning;
  const secrets = cluster.imagePullSecrets.map((name) => ({ name }));
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: true,
    priorityClassName: pod.get('priority'),
    terminationGracePeriodSeconds: pod.get('grace'),
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    ...(settings.toleratesControlPlane
      ? { tolerations: [toleration(pod.get('tolerations'))] }
      : {}),
    ...(settings.toleratesControlPlane ? {} : { affinity: pod.get('affinity') }),
    securityContext: { seccompProfile: { type: pod.get('seccomp') } },
    topologySpreadConstraints: spread(tuning),
    initContainers: [initContainer(settings, tuning)],
    containers: [container(settings, tuning)],
    volumes: volumes(tuning),
  };
}

function container(settings: Settings, tuning: IngressTuning): Container {
  const { pod } = tuning;
  const metrics =
    settings.metricsNamespace === undefined
      ? []
      : [{ name: 'prometheus', containerPort: METRICS_PORT }];
  return {
    name: NAME,
    image: settings.image,
    args: argumentsOf(settings, tuning),
    env: [fromField('POD_NAMESPACE', 'metadata.namespace'), fromField('POD_NAME', 'metadata.name')],
    ports: [
      { name: 'http', containerPort: 80 },
      { name: 'https', containerPort: 443 },
      { name: 'readiness-port', containerPort: READY_PORT },
      ...metrics,
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    readinessProbe: {
      httpGet: { path: '/nginx-ready', port: 'readiness-port' },
      periodSeconds: pod.get('readinessPeriod'),
      timeoutSeconds: pod.get('readinessTimeout'),
    },
    lifecycle: { preStop: { sleep: { seconds: pod.get('preStop') } } },
    resources: {
      requests: {
        cpu: pod.get('cpuRequest'),
        'ephemeral-storage': pod.get('diskRequest'),
        memory: pod.get('memoryRequest'),
      },
      limits: {
        cpu: pod.get('cpuLimit'),
        'ephemeral-storage': pod.get('diskLimit'),
        memory: pod.get('memoryLimit'),
      },
    },
    securityContext: pod.get('identity'),
    volumeMounts: VOLUMES.map((name) => ({ name, mountPath: MOUNTS[name] })),
  };
}

function argumentsOf(settings: Settings, tuning: IngressTuning): string[] {
  const chosen = Object.values(tuning.argument).map(
    (row) => `-${row.key.slice(ARGUMENT.length)}=${row.value}`,
  );
  return [
    `-nginx-configmaps=$(POD_NAMESPACE)/${CONFIG_MAP}`,
    `-ingress-class=${settings.className}`,
    ...chosen,
    ...(settings.loadBalanced ? [`-external-service=${NAME}`] : []),
    ...(settings.reportsStatus ? [`-leader-election-lock-name=${LEASE}`] : []),
  ];
}

function initContainer(settings: Settings, tuning: IngressTuning): Container {
  const resources = tuning.pod.get('initLimit');
  return {
    name: 'init-nginx-ingress',
    image: settings.image,
    command: ['cp', '-dR', '/etc/nginx/.', '/mnt/etc'],
    resources: { requests: resources, limits: resources },
    securityContext: tuning.pod.get('initIdentity'),
    volumeMounts: [{ name: 'nginx-etc', mountPath: '/mnt/etc' }],
  };
}

function spread(tuning: IngressTuning): TopologySpreadConstraint[] {
  const keys = { hosts: 'kubernetes.io/hostname', zones: 'topology.kubernetes.io/zone' };
  return Object.entries(tuning.pod.get('spread')).map(([name, rule]) => ({
    ...rule,
    topologyKey: keys[name as keyof typeof keys],
    labelSelector: { matchLabels: SELECTOR },
    matchLabelKeys: ['pod-template-hash'],
  }));
}

function volumes(tuning: IngressTuning): Volume[] {
  const sizes = tuning.pod.get('volumeSizes');
  return VOLUMES.map((name) => ({
    name,
    emptyDir: {
      ...(name === 'nginx-etc' ? { medium: tuning.pod.get('configMedium') } : {}),
      sizeLimit: sizes[name],
    },
  }));
}

function toleration(text: string) {
  const [key, effect] = text.split(':');
  return { key, operator: 'Exists', effect };
}

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
