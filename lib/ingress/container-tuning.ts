import { tuned } from '../cluster';
import type { Settings } from './settings';
import { DRAIN_SECONDS, EXIT_SECONDS, PRE_STOP_SECONDS, STOP_SECONDS } from './sizing';

const POD = 'Deployment.spec.template.spec';
const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const MAIN = 'nginx/kubernetes-ingress cmd/nginx-ingress/main.go at v5.5.4';

/** How a replica lives and dies, and what it may do. */
export function containerRows(s: Settings) {
  return {
    readinessPeriod: tuned(
      `${POD}.containers.readinessProbe.periodSeconds`,
      5,
      '1',
      'ready means that nginx runs the whole configuration, which only changes at the start. The controller answers, not nginx: a full nginx stays in service, and once it is ready there is nothing to find out every second',
      DEPLOYMENT,
    ),
    readinessTimeout: tuned(
      `${POD}.containers.readinessProbe.timeoutSeconds`,
      5,
      '1',
      'an attack takes the CPU of the limit, and the controller shares it: with a second each, three late answers would take every replica out of service at the moment it is needed',
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
      s.loadBalanced
        ? 'nginx refuses new connections as soon as it is told to quit. Until then it serves, while kube-proxy and the balancer turn to other replicas: three checks of 5 s'
        : 'nginx refuses new connections as soon as it is told to quit. Until then it serves what still arrives: a replica that is the last on its machine keeps all of it (kube-proxy uses terminating endpoints when no other is local), so a balancer learns nothing in these seconds and the machine must leave it before. In a rollout the successor on the same machine takes over meanwhile',
      'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/; KEP-1669',
    ),
    grace: tuned(
      `${POD}.terminationGracePeriodSeconds`,
      STOP_SECONDS,
      '30',
      `${PRE_STOP_SECONDS} s before SIGTERM, ${DRAIN_SECONDS} s of worker-shutdown-timeout, ${EXIT_SECONDS} s for the controller; SIGKILL comes after all of it. A reboot without a drain before it gives less: the kubelet has a limit for all pods`,
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
  };
}
