import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec, Volume } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import type { Settings } from '../settings';
import { ARGUMENT } from './argument-tuning';
import { CONFIG_MAP, IDENTITY, LEASE, PORTS, READY_PORT } from './names';
import type { NicTuning } from './tuning';

const { name: NAME, namespace: NAMESPACE, selector: SELECTOR } = IDENTITY;

/** What nginx and the controller write; everything else of the root file system is read-only. */
const MOUNTS = {
  'nginx-etc': '/etc/nginx',
  'nginx-cache': '/var/cache/nginx',
  'nginx-lib': '/var/lib/nginx',
  'nginx-lib-state': '/var/lib/nginx/state',
  'nginx-log': '/var/log/nginx',
} as const;
const VOLUMES = Object.keys(MOUNTS) as Array<keyof typeof MOUNTS>;

/** The replicas. */
export function renderDeployment(
  cluster: Cluster,
  settings: Settings,
  tuning: NicTuning,
): Deployment {
  const { placement } = tuning;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      replicas: placement.get('replicas'),
      minReadySeconds: placement.get('minReadySeconds'),
      selector: { matchLabels: SELECTOR },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxUnavailable: placement.get('maxUnavailable'),
          maxSurge: placement.get('maxSurge'),
        },
      },
      template: {
        metadata: { labels: SELECTOR },
        spec: podSpec(cluster, settings, tuning),
      },
    },
  };
}

function podSpec(cluster: Cluster, settings: Settings, tuning: NicTuning): PodSpec {
  const { pod, placement } = tuning;
  const secrets = cluster.imagePullSecrets.map((name) => ({ name }));
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: true,
    priorityClassName: placement.get('priority'),
    terminationGracePeriodSeconds: pod.get('grace'),
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    ...renderPlacement(settings, tuning.placement),
    securityContext: { seccompProfile: { type: pod.get('seccomp') } },
    topologySpreadConstraints: renderSpread(IDENTITY, tuning.placement),
    initContainers: [initContainer(settings, tuning)],
    containers: [container(settings, tuning)],
    volumes: volumes(tuning),
  };
}

function container(settings: Settings, tuning: NicTuning): Container {
  const { pod } = tuning;
  const metrics =
    settings.metricsNamespace === undefined
      ? []
      : [{ name: 'prometheus', containerPort: PORTS.metrics }];
  return {
    name: NAME,
    image: settings.image,
    args: argumentsOf(settings, tuning),
    env: [fromField('POD_NAMESPACE', 'metadata.namespace'), fromField('POD_NAME', 'metadata.name')],
    ports: [
      { name: 'http', containerPort: PORTS.http },
      { name: 'https', containerPort: PORTS.https },
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

function argumentsOf(settings: Settings, tuning: NicTuning): string[] {
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

function initContainer(settings: Settings, tuning: NicTuning): Container {
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

function volumes(tuning: NicTuning): Volume[] {
  const sizes = tuning.pod.get('volumeSizes');
  return VOLUMES.map((name) => ({
    name,
    emptyDir: {
      ...(name === 'nginx-etc' ? { medium: tuning.pod.get('configMedium') } : {}),
      sizeLimit: sizes[name],
    },
  }));
}

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
