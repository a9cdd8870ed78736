import { images } from '../../catalog';
import type { Cluster, Manifest } from '../../cluster';
import type { Flavor } from '../flavor';
import { renderNamespace } from '../namespace';
import { renderPriorityClass } from '../pod-placement';
import { controllerRelease } from '../release';
import type { Settings } from '../settings';
import { renderDisruptionBudget, renderNetworkPolicy, renderService } from '../traffic';
import { renderAutoscaler, renderWorkload } from '../workload';
import {
  renderClusterRole,
  renderClusterRoleBinding,
  renderRole,
  renderRoleBinding,
  renderServiceAccount,
} from './access';
import { renderAdmissionPolicy } from './admission-policy';
import { nicProblems } from './checks';
import { renderConfigMap } from './config-map';
import { renderIngressClass } from './ingress-class';
import { IDENTITY, PORTS } from './names';
import type { NginxIngressControllerOptions } from './options';
import { podSpec } from './pod';
import { nicTuning, type NicTuning } from './tuning';

/** NGINX Ingress Controller. */
export function nicFlavor(options: NginxIngressControllerOptions): Flavor {
  return {
    identity: IDENTITY,
    rules: [],
    label: ({ image }) => `NGINX Ingress Controller ${controllerRelease(image) ?? image}`,
    defaultImage: (cluster) => cluster._image(images['nginx-ingress-controller']),
    problems: (settings) => nicProblems(settings, options),
    objects: (cluster, settings) =>
      objects(cluster, settings, options, nicTuning(settings, options)),
    decisions: (path, settings) => nicTuning(settings, options).decisions(path),
  };
}

function objects(
  cluster: Cluster,
  settings: Settings,
  { admissionPolicy = true }: NginxIngressControllerOptions,
  tuning: NicTuning,
): Manifest[] {
  const budget = renderDisruptionBudget(IDENTITY, settings, tuning.placement);
  const autoscaler = renderAutoscaler(IDENTITY, settings, tuning.placement);
  return [
    renderNamespace(IDENTITY, cluster.kubernetesVersion.minor, tuning.access.get('podSecurity')),
    renderPriorityClass(tuning.placement),
    ...(admissionPolicy ? renderAdmissionPolicy(settings) : []),
    renderServiceAccount(),
    renderClusterRole(settings),
    renderClusterRoleBinding(),
    renderRole(settings),
    renderRoleBinding(),
    renderConfigMap(settings, tuning),
    renderIngressClass(settings),
    renderNetworkPolicy(IDENTITY, cluster, settings, PORTS),
    renderService(IDENTITY, cluster, settings, tuning.traffic),
    ...(budget === undefined ? [] : [budget]),
    renderWorkload(IDENTITY, settings, tuning.placement, podSpec(cluster, settings, tuning)),
    ...(autoscaler === undefined ? [] : [autoscaler]),
  ];
}
