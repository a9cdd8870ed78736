import { tuned } from '../cluster';
import type { Settings } from './settings';
import {
  BASE_MEBIBYTES,
  CONFIG_MEBIBYTES,
  DRAIN_SECONDS,
  EXIT_SECONDS,
  kibibytesPerConnection,
  PRE_STOP_SECONDS,
} from './sizing';

const POD = 'Deployment.spec.template.spec';
/** Where a row of the controller's arguments stands in the output. */
export const ARGUMENT = `${POD}.containers.args.`;

const FLAGS = 'nginx/kubernetes-ingress cmd/nginx-ingress/flags.go at v5.5.4';
const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const MAIN = 'nginx/kubernetes-ingress cmd/nginx-ingress/main.go at v5.5.4';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** Arguments whose value is a choice; a flag's own default is repeated where it protects. */
export function argumentRows(s: Settings) {
  const row = (flag: string, value: string, upstream: string, why: string, source = FLAGS) =>
    tuned(`${ARGUMENT}${flag}`, value, upstream, why, source);
  return {
    customResources: row(
      'enable-custom-resources',
      'false',
      'true',
      'Ingress is enough; no definitions to install, no rights on them',
    ),
    snippets: row(
      'enable-snippets',
      'false',
      'false',
      'a snippet in an Ingress is code in the edge, which reads every Secret',
    ),
    configSafety: row(
      'enable-config-safety',
      'true',
      'false',
      'a configuration that nginx refuses is rolled back alone; otherwise one bad Ingress stops every later change. It costs some nginx -t for each change',
      'nginx/kubernetes-ingress internal/nginx/rollback_manager.go at v5.5.4',
    ),
    telemetry: row(
      'enable-telemetry-reporting',
      'false',
      'true',
      'usage reports leave the country, and they are why upstream asks for rights on nodes and namespaces',
    ),
    ipv6: row(
      'disable-ipv6',
      `${s.ipv4Only}`,
      'false',
      'listens as the pod network is; machines that boot with ipv6.disable=1 refuse the other kind',
    ),
    status: row(
      'report-ingress-status',
      `${s.reportsStatus}`,
      'false',
      s.reportsStatus
        ? 'GitOps and DNS tools read the address of an Ingress from its status'
        : 'there is no address to report: a NodePort Service has none and statusAddress is not given',
    ),
    leaderElection: row(
      'enable-leader-election',
      `${s.reportsStatus}`,
      'true',
      s.reportsStatus
        ? 'one replica writes the status'
        : 'the leader only writes status; without it the replicas need no Lease',
    ),
    metrics: row(
      'enable-prometheus-metrics',
      `${s.metricsNamespace !== undefined}`,
      'false',
      'served when somebody may read them',
    ),
  };
}

const WORKERS_ONLY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' },
          ],
        },
      ],
    },
  },
};

