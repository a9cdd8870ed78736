import { tuned } from '../../cluster';
import { podPath } from '../settings';
import { EXIT_SECONDS } from '../sizing';
import { ACCEPT_SECONDS } from './names';
import type { TraefikSettings } from './settings';
import {
  BASE_MEBIBYTES,
  freeKibibytes,
  GO_SHARE,
  kibibytesPerConnection,
  kibibytesPerRequest,
  SMALL_MEBIBYTES,
} from './sizing';

const CHART = 'traefik/traefik-helm-chart traefik/values.yaml at v41.3.0';
const STORAGE =
  'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage';
const MEASURED =
  'measured with servers of Go 1.26: 13.5 KiB in the TLS handshake, 71 KiB with 16 KiB of header, 101 KiB a proxied HTTP/2 stream with 12 KiB of header whose body stalls';

/** Logs count as storage: five files of 10 MiB by default. */
const LOG_MEBIBYTES = 50;

/** How a replica is watched, how it ends, what it may do and what it may use. */
export function podRows(s: TraefikSettings) {
  const pod = podPath(s.edge);
  return {
    ...probeRows(`${pod}.containers`),
    ...lifeCycleRows(s, pod),
    ...identityRows(pod),
    ...resourceRows(s, pod),
  };
}

function probeRows(container: string) {
  const ping = 'traefik/traefik pkg/ping/ping.go at v3.7.9';
  return {
    readinessDelay: tuned(
      `${container}.readinessProbe.initialDelaySeconds`,
      10,
      '2',
      'the probe is answered before the first routes are there, and until then every request would be a 404',
      ping,
    ),
    readinessPeriod: tuned(
      `${container}.readinessProbe.periodSeconds`,
      5,
      '10',
      'it says 503 from SIGTERM on; before that it changes when the process hangs',
      CHART,
    ),
    readinessFailures: tuned(
      `${container}.readinessProbe.failureThreshold`,
      3,
      '1',
      'one late answer must not take a replica out of service at the moment it is needed',
      CHART,
    ),
    livenessPeriod: tuned(
      `${container}.livenessProbe.periodSeconds`,
      10,
      '10',
      'a port of its own: a flood of clients does not reach it',
      ping,
    ),
    livenessFailures: tuned(
      `${container}.livenessProbe.failureThreshold`,
      6,
      '3',
      'a minute without an answer is a process that hangs; a busy one answers in that time',
      ping,
    ),
    probeTimeout: tuned(
      `${container}.*.timeoutSeconds`,
      5,
      '2',
      'an attack takes the CPU of the limit, and the probe shares it',
      CHART,
    ),
  };
}

function lifeCycleRows({ edge }: TraefikSettings, pod: string) {
  const { preStop, drain, grace } = edge.shutdown;
  return {
    preStop: tuned(
      `${pod}.containers.lifecycle.preStop.sleep.seconds`,
      preStop,
      'none',
      edge.loadBalanced
        ? 'it refuses new connections after SIGTERM. Until then it serves and is ready, while kube-proxy and the balancer turn to other replicas: three checks of 5 s by default'
        : 'it refuses new connections after SIGTERM. Until then it serves what still arrives: a replica that is the last on its machine keeps all of it (kube-proxy uses terminating endpoints when no other is local), so the machine must leave a balancer before',
      'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/; KEP-1669',
    ),
    grace: tuned(
      `${pod}.terminationGracePeriodSeconds`,
      grace,
      '60',
      `${preStop} s before SIGTERM, ${ACCEPT_SECONDS} s of requestAcceptGraceTimeout, ${drain} s of graceTimeOut, ${EXIT_SECONDS} s for its own exit; SIGKILL comes after all of it. A reboot without a drain before it gives less: the kubelet has a limit for all pods`,
      'traefik/traefik pkg/server/server_entrypoint_tcp.go at v3.7.9',
    ),
  };
}

