import { tuned } from '../cluster';
import type { Settings } from './settings';
import {
  BASE_MEBIBYTES,
  CONFIG_MEBIBYTES,
  GENERATIONS,
  kibibytesPerConnection,
  kibibytesPerRequest,
  RESPONSE_FILE_MEBIBYTES,
} from './sizing';

const POD = 'Deployment.spec.template.spec';
const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** Volumes on disk that hold sockets and next to nothing. */
const DISK_VOLUMES = ['nginx-lib', 'nginx-lib-state', 'nginx-log'];
/** Size of each of them. */
const SMALL_MEBIBYTES = 16;
/** Logs count as storage: five files of 10 MiB by default, for each of the two containers. */
const LOG_MEBIBYTES = 100;

/** What a replica may use. */
export function resourceRows(s: Settings) {
  const memory = s.mebibytes % 1024 === 0 ? `${s.mebibytes / 1024}Gi` : `${s.mebibytes}Mi`;
  const why = `${BASE_MEBIBYTES} MiB of the controller; ${GENERATIONS} generations of processes during a reload × ${s.workers} × ${s.connections} connections × ${kibibytesPerConnection(s.buffers)} KiB, the most a stalled TLS client can hold; ${s.requests} requests × ${kibibytesPerRequest(s.buffers)} KiB with its header as read and as sent, body and response buffers. Not in it: answers that nginx writes before it counts (see http2_max_concurrent_streams)`;
  const disk = s.temporaryMebibytes + DISK_VOLUMES.length * SMALL_MEBIBYTES + LOG_MEBIBYTES;
  const measured =
    'measured with nginx 1.22.1 and OpenSSL 3.0: 9.6 KiB plain, 22.6 KiB TLS, 55.2 KiB TLS with four header buffers full; 123.8 KiB a proxied HTTP/2 stream with as much header and an answer that nobody reads';
  return {
    memoryLimit: tuned(`${POD}.containers.resources.limits.memory`, memory, 'none', why, measured),
    memoryRequest: tuned(
      `${POD}.containers.resources.requests.memory`,
      memory,
      '128Mi',
      'reserved in full: when memory runs short, pods above their request are evicted first, before priority is looked at, and an attack is when this one would get there',
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
    diskLimit: tuned(
      `${POD}.containers.resources.limits.ephemeral-storage`,
      `${disk}Mi`,
      'none',
      `the volumes on disk and ${LOG_MEBIBYTES} MiB of logs; beyond it the kubelet evicts this pod, and it starts again with empty volumes`,
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    diskRequest: tuned(
      `${POD}.containers.resources.requests.ephemeral-storage`,
      `${Math.min(1024, disk)}Mi`,
      'none',
      'what ordinary uploads take, not the limit: a machine with a small disk runs a replica as well',
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    initLimit: tuned(
      `${POD}.initContainers.resources`,
      { memory: '96Mi', cpu: '100m' },
      'none',
      'it copies some hundred KiB into memory and ends; less than the replica itself, so it adds nothing',
      DEPLOYMENT,
    ),
    ...volumeRows(s),
  };
}

function volumeRows(s: Settings) {
  const body = Math.ceil(s.bodyKibibytes / 1024);
  const all = s.requests * (body + RESPONSE_FILE_MEBIBYTES);
  const small = Object.fromEntries(DISK_VOLUMES.map((name) => [name, `${SMALL_MEBIBYTES}Mi`]));
  const bodies = Math.floor(s.temporaryMebibytes / body);
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
        'nginx-cache': `${s.temporaryMebibytes}Mi`,
        ...small,
      } as Record<string, string>,
      'none',
      all > s.temporaryMebibytes
        ? `configuration of some ten thousand Ingresses; temporary files; sockets. nginx-cache holds ${bodies} of the largest bodies at once, not what all ${s.requests} requests could write (${all} MiB). When it is full the kubelet evicts this replica within some ten seconds and requests in flight are lost; without a limit the machine runs out of disk with everything on it`
        : `configuration of some ten thousand Ingresses; temporary files; sockets. nginx-cache holds all that ${s.requests} requests can write; the limit is there for what nobody thought of`,
      DEPLOYMENT,
    ),
  };
}