/** How replicas are placed, replaced, and kept. */
export function placementRows(s: Settings) {
  return {
    replicas: tuned(
      'Deployment.spec.replicas',
      s.replicas,
      '1',
      'one on each machine that can run it, two at least and three by default: the loss of a machine is not an outage',
      DEPLOYMENT,
    ),
    minReadySeconds: tuned(
      'Deployment.spec.minReadySeconds',
      10,
      '0',
      'a new replica has traffic for a while before an old one goes',
      `${CONCEPTS}/workloads/controllers/deployment/`,
    ),
    maxUnavailable: tuned(
      'Deployment.spec.strategy.rollingUpdate.maxUnavailable',
      0,
      '25%',
      'an old replica goes only when its successor serves',
      `${CONCEPTS}/workloads/controllers/deployment/`,
    ),
    maxSurge: tuned(
      'Deployment.spec.strategy.rollingUpdate.maxSurge',
      1,
      '25%',
      'one successor at a time needs the memory of one replica free on one machine; the replica that shares a machine with it is the one to go',
      'kubernetes/kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks',
    ),
    spread: tuned(
      `${POD}.topologySpreadConstraints`,
      {
        hosts: { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
        zones: { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
      },
      'none',
      'one replica for each machine, which Local traffic needs: while a machine is away its replica waits for it and does not double up elsewhere. Counted for each revision apart, so that a rollout never waits for itself',
      `${CONCEPTS}/scheduling-eviction/topology-spread-constraints/`,
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      'node-role.kubernetes.io/control-plane:NoSchedule',
      'none',
      'the spec has no worker: the control planes run workloads',
      'facts of the cluster',
    ),
    affinity: tuned(
      `${POD}.affinity`,
      WORKERS_ONLY,
      'none',
      'the spread must not count control planes, where a replica cannot go: as empty machines they would hold back every second replica of a worker',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#interaction-with-node-affinity-and-node-selectors',
    ),
    priority: tuned(
      `${POD}.priorityClassName`,
      'system-cluster-critical',
      'none',
      'applications must not push out the edge they are reached by. The class works in any namespace unless a quota configuration of the API server limits it',
      'https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/',
    ),
    budget: tuned(
      'PodDisruptionBudget.spec.maxUnavailable',
      1,
      'no budget',
      'maintenance takes one machine after the other. Left out where one machine runs all replicas: it could never be drained',
      `${CONCEPTS}/workloads/pods/disruptions/`,
    ),
    unhealthy: tuned(
      'PodDisruptionBudget.spec.unhealthyPodEvictionPolicy',
      'AlwaysAllow',
      'IfHealthyBudget',
      'a replica that does not serve must not keep a machine from being drained',
      `${CONCEPTS}/workloads/pods/disruptions/`,
    ),
  };
}

/** What a replica may use and how it lives and dies. */
export function containerRows(s: Settings) {
  const memory = s.mebibytes % 1024 === 0 ? `${s.mebibytes / 1024}Gi` : `${s.mebibytes}Mi`;
  const why = `${BASE_MEBIBYTES} MiB of the controller and ${s.workers} × ${s.connections} connections × ${kibibytesPerConnection(s.buffers)} KiB, the most a stalled TLS client can hold`;
  const measured =
    'measured with nginx 1.22.1 and OpenSSL 3.0: 9.6 KiB plain, 22.6 KiB TLS, 55.2 KiB TLS with four header buffers full';
  return {
    memoryLimit: tuned(`${POD}.containers.resources.limits.memory`, memory, 'none', why, measured),
    memoryRequest: tuned(
      `${POD}.containers.resources.requests.memory`,
      memory,
      '128Mi',
      'reserved in full: a pod above its request is the first to be evicted, and an attack is when it gets there',
      DEPLOYMENT,
    ),
    cpuLimit: tuned(
      `${POD}.containers.resources.limits.cpu`,
      `${s.workers}`,
      'none',
      'one core for each process; on machines with etcd the edge must not take the rest',
      DEPLOYMENT,
    ),
    cpuRequest: tuned(
      `${POD}.containers.resources.requests.cpu`,
      s.workers % 4 === 0 ? `${s.workers / 4}` : `${250 * s.workers}m`,
      '100m',
      'a quarter core for each process when everybody wants the machine',
      DEPLOYMENT,
    ),
    initLimit: tuned(
      `${POD}.initContainers.resources`,
      { memory: '96Mi', cpu: '100m' },
      'none',
      'it copies some hundred KiB into memory and ends; less than the replica itself, so it adds nothing',
      DEPLOYMENT,
    ),
    readiness: tuned(
      `${POD}.containers.readinessProbe.periodSeconds`,
      1,
      '1',
      'ready means that nginx runs the whole configuration. The controller answers, not nginx: a full nginx stays in service',
      DEPLOYMENT,
    ),
    liveness: tuned(
      `${POD}.containers.livenessProbe`,
      'none',
      'none',
      'the controller exits when nginx does; a probe through nginx would kill every replica during an attack',
      MAIN,
    ),
    preStop: tuned(
      `${POD}.containers.lifecycle.preStop.sleep.seconds`,
      PRE_STOP_SECONDS,
      'none',
      'nginx refuses new connections as soon as it is told to quit: proxies and balancers get this long to look elsewhere, three checks of 5 s',
      MAIN,
    ),
    grace: tuned(
      `${POD}.terminationGracePeriodSeconds`,
      PRE_STOP_SECONDS + DRAIN_SECONDS + EXIT_SECONDS,
      '30',
      `${PRE_STOP_SECONDS} s before SIGTERM, ${DRAIN_SECONDS} s of worker-shutdown-timeout, ${EXIT_SECONDS} s for the controller; SIGKILL comes after all of it`,
      MAIN,
    ),
    identity: tuned(
      `${POD}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 101,
      },
      'the same with a writable root',
      'ports 80 and 443 and nothing else; the binary does not even start without this capability',
      DEPLOYMENT,
    ),
    initIdentity: tuned(
      `${POD}.initContainers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 101,
      },
      'no init container',
      'it fills /etc/nginx, which the root file system then need not be writable for',
      DEPLOYMENT,
    ),
    seccomp: tuned(
      `${POD}.securityContext.seccompProfile.type`,
      'RuntimeDefault',
      'RuntimeDefault',
      'Pod Security restricted asks for it',
      DEPLOYMENT,
    ),
    ...volumeRows(s),
  };
}

function volumeRows(s: Settings) {
  const bodies = 100 * Math.max(1, Math.ceil(s.bodyKibibytes / 1024));
  return {
    configMedium: tuned(
      `${POD}.volumes.emptyDir.medium`,
      'Memory',
      'disk',
      'nginx-etc only: the controller writes TLS keys below /etc/nginx, and in memory they never reach a disk',
      'nginx/kubernetes-ingress internal/nginx/manager.go at v5.5.4',
    ),
    volumeSizes: tuned(
      `${POD}.volumes.emptyDir.sizeLimit`,
      {
        'nginx-etc': `${CONFIG_MEBIBYTES}Mi`,
        'nginx-cache': `${bodies}Mi`,
        'nginx-lib': '16Mi',
        'nginx-lib-state': '16Mi',
        'nginx-log': '16Mi',
      },
      'none',
      'configuration of some ten thousand Ingresses; a hundred of the largest bodies at once; sockets. Beyond it this pod is evicted, without it the machine runs out of disk with everything on it',
      DEPLOYMENT,
    ),
  };
}