function identityRows(pod: string) {
  return {
    identity: tuned(
      `${pod}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
      'the same',
      'it writes below /tmp and nowhere else',
      CHART,
    ),
    user: tuned(
      `${pod}.securityContext`,
      {
        runAsGroup: 65532,
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      'the same; the image itself runs as root',
      'Pod Security restricted asks for it',
      CHART,
    ),
    serviceLinks: tuned(
      `${pod}.enableServiceLinks`,
      false,
      'true',
      'variables such as TRAEFIK_PORT, which a Service of this name would add, look like options of its own',
      'traefik/traefik docs/content/reference/install-configuration/boot-environment.md at v3.7.9',
    ),
  };
}

function resourceRows(s: TraefikSettings, pod: string) {
  const { edge, headerKibibytes } = s;
  const memory = edge.mebibytes % 1024 === 0 ? `${edge.mebibytes / 1024}Gi` : `${edge.mebibytes}Mi`;
  const free = freeKibibytes(edge.mebibytes);
  const connection = kibibytesPerConnection(headerKibibytes);
  const request = kibibytesPerRequest(headerKibibytes);
  const disk = edge.temporaryMebibytes + LOG_MEBIBYTES;
  return {
    memoryLimit: tuned(
      `${pod}.containers.resources.limits.memory`,
      memory,
      'none',
      `Traefik takes any number of connections, and this is where they end: the process is killed and starts again. ${BASE_MEBIBYTES} MiB are its own; the rest holds ${Math.floor(free / connection)} clients that stall in their header at ${connection} KiB, or ${Math.floor(free / request)} requests whose body stalls at ${request} KiB, of which one HTTP/2 connection can have many`,
      MEASURED,
    ),
    memoryRequest: tuned(
      `${pod}.containers.resources.requests.memory`,
      memory,
      'none',
      'reserved in full: when memory runs short, pods above their request are evicted first, before priority is looked at, and an attack is when this one would get there',
      CHART,
    ),
    goMemory: tuned(
      `${pod}.containers.env`,
      `${Math.floor(edge.mebibytes * GO_SHARE)}MiB`,
      'none',
      'GOMEMLIMIT: Go collects more often before the limit instead of being killed at it',
      'https://go.dev/doc/gc-guide#Memory_limit',
    ),
    cpuLimit: tuned(
      `${pod}.containers.resources.limits.cpu`,
      `${edge.workers}`,
      'none',
      'Go uses as many threads; on machines with etcd the edge must not take the rest',
      CHART,
    ),
    cpuRequest: tuned(
      `${pod}.containers.resources.requests.cpu`,
      edge.workers % 4 === 0 ? `${edge.workers / 4}` : `${250 * edge.workers}m`,
      'none',
      'a quarter of the limit when everybody wants the machine',
      CHART,
    ),
    diskLimit: tuned(
      `${pod}.containers.resources.limits.ephemeral-storage`,
      `${disk}Mi`,
      'none',
      `temporary files and ${LOG_MEBIBYTES} MiB of logs; beyond it the kubelet evicts this pod, and it starts again with an empty volume`,
      STORAGE,
    ),
    diskRequest: tuned(
      `${pod}.containers.resources.requests.ephemeral-storage`,
      `${Math.min(1024, disk)}Mi`,
      'none',
      'what ordinary uploads take, not the limit: a machine with a small disk runs a replica as well',
      STORAGE,
    ),
    temporarySize: tuned(
      `${pod}.volumes.emptyDir.sizeLimit`,
      `${edge.temporaryMebibytes}Mi`,
      'none',
      s.compatible
        ? `bodies are collected in /tmp: ${Math.floor(edge.temporaryMebibytes / Math.max(1, Math.ceil(edge.bodyKibibytes / 1024)))} of the largest at once. When it is full the kubelet evicts this replica and requests in flight are lost; without a limit the machine runs out of disk with everything on it`
        : `/tmp stays empty: bodies are passed on as they come. The image declares a volume there, which would have no limit; ${SMALL_MEBIBYTES} MiB are for what nobody thought of`,
      CHART,
    ),
  };
}
