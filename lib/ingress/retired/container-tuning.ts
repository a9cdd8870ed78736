import { tuned } from '../../cluster';
import { podPath, type Settings } from '../settings';
import { CONFIG_MEBIBYTES } from '../sizing';

const DEPLOYMENT =
  'kubernetes/ingress-nginx deploy/static/provider/baremetal/deploy.yaml at controller-v1.15.1';
const CHECKER =
  'kubernetes/ingress-nginx internal/ingress/controller/checker.go at controller-v1.15.1';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** Configuration, Lua files and logs in the writable layer: five files of 10 MiB are the logs. */
const LAYER_MEBIBYTES = 150;

/** How a replica is watched, what it may do, and what it keeps where. */
export function containerRows(s: Settings) {
  const pod = podPath(s);
  return {
    readinessPeriod: tuned(
      `${pod}.containers.readinessProbe.periodSeconds`,
      5,
      '10',
      'a new replica serves a few seconds sooner',
      DEPLOYMENT,
    ),
    readinessTimeout: tuned(
      `${pod}.containers.readinessProbe.timeoutSeconds`,
      5,
      '1',
      'an attack takes the CPU of the limit, and both controller and nginx have to answer',
      DEPLOYMENT,
    ),
    readinessThreshold: tuned(
      `${pod}.containers.readinessProbe.failureThreshold`,
      6,
      '3',
      'this probe goes through nginx, and a full nginx does not answer: half a minute of that, longer than any slow header lives, before a replica leaves the Service',
      CHECKER,
    ),
    liveness: tuned(
      `${pod}.containers.livenessProbe`,
      {
        exec: { command: ['sh', '-c', 'kill -0 "$(cat /tmp/nginx/nginx.pid)"'] },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 12,
      },
      'HTTP through nginx, five times 10 s',
      'is the main process of nginx there, which the controller does not start again when it dies. Asked through nginx, every replica would be killed after 50 s of an attack that fills it',
      'kubernetes/ingress-nginx internal/ingress/controller/nginx.go at controller-v1.15.1',
    ),
    identity: tuned(
      `${pod}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        readOnlyRootFilesystem: false,
        runAsGroup: 82,
        runAsNonRoot: true,
        runAsUser: 101,
      },
      'the same',
      'the root file system stays writable: the controller writes its configuration among the Lua files of the image, and upstream never supported anything else',
      'kubernetes/ingress-nginx issues 6256, 9504 and 12911',
    ),
    seccomp: tuned(
      `${pod}.securityContext.seccompProfile.type`,
      'RuntimeDefault',
      'RuntimeDefault',
      'Pod Security restricted asks for it',
      DEPLOYMENT,
    ),
    diskLimit: tuned(
      `${pod}.containers.resources.limits.ephemeral-storage`,
      `${s.temporaryMebibytes + LAYER_MEBIBYTES}Mi`,
      'none',
      `temporary files, and ${LAYER_MEBIBYTES} MiB of configuration and logs; beyond it the kubelet evicts this pod, and it starts again with empty volumes`,
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    diskRequest: tuned(
      `${pod}.containers.resources.requests.ephemeral-storage`,
      `${Math.min(1024, s.temporaryMebibytes + LAYER_MEBIBYTES)}Mi`,
      'none',
      'what ordinary uploads take, not the limit: a machine with a small disk runs a replica as well',
      `${CONCEPTS}/configuration/manage-resources-containers/#local-ephemeral-storage`,
    ),
    secretMedium: tuned(
      `${pod}.volumes.emptyDir.medium`,
      'Memory',
      'disk',
      'TLS keys and passwords only: in memory they never reach a disk',
      'kubernetes/ingress-nginx pkg/util/file/structure.go at controller-v1.15.1',
    ),
    volumeSizes: tuned(
      `${pod}.volumes.emptyDir.sizeLimit`,
      {
        tls: `${CONFIG_MEBIBYTES / 2}Mi`,
        passwords: `${CONFIG_MEBIBYTES / 4}Mi`,
        temporary: `${s.temporaryMebibytes}Mi`,
      },
      'none',
      'certificates of some thousand hosts; files of passwords; bodies and responses of requests in flight, without which limit the machine runs out of disk with everything on it',
      DEPLOYMENT,
    ),
  };
}
