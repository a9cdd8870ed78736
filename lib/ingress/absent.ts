import type { Settings } from './settings';
import { serviceType } from './traffic-tuning';
import { EdgeKind } from './workload-options';

/** Whether there is a budget: something has to count the replicas, and there is a second machine for them. */
export function hasDisruptionBudget(settings: Settings): boolean {
  // `kubectl drain` passes the pods of a DaemonSet by, and nothing counts them for a budget.
  return settings.kind === EdgeKind.DEPLOYMENT && settings.machines > 1;
}

/** Whether a decision of the shared tables is about a part that this cluster does not get. */
export function isAbsent(settings: Settings, key: string): boolean {
  const daemons = settings.kind === EdgeKind.DAEMON_SET;
  const service = serviceType(settings);
  const absent: Record<string, boolean> = {
    'Service.spec.ipFamilyPolicy': !settings.dualStack,
    'Service.spec.externalTrafficPolicy': service === 'ClusterIP',
    'Service.spec.ports.nodePort': service === 'ClusterIP',
    'DaemonSet.spec.replicas': daemons,
    'DaemonSet.spec.template.spec.topologySpreadConstraints': daemons,
  };
  const other = settings.toleratesControlPlane ? 'affinity' : 'tolerations';
  return (
    absent[key] ??
    (key.endsWith(`.spec.${other}`) ||
      (key.startsWith('PodDisruptionBudget.') && !hasDisruptionBudget(settings)) ||
      (key.startsWith('HorizontalPodAutoscaler.') && settings.autoscaling === undefined) ||
      (key.endsWith('.lifecycle.preStop.sleep.seconds') && settings.shutdown.preStop === 0) ||
      (key.endsWith('.containers.ports.hostPort') && !settings.hostPorts))
  );
}
