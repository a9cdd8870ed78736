import { tuned } from '../../cluster';
import { podPath, type Settings } from '../settings';

const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const MAIN = 'nginx/kubernetes-ingress cmd/nginx-ingress/main.go at v5.5.4';

/** How a replica is watched, and what it may do. */
export function containerRows(s: Settings) {
  const pod = podPath(s);
  return {
    readinessPeriod: tuned(
      `${pod}.containers.readinessProbe.periodSeconds`,
      5,
      '1',
      'ready means that nginx runs the whole configuration, which only changes at the start. The controller answers, not nginx: a full nginx stays in service, and once it is ready there is nothing to find out every second',
      DEPLOYMENT,
    ),
    readinessTimeout: tuned(
      `${pod}.containers.readinessProbe.timeoutSeconds`,
      5,
      '1',
      'an attack takes the CPU of the limit, and the controller shares it: with a second each, three late answers would take every replica out of service at the moment it is needed',
      DEPLOYMENT,
    ),
    liveness: tuned(
      `${pod}.containers.livenessProbe`,
      'none',
      'none',
      'the controller exits when nginx does; a probe through nginx would kill every replica during an attack',
      MAIN,
    ),
    identity: tuned(
      `${pod}.containers.securityContext`,
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
      `${pod}.initContainers.securityContext`,
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
      `${pod}.securityContext.seccompProfile.type`,
      'RuntimeDefault',
      'RuntimeDefault',
      'Pod Security restricted asks for it',
      DEPLOYMENT,
    ),
  };
}
