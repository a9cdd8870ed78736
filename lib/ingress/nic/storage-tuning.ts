import { tuned } from '../../cluster';
import { podPath, type Settings } from '../settings';
import { CONFIG_MEBIBYTES, RESPONSE_FILE_MEBIBYTES } from '../sizing';

const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** Volumes on disk that hold sockets and next to nothing. */
const DISK_VOLUMES = ['nginx-lib', 'nginx-lib-state', 'nginx-log'];
/** Size of each of them. */
const SMALL_MEBIBYTES = 16;
/** Logs count as storage: five files of 10 MiB by default, for each of the two containers. */
const LOG_MEBIBYTES = 100;

/** What a replica may use of its machine's disk, and what copies the configuration. */
export function storageRows(s: Settings) {
  const pod = podPath(s);
  const disk = s.temporaryMebibytes + DISK_VOLUMES.length * SMALL_MEBIBYTES + LOG_MEBIBYTES;
  return {
    diskLimit: tuned(
      `${pod}.containers.resources.limits.ephemeral-storage`,
      `${disk}Mi`,
      'none',
      `the volumes on disk and ${LOG_MEBIBYTES} MiB of logs; beyond it the kubelet evicts this pod, and it starts again with empty volumes`,
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    diskRequest: tuned(
      `${pod}.containers.resources.requests.ephemeral-storage`,
      `${Math.min(1024, disk)}Mi`,
      'none',
      'what ordinary uploads take, not the limit: a machine with a small disk runs a replica as well',
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    initLimit: tuned(
      `${pod}.initContainers.resources`,
      { memory: '96Mi', cpu: '100m' },
      'none',
      'it copies some hundred KiB into memory and ends; less than the replica itself, so it adds nothing',
      DEPLOYMENT,
    ),
    ...volumeRows(s),
  };
}

function volumeRows(s: Settings) {
  const pod = podPath(s);
  const body = s.requestBuffering ? Math.ceil(s.bodyKibibytes / 1024) : 0;
  const all = s.requests * (body + RESPONSE_FILE_MEBIBYTES);
  const small = Object.fromEntries(DISK_VOLUMES.map((name) => [name, `${SMALL_MEBIBYTES}Mi`]));
  return {
    configMedium: tuned(
      `${pod}.volumes.emptyDir.medium`,
      'Memory',
      'disk',
      'nginx-etc only: the controller writes TLS keys below /etc/nginx, and in memory they never reach a disk',
      'nginx/kubernetes-ingress internal/nginx/manager.go at v5.5.4',
    ),
    volumeSizes: tuned(
      `${pod}.volumes.emptyDir.sizeLimit`,
      {
        'nginx-etc': `${CONFIG_MEBIBYTES}Mi`,
        'nginx-cache': `${s.temporaryMebibytes}Mi`,
        ...small,
      } as Record<string, string>,
      'none',
      all > s.temporaryMebibytes
        ? `configuration of some ten thousand Ingresses; temporary files; sockets. nginx-cache holds ${Math.floor(s.temporaryMebibytes / body)} of the largest bodies at once, not what all ${s.requests} requests could write (${all} MiB). When it is full the kubelet evicts this replica within some ten seconds and requests in flight are lost; without a limit the machine runs out of disk with everything on it`
        : `configuration of some ten thousand Ingresses; temporary files; sockets. nginx-cache holds all that ${s.requests} requests can write; the limit is there for what nobody thought of`,
      DEPLOYMENT,
    ),
  };
}
