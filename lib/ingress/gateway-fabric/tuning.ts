import { Tuning, type Decision } from '../../cluster';
import { hasDisruptionBudget } from '../absent';
import type { Settings } from '../settings';
import { accessRows } from './access-tuning';
import { argumentRows, controlPlaneRows } from './control-plane-tuning';
import { httpRows, mainRows, policyRows } from './policy-tuning';
import { dataPlacementRows, dataPodRows, proxyRows, workloadPath } from './proxy-tuning';
import type { FabricSettings } from './settings';

/** The tuned values of this controller, worked out for one construct; rendering reads them from here. */
export function fabricTuning(settings: Settings, fabric: FabricSettings) {
  const rows = {
    fabric,
    argument: argumentRows(settings),
    controlPlane: new Tuning(controlPlaneRows(fabric)),
    placement: new Tuning(dataPlacementRows(settings)),
    pod: new Tuning(dataPodRows(settings)),
    proxy: new Tuning(proxyRows(settings)),
    policies: new Tuning(policyRows(settings, fabric)),
    main: mainRows(settings),
    http: httpRows(settings),
    access: new Tuning(accessRows(settings, fabric)),
  };
  return {
    ...rows,
    decisions: (path: string) =>
      [
        new Tuning(rows.argument),
        rows.controlPlane,
        rows.placement,
        rows.pod,
        rows.proxy,
        rows.policies,
        new Tuning(rows.main),
        new Tuning(rows.http),
        rows.access,
      ]
        .flatMap((table) => table.decisions(path))
        .filter((decision) => !absent(settings, fabric, decision)),
  };
}

/** The tuned values of one construct. */
export type FabricTuning = ReturnType<typeof fabricTuning>;

/** Rows about parts that this edge does not get. */
function absent(s: Settings, fabric: FabricSettings, { key }: Decision): boolean {
  const at = workloadPath(s);
  const gone: Record<string, boolean> = {
    [`${at}.pod.${s.toleratesControlPlane ? 'affinity' : 'tolerations'}`]: true,
    [`${at}.pod.topologySpreadConstraints`]: at.endsWith('daemonSet'),
    [`${at}.replicas`]: at.endsWith('daemonSet'),
    [`${at}.container.hostPorts`]: !s.hostPorts,
    'NginxProxy.spec.rewriteClientIP': s.trustedProxies.length === 0,
    'NginxProxy.spec.kubernetes.service.externalTrafficPolicy': s.hostPorts && !s.loadBalanced,
    'NginxProxy.spec.kubernetes.service.nodePorts': s.hostPorts && !s.loadBalanced,
    'UpstreamSettingsPolicy.spec.keepAlive.connections': fabric.services.length === 0,
    'RateLimitPolicy.spec.rateLimit': s.requestRate === undefined,
    'PodDisruptionBudget[nginx-gateway].spec.maxUnavailable': fabric.controlPlane.replicas < 2,
    'PodDisruptionBudget.spec.maxUnavailable': !hasDisruptionBudget(s),
    'PodDisruptionBudget.spec.unhealthyPodEvictionPolicy': !hasDisruptionBudget(s),
  };
  return gone[key] ?? (key.startsWith(`${at}.autoscaling.`) && s.autoscaling === undefined);
}
