import { tuned } from '../../cluster';
import type { Settings } from '../settings';
import { PORTS } from './names';
import type { FabricSettings } from './settings';

const POD = 'Deployment.spec.template.spec';
const DEPLOY = 'nginx/nginx-gateway-fabric deploy/default/deploy.yaml at v2.6.7';
const FLAGS = 'nginx/nginx-gateway-fabric cmd/gateway/commands.go at v2.6.7';

/** Where a row of the control plane's arguments stands in the output. */
export const ARGUMENT = `${POD}.containers.args.`;

/** Arguments whose value is a choice. One without a value is a switch. */
export function argumentRows(s: Settings) {
  const row = (flag: string, value: string, upstream: string, why: string) =>
    tuned(`${ARGUMENT}${flag}`, value, upstream, why, FLAGS);
  return {
    telemetry: row(
      'product-telemetry-disable',
      '',
      'reports once a day',
      'usage reports leave the country, and they are why upstream asks for the list of nodes',
    ),
    snippets: row(
      'snippets',
      '',
      'off',
      'the timeouts that hold off slow clients have no field of their own. A policy refuses snippets of anybody else',
    ),
    metrics: row(
      s.metricsNamespace === undefined ? 'metrics-disable' : 'metrics-port',
      s.metricsNamespace === undefined ? '' : `${PORTS.metrics}`,
      'on, port 9113',
      'served when somebody may read them',
    ),
    health: row('health-port', `${PORTS.health}`, '8081', 'where the probe asks'),
  };
}

/** The control plane's pods. */
export function controlPlaneRows({ controlPlane }: FabricSettings) {
  return {
    replicas: tuned(
      'Deployment.spec.replicas',
      controlPlane.replicas,
      '1',
      'traffic goes on without it, but a pod of the data plane that starts then has nothing to serve. All replicas feed pods, one of them writes status',
      DEPLOY,
    ),
    grace: tuned(
      `${POD}.terminationGracePeriodSeconds`,
      30,
      '30',
      'it has no requests of clients to finish; pods of the data plane turn to the other replica',
      DEPLOY,
    ),
    probe: tuned(
      `${POD}.containers.readinessProbe`,
      { initialDelaySeconds: 3, periodSeconds: 10 },
      'the same',
      'ready means that the whole cluster was read once; pods of the data plane are sent to ready replicas only',
      DEPLOY,
    ),
    cpuRequest: tuned(
      `${POD}.containers.resources.requests.cpu`,
      '100m',
      'none',
      'no limit: it works when routes change, and then changes should be quick',
      DEPLOY,
    ),
    memoryRequest: tuned(
      `${POD}.containers.resources.requests.memory`,
      `${Math.min(256, controlPlane.mebibytes)}Mi`,
      'none',
      'a cluster of some hundred routes and Secrets',
      DEPLOY,
    ),
    memoryLimit: tuned(
      `${POD}.containers.resources.limits.memory`,
      `${controlPlane.mebibytes}Mi`,
      'none',
      'it keeps every Secret, ConfigMap, Service and route it sees; large clusters raise controlPlaneMemoryLimit',
      DEPLOY,
    ),
    identity: tuned(
      `${POD}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsGroup: 1001,
        runAsNonRoot: true,
        runAsUser: 101,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      'the same',
      'all ports are high ones; the profile restricted holds',
      DEPLOY,
    ),
    fsGroup: tuned(
      `${POD}.securityContext.fsGroup`,
      1001,
      '1001',
      'may read its certificate',
      DEPLOY,
    ),
    logLevel: tuned(
      'NginxGateway.spec.logging.level',
      'info',
      'info',
      'what is accepted, refused and programmed is visible',
      DEPLOY,
    ),
    spread: tuned(
      `${POD}.topologySpreadConstraints`,
      { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
      'none',
      'on two machines where there are two; rather two on one than one alone',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
    ),
    budget: tuned(
      'PodDisruptionBudget[nginx-gateway].spec.maxUnavailable',
      1,
      'no budget',
      'a drain leaves one replica',
      'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
    ),
  };
}
