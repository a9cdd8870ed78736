import type { Container, PodSpec, Volume } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import type { Settings } from '../settings';
import { argumentPath } from './argument-tuning';
import { CONFIG_MAP, IDENTITY, LEASE, PORTS, READY_PORT } from './names';
import type { NicTuning } from './tuning';

const { name: NAME } = IDENTITY;

/** What nginx and the controller write; everything else of the root file system is read-only. */
const MOUNTS = {
  'nginx-etc': '/etc/nginx',
  'nginx-cache': '/var/cache/nginx',
  'nginx-lib': '/var/lib/nginx',
  'nginx-lib-state': '/var/lib/nginx/state',
  'nginx-log': '/var/log/nginx',
} as const;
const VOLUMES = Object.keys(MOUNTS) as Array<keyof typeof MOUNTS>;

/** What a replica is made of. */
export function podSpec(cluster: Cluster, settings: Settings, tuning: NicTuning): PodSpec {
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
    ...renderSpread(IDENTITY, settings, tuning.placement),
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
      { name: 'http', containerPort: PORTS.http, ...hostPort(settings, 80) },
      { name: 'https', containerPort: PORTS.https, ...hostPort(settings, 443) },
      { name: 'readiness-port', containerPort: READY_PORT },
      ...metrics,
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    readinessProbe: {
      httpGet: { path: '/nginx-ready', port: 'readiness-port' },
      periodSeconds: pod.get('readinessPeriod'),
      timeoutSeconds: pod.get('readinessTimeout'),
    },
    ...(settings.shutdown.preStop === 0
      ? {}
      : { lifecycle: { preStop: { sleep: { seconds: pod.get('preStop') } } } }),
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

function hostPort(settings: Settings, port: number) {
  return settings.hostPorts ? { hostPort: port } : {};
}

function argumentsOf(settings: Settings, tuning: NicTuning): string[] {
  const chosen = Object.values(tuning.argument).map(
    (row) => `-${row.key.slice(argumentPath(settings).length)}=${row.value}`,
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
