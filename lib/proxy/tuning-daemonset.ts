import { tuned } from '../cluster';
import { choice } from './choice';
import type { KubeProxyOptions } from './kube-proxy-options';

const KUBEADM = 'kubernetes/kubernetes cmd/kubeadm/app/phases/addons/proxy/manifests.go';

/** Rows of the DaemonSet, the same in every mode. */
export function daemonSetRows(options: KubeProxyOptions) {
  const pod = (path: string) => `DaemonSet.spec.template.spec.${path}`;
  return {
    maxUnavailable: tuned(
      'DaemonSet.spec.updateStrategy.rollingUpdate.maxUnavailable',
      '10%',
      '1',
      'The kernel keeps forwarding while kube-proxy restarts, so ten steps are safe at any size; up to ten machines it is one at a time',
      'kubernetes/kubernetes pkg/apis/apps/v1/defaults.go',
    ),
    priority: tuned(
      pod('priorityClassName'),
      'system-node-critical',
      "system-node-critical, in kubeadm's manifest",
      'It is started before and evicted after everything that needs a Service',
      KUBEADM,
    ),
    tolerations: tuned(
      pod('tolerations'),
      [{ operator: 'Exists' }],
      "the same, in kubeadm's manifest",
      'A machine without it has no Services, whatever its taint says; the CNI comes up only after it',
      KUBEADM,
    ),
    hostNetwork: tuned(
      pod('hostNetwork'),
      true,
      "true, in kubeadm's manifest",
      "Rules belong into the machine's network namespace, and there is no pod network yet",
      KUBEADM,
    ),
    dnsPolicy: tuned(
      pod('dnsPolicy'),
      'Default',
      'ClusterFirst, which means Default on the host network',
      "Cluster DNS needs kube-proxy. The endpoint's name comes from the machine's /etc/hosts, of which kubelet gives host-network pods a copy, or its resolvers",
      'kubernetes/kubernetes pkg/kubelet/kubelet_pods.go',
    ),
    pullPolicy: tuned(
      pod('*.imagePullPolicy'),
      'IfNotPresent',
      'IfNotPresent for a tag other than latest',
      'A machine that boots while the registry is away still gets its Services',
      KUBEADM,
    ),
    cpu: choice(
      pod('*.resources.requests.cpu'),
      format(options.cpuRequestMillicores, 'm'),
      '50m',
      "none, in kubeadm's manifest",
      'A share under contention, for bursts of endpoint changes; no limit, which would throttle exactly those',
      KUBEADM,
    ),
    memory: choice(
      pod('*.resources.requests.memory'),
      format(options.memoryRequest?.toMebibytes(), 'Mi'),
      '64Mi',
      "none, in kubeadm's manifest",
      'Room for some thousand endpoints; no limit, since being killed for memory leaves stale Services',
      KUBEADM,
    ),
    liveness: tuned(
      pod('containers.livenessProbe'),
      { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      "none, in kubeadm's manifest",
      '/livez fails when a change waits for twice syncPeriod; one more minute, then a restart. An unreachable API does not fail it',
      'kubernetes/kubernetes pkg/proxy/healthcheck/proxy_health.go',
    ),
    startup: tuned(
      pod('containers.startupProbe'),
      { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 72 },
      "none, in kubeadm's manifest",
      'Six minutes: kube-proxy waits up to five for its Node before it serves /livez. The pod is ready when this passes, so no readiness probe',
      'kubernetes/kubernetes pkg/proxy/node.go',
    ),
  };
}

function format(amount: number | undefined, unit: string): string | undefined {
  return amount === undefined ? undefined : `${amount}${unit}`;
}
