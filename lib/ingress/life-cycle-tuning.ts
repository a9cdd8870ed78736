import { tuned } from '../cluster';
import { podPath, type Settings } from './settings';
import { EXIT_SECONDS } from './sizing';

/** How a replica ends. */
export function lifeCycleRows(s: Settings, source: string) {
  const pod = podPath(s);
  return {
    preStop: tuned(
      `${pod}.containers.lifecycle.preStop.sleep.seconds`,
      s.shutdown.preStop,
      'none',
      s.loadBalanced
        ? 'nginx refuses new connections as soon as it is told to quit. Until then it serves, while kube-proxy and the balancer turn to other replicas: three checks of 5 s by default'
        : 'nginx refuses new connections as soon as it is told to quit. Until then it serves what still arrives: a replica that is the last on its machine keeps all of it (kube-proxy uses terminating endpoints when no other is local), so a balancer learns nothing in these seconds and the machine must leave it before. In a rollout the successor on the same machine takes over meanwhile',
      'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/; KEP-1669',
    ),
    grace: tuned(
      `${pod}.terminationGracePeriodSeconds`,
      s.shutdown.grace,
      '30',
      `${s.shutdown.preStop} s before SIGTERM, ${s.shutdown.drain} s of worker-shutdown-timeout, ${EXIT_SECONDS} s for the controller; SIGKILL comes after all of it. A reboot without a drain before it gives less: the kubelet has a limit for all pods`,
      source,
    ),
  };
}
