import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import { CONFIG_DIRECTORY, CONFIG_MAP, IDENTITY, PING_PORT, PORTS, STATIC_FILE } from './names';
import type { TraefikSettings } from './settings';
import type { TraefikTuning } from './tuning';

const { name } = IDENTITY;

/** What a replica is made of. */
export function podSpec(cluster: Cluster, s: TraefikSettings, tuning: TraefikTuning): PodSpec {
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
    ...renderSpread(IDENTITY, s.edge, placement),
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
      { name: 'http', containerPort: PORTS.http, ...hostPort(s, 80) },
      { name: 'https', containerPort: PORTS.https, ...hostPort(s, 443) },
      { name: 'ping', containerPort: PING_PORT },
      ...metrics,
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    readinessProbe: {
      ...probe,
      initialDelaySeconds: pod.get('readinessDelay'),
      periodSeconds: pod.get('readinessPeriod'),
      failureThreshold: pod.get('readinessFailures'),
    },
    livenessProbe: {
      ...probe,
      periodSeconds: pod.get('livenessPeriod'),
      failureThreshold: pod.get('livenessFailures'),
    },
    ...(s.edge.shutdown.preStop === 0
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
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

function hostPort({ edge }: TraefikSettings, port: number) {
  return edge.hostPorts ? { hostPort: port } : {};
}
