import { createHash } from 'node:crypto';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { Container, PodSpec, Service } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { Cluster } from '../../cluster';
import { renderPlacement } from '../pod-placement';
import type { Settings } from '../settings';
import { ARGUMENT } from './control-plane-tuning';
import { CERTIFICATES, CONFIG, CONTROL_PLANE, CONTROLLER, LEASE, PORTS, SECRETS } from './names';
import type { FabricTuning } from './tuning';

const { name, namespace, selector } = CONTROL_PLANE;

/** What a pod of the control plane is made of. */
export interface ControlPlaneParts {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly tuning: FabricTuning;
  readonly image: string;
}

/** The Service by which pods of the data plane find it. */
export function renderControlPlaneService(): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type: 'ClusterIP',
      selector: { ...selector },
      ports: [{ name: 'agent-grpc', port: 443, protocol: 'TCP', targetPort: PORTS.agent }],
    },
  };
}

/** The pods that watch routes. */
export function renderControlPlane(parts: ControlPlaneParts): Deployment {
  const { controlPlane } = parts.tuning;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: controlPlane.get('replicas'),
      selector: { matchLabels: { ...selector } },
      template: {
        metadata: { labels: { ...selector } },
        spec: {
          ...podSpec(parts, name),
          priorityClassName: parts.tuning.placement.get('priority'),
          terminationGracePeriodSeconds: controlPlane.get('grace'),
          topologySpreadConstraints: [
            {
              ...controlPlane.get('spread'),
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { ...selector } },
              matchLabelKeys: ['pod-template-hash'],
            },
          ],
          containers: [container(parts)],
          volumes: [{ name: 'nginx-agent-tls', secret: { secretName: SECRETS.server } }],
        },
      },
    },
  };
}

/** Leaves one of several replicas to a drain. */
export function renderControlPlaneBudget(tuning: FabricTuning): PodDisruptionBudget[] {
  const { controlPlane } = tuning;
  return controlPlane.get('replicas') < 2
    ? []
    : [
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name, namespace },
          spec: {
            maxUnavailable: controlPlane.get('budget'),
            selector: { matchLabels: { ...selector } },
          },
        },
      ];
}

/**
 * Makes the certificates once; Secrets that are there stay. A Job cannot be changed, so its name changes
 * with what it is made of.
 */
export function renderCertificateJob(parts: ControlPlaneParts): Job {
  const { cluster, tuning, image } = parts;
  const spec: PodSpec = {
    ...podSpec(parts, CERTIFICATES),
    restartPolicy: 'Never',
    containers: [
      {
        name: 'cert-generator',
        image,
        args: [
          'generate-certs',
          `--service=${name}`,
          `--cluster-domain=${cluster.dnsDomain}`,
          `--server-tls-secret=${SECRETS.server}`,
          `--agent-tls-secret=${SECRETS.agent}`,
        ],
        env: [fromField('POD_NAMESPACE', 'metadata.namespace')],
        securityContext: tuning.controlPlane.get('identity'),
      },
    ],
  };
  const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${CERTIFICATES}-${hash}`, namespace },
    spec: { template: { spec } },
  };
}

function podSpec(
  { cluster, settings, tuning }: ControlPlaneParts,
  account: string,
): Omit<PodSpec, 'containers'> {
  const secrets = cluster.imagePullSecrets.map((secret) => ({ name: secret }));
  return {
    serviceAccountName: account,
    automountServiceAccountToken: true,
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    ...renderPlacement(settings, tuning.placement),
    securityContext: { fsGroup: tuning.controlPlane.get('fsGroup') },
  };
}

function container({ cluster, settings, tuning, image }: ControlPlaneParts): Container {
  const { controlPlane } = tuning;
  const metrics =
    settings.metricsNamespace === undefined
      ? []
      : [{ name: 'metrics', containerPort: PORTS.metrics }];
  return {
    name,
    image,
    args: argumentsOf(cluster, settings, tuning),
    env: [
      fromField('POD_NAMESPACE', 'metadata.namespace'),
      fromField('POD_NAME', 'metadata.name'),
      fromField('POD_UID', 'metadata.uid'),
      fromField('INSTANCE_NAME', "metadata.labels['app.kubernetes.io/instance']"),
      // Runs as the init container of the data plane as well.
      { name: 'IMAGE_NAME', value: image },
    ],
    ports: [
      { name: 'agent-grpc', containerPort: PORTS.agent },
      { name: 'health', containerPort: PORTS.health },
      ...metrics,
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'health' },
      ...controlPlane.get('probe'),
    },
    resources: {
      requests: { cpu: controlPlane.get('cpuRequest'), memory: controlPlane.get('memoryRequest') },
      limits: { memory: controlPlane.get('memoryLimit') },
    },
    securityContext: controlPlane.get('identity'),
    volumeMounts: [{ name: 'nginx-agent-tls', mountPath: '/var/run/secrets/ngf' }],
  };
}

function argumentsOf(cluster: Cluster, settings: Settings, tuning: FabricTuning): string[] {
  const chosen = Object.values(tuning.argument).map(({ key, value }) =>
    value === '' ? `--${key.slice(ARGUMENT.length)}` : `--${key.slice(ARGUMENT.length)}=${value}`,
  );
  const { watchNamespaces } = tuning.fabric;
  return [
    'controller',
    `--gateway-ctlr-name=${CONTROLLER}`,
    `--gatewayclass=${settings.className}`,
    `--config=${CONFIG}`,
    `--service=${name}`,
    `--agent-tls-secret=${SECRETS.agent}`,
    `--leader-election-lock-name=${LEASE}`,
    ...chosen,
    ...(watchNamespaces === undefined ? [] : [`--watch-namespaces=${watchNamespaces.join(',')}`]),
    // It copies them to the pods of the data plane.
    ...cluster.imagePullSecrets.map((secret) => `--nginx-docker-secret=${secret}`),
  ];
}

function fromField(variable: string, fieldPath: string) {
  return { name: variable, valueFrom: { fieldRef: { fieldPath } } };
}
