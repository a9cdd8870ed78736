import { createHash } from 'node:crypto';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import { CONFIG_DIRECTORY, CONFIG_MAP, IDENTITY, PING_PORT, PORTS, STATIC_FILE } from './names';
import type { TraefikSettings } from './settings';
import type { TraefikTuning } from './tuning';

const { name, namespace, selector } = IDENTITY;

/** The replicas; they start with these files, and new files are new pods. */
export function renderDeployment(
  cluster: Cluster,
  s: TraefikSettings,
  tuning: TraefikTuning,
  files: Record<string, string>,
): Deployment {
  const { placement } = tuning;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: placement.get('replicas'),
      minReadySeconds: placement.get('minReadySeconds'),
      selector: { matchLabels: selector },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxUnavailable: placement.get('maxUnavailable'),
          maxSurge: placement.get('maxSurge'),
        },
      },
      template: {
        metadata: {
          labels: selector,
          annotations: { 'cdk8s-groundwork/config-hash': shortHash(files) },
        },
        spec: podSpec(cluster, s, tuning),
      },
    },
  };
}

function podSpec(cluster: Cluster, s: TraefikSettings, tuning: TraefikTuning): PodSpec {
  const { pod, placement } = tuning;
  const secrets = cluster.imagePullSecrets.map((secret) => ({ name: secret }));
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    enableServiceLinks: pod.get('serviceLinks'),
    priorityClassName: placement.get('priority'),
    terminationGracePeriodSeconds: pod.get('grace'),
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    ...renderPlacement(s.edge, placement),
    securityContext: pod.get('user'),
    topologySpreadConstraints: renderSpread(IDENTITY, placement),
    containers: [container(s, tuning)],
    volumes: [
      { name: 'config', configMap: { name: CONFIG_MAP } },
      { name: 'tmp', emptyDir: { sizeLimit: pod.get('temporarySize') } },
    ],
  };
}

function container(s: TraefikSettings, { pod }: TraefikTuning): Container {
  const metrics =
    s.edge.metricsNamespace === undefined
      ? []
      : [{ name: 'metrics', containerPort: PORTS.metrics }];
  const probe = {
    httpGet: { path: '/ping', port: 'ping' },
    timeoutSeconds: pod.get('probeTimeout'),
  };
  return {
    name,
    image: s.edge.image,
    args: [`--configFile=${CONFIG_DIRECTORY}/${STATIC_FILE}`],
    env: [{ name: 'GOMEMLIMIT', value: pod.get('goMemory') }],
    ports: [
      { name: 'http', containerPort: PORTS.http },
      { name: 'https', containerPort: PORTS.https },
      { name: 'ping', containerPort: PING_PORT },
      ...metrics,
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    readinessProbe: {
      ...probe,
      periodSeconds: pod.get('readinessPeriod'),
      failureThreshold: pod.get('readinessFailures'),
    },
    livenessProbe: {
      ...probe,
      periodSeconds: pod.get('livenessPeriod'),
      failureThreshold: pod.get('livenessFailures'),
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
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** Twelve hexadecimal digits: enough to tell two texts apart, and too short to look like a key. */
function shortHash(files: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
}
