import type { Container, PodSpec, Volume } from 'kubernetes-types/core/v1';
import type { Cluster, Manifest } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import type { Settings } from '../settings';
import { renderWorkload } from '../workload';
import { argumentPath, electsLeader, publishesService } from './argument-tuning';
import type { RetiredChoices } from './choices';
import {
  ACCOUNT,
  ADMISSION,
  CLASS_CONTROLLER,
  IDENTITY,
  LEASE,
  PORTS,
  WEBHOOK_PORT,
} from './names';
import { standing } from './standing';
import type { RetiredTuning } from './tuning';

/** What holds keys, passwords and bodies; the rest of the root file system is written as well. */
const MOUNTS = {
  tls: '/etc/ingress-controller/ssl',
  passwords: '/etc/ingress-controller/auth',
  temporary: '/tmp/nginx',
} as const;
const VOLUMES = Object.keys(MOUNTS) as Array<keyof typeof MOUNTS>;
const CERTIFICATES = '/usr/local/certificates';

/** The replicas, with what is known about them. */
export function renderReplicas(
  cluster: Cluster,
  settings: Settings,
  choices: RetiredChoices,
  tuning: RetiredTuning,
): Manifest {
  const pod = podSpec(cluster, settings, choices, tuning);
  const workload = renderWorkload(IDENTITY, settings, tuning.placement, pod);
  const { template } = workload.spec!;
  const replicas = {
    ...workload,
    metadata: { ...workload.metadata, annotations: standing(settings.image, choices) },
    spec: {
      ...workload.spec,
      template: { ...template, metadata: { ...template.metadata, ...configHash(choices, tuning) } },
    },
  };
  return replicas;
}

/** Where it watches another namespace it never learns that its ConfigMap changed, so the pods are replaced. */
function configHash(choices: RetiredChoices, tuning: RetiredTuning) {
  return choices.watchNamespace === undefined
    ? {}
    : { annotations: { 'cdk8s-groundwork/config-hash': tuning.configHash } };
}

function podSpec(
  cluster: Cluster,
  settings: Settings,
  choices: RetiredChoices,
  tuning: RetiredTuning,
): PodSpec {
  const { pod, placement } = tuning;
  const secrets = cluster.imagePullSecrets.map((name) => ({ name }));
  return {
    serviceAccountName: ACCOUNT,
    automountServiceAccountToken: true,
    priorityClassName: placement.get('priority'),
    terminationGracePeriodSeconds: pod.get('grace'),
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    ...renderPlacement(settings, placement),
    securityContext: { seccompProfile: { type: pod.get('seccomp') } },
    ...renderSpread(IDENTITY, settings, placement),
    containers: [container(settings, choices, tuning)],
    volumes: volumes(choices, tuning),
  };
}

function container(settings: Settings, choices: RetiredChoices, tuning: RetiredTuning): Container {
  const { pod } = tuning;
  return {
    name: 'controller',
    image: settings.image,
    args: argumentsOf(settings, choices, tuning),
    env: [
      fromField('POD_NAME', 'metadata.name'),
      fromField('POD_NAMESPACE', 'metadata.namespace'),
      { name: 'LD_PRELOAD', value: '/usr/local/lib/libmimalloc.so' },
    ],
    ports: [
      { name: 'http', containerPort: PORTS.http, ...hostPort(settings, 80) },
      { name: 'https', containerPort: PORTS.https, ...hostPort(settings, 443) },
      { name: 'metrics', containerPort: PORTS.metrics },
      ...(choices.webhook ? [{ name: 'webhook', containerPort: WEBHOOK_PORT }] : []),
    ].map((port) => ({ ...port, protocol: 'TCP' })),
    livenessProbe: pod.get('liveness'),
    readinessProbe: {
      httpGet: { path: '/healthz', port: 'metrics' },
      periodSeconds: pod.get('readinessPeriod'),
      timeoutSeconds: pod.get('readinessTimeout'),
      failureThreshold: pod.get('readinessThreshold'),
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
    volumeMounts: [
      ...VOLUMES.map((name) => ({ name, mountPath: MOUNTS[name] })),
      ...(choices.webhook ? [{ name: 'webhook', mountPath: CERTIFICATES, readOnly: true }] : []),
    ],
  };
}

function hostPort({ hostPorts }: Settings, port: number) {
  return hostPorts ? { hostPort: port } : {};
}

function argumentsOf(settings: Settings, choices: RetiredChoices, tuning: RetiredTuning): string[] {
  const chosen = Object.values(tuning.argument).map(
    (row) => `--${row.key.slice(argumentPath(settings).length)}=${row.value}`,
  );
  const { statusAddress } = settings;
  return [
    '/nginx-ingress-controller',
    `--controller-class=${CLASS_CONTROLLER}`,
    `--ingress-class=${settings.className}`,
    `--configmap=$(POD_NAMESPACE)/${choices.configMapName}`,
    ...chosen,
    ...(electsLeader(settings) ? [`--election-id=${LEASE}`] : []),
    ...(publishesService(settings) ? [`--publish-service=$(POD_NAMESPACE)/${IDENTITY.name}`] : []),
    ...(statusAddress === undefined ? [] : [`--publish-status-address=${statusAddress}`]),
    ...(choices.webhook
      ? [
          `--validating-webhook=:${WEBHOOK_PORT}`,
          `--validating-webhook-certificate=${CERTIFICATES}/cert`,
          `--validating-webhook-key=${CERTIFICATES}/key`,
        ]
      : []),
  ];
}

function volumes(choices: RetiredChoices, tuning: RetiredTuning): Volume[] {
  const sizes = tuning.pod.get('volumeSizes');
  return [
    ...VOLUMES.map((name) => ({
      name,
      emptyDir: {
        ...(name === 'temporary' ? {} : { medium: tuning.pod.get('secretMedium') }),
        sizeLimit: sizes[name],
      },
    })),
    ...(choices.webhook ? [{ name: 'webhook', secret: { secretName: ADMISSION } }] : []),
  ];
}

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
