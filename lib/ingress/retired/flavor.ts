import { images } from '../../catalog';
import type { Cluster, Manifest } from '../../cluster';
import type { Flavor } from '../flavor';
import { renderNamespace } from '../namespace';
import { renderPriorityClass } from '../pod-placement';
import { controllerRelease } from '../release';
import type { Settings } from '../settings';
import { renderDisruptionBudget, renderNetworkPolicy, renderService } from '../traffic';
import { renderAutoscaler } from '../workload';
import { renderAccess } from './access';
import { renderAdmissionPolicy } from './admission-policy';
import { retiredProblems } from './checks';
import { choicesOf, type RetiredChoices } from './choices';
import { renderConfigMap } from './config-map';
import { renderIngressClass } from './ingress-class';
import { IDENTITY, PORTS } from './names';
import type { RetiredSummary } from './on-retired';
import type { RetiredIngressNginxOptions } from './options';
import { renderReplicas } from './replicas';
import { retiredRules } from './rules';
import { retiredTuning } from './tuning';
import { renderWebhook } from './webhook';

/**
 * ingress-nginx, archived.
 *
 * @param options what only this controller has; checked by `problems`, before anything is rendered
 * @param isSeed whether the ConfigMap is that of 2019
 */
export function retiredFlavor(options: RetiredIngressNginxOptions, isSeed = false): Flavor {
  const choices = () => choicesOf(options, isSeed);
  return {
    identity: IDENTITY,
    rules: retiredRules,
    label: ({ image }) => `ingress-nginx ${controllerRelease(image) ?? image} (retired)`,
    defaultImage: (cluster) => cluster._image(images['ingress-nginx-controller']),
    problems: (settings, cluster) => retiredProblems(options, settings, cluster),
    objects: (cluster, settings) => objects(cluster, settings, choices()),
    decisions: (path, settings) => retiredTuning(settings, choices()).decisions(path),
    nginx: () => options.nginxVersion,
    own: (): RetiredSummary => ({ choices: choices() }),
  };
}

function objects(cluster: Cluster, settings: Settings, choices: RetiredChoices): Manifest[] {
  const tuning = retiredTuning(settings, choices);
  const autoscaler = renderAutoscaler(IDENTITY, settings, tuning.placement);
  const budget = renderDisruptionBudget(IDENTITY, settings, tuning.placement);
  return [
    renderNamespace(IDENTITY, cluster.kubernetesVersion.minor, tuning.access.get('podSecurity')),
    renderPriorityClass(tuning.placement),
    ...(choices.admissionPolicy ? renderAdmissionPolicy(settings) : []),
    ...renderAccess(settings, choices),
    renderConfigMap(settings, choices, tuning.keys, tuning.snippet),
    renderIngressClass(settings),
    renderNetworkPolicy(IDENTITY, cluster, settings, PORTS),
    renderService(IDENTITY, cluster, settings, tuning.traffic),
    ...(choices.webhook ? renderWebhook(cluster, settings, tuning) : []),
    ...(budget === undefined ? [] : [budget]),
    renderReplicas(cluster, settings, choices, tuning),
    ...(autoscaler === undefined ? [] : [autoscaler]),
  ];
}
