import { gatewayApiManifest, gatewayFabricManifest, images } from '../../catalog';
import { Phase, type Cluster, type Manifest } from '../../cluster';
import type { Flavor } from '../flavor';
import { renderNamespace } from '../namespace';
import { renderPriorityClass } from '../pod-placement';
import { controllerRelease } from '../release';
import type { Settings } from '../settings';
import { renderDisruptionBudget } from '../traffic';
import { renderCertificateRole, renderControlPlaneRoles, renderServiceAccounts } from './access';
import {
  renderCertificateJob,
  renderControlPlane,
  renderControlPlaneBudget,
  renderControlPlaneService,
} from './control-plane';
import { renderGateway, renderGatewayClass, renderRedirect } from './gateway';
import { CONFIG, DATA_PLANE } from './names';
import type { GatewayFabricOptions } from './options';
import { renderPolicies } from './policies';
import { fabricProblems } from './problems';
import { renderNginxGateway, renderNginxProxy } from './proxy';
import { fabricRules } from './rules';
import { controlPlaneImage, fabricSettings, processesOf } from './settings';
import { renderSnippetGuard } from './snippet-guard';
import { renderControlPlanePolicy, renderDataPlanePolicy } from './traffic';
import { fabricTuning } from './tuning';

/** NGINX Gateway Fabric. */
export function gatewayFabricFlavor(options: GatewayFabricOptions): Flavor {
  const tuningOf = (settings: Settings) =>
    fabricTuning(settings, fabricSettings(settings, options));
  return {
    identity: DATA_PLANE,
    rules: fabricRules(options),
    label: ({ image }) => `NGINX Gateway Fabric ${controllerRelease(image) ?? image}`,
    defaultImage: (cluster) => cluster._image(images['nginx-gateway-fabric-nginx']),
    processes: processesOf,
    problems: (settings, cluster) => fabricProblems(settings, cluster, options),
    objects: (cluster, settings) => objects(cluster, settings, options),
    decisions: (path, settings) => tuningOf(settings).decisions(path),
    require: (cluster, settings) => {
      const { installsGatewayApi } = fabricSettings(settings, options);
      needDefinitions(cluster, installsGatewayApi);
    },
  };
}

function objects(cluster: Cluster, settings: Settings, options: GatewayFabricOptions): Manifest[] {
  const fabric = fabricSettings(settings, options);
  const tuning = fabricTuning(settings, fabric);
  const parts = { cluster, settings, tuning, image: controlPlaneImage(cluster, options) };
  const budget = renderDisruptionBudget(DATA_PLANE, settings, tuning.placement);
  return [
    renderNamespace(DATA_PLANE, cluster.kubernetesVersion.minor, tuning.access.get('podSecurity')),
    renderPriorityClass(tuning.placement),
    ...renderServiceAccounts(),
    ...renderControlPlaneRoles(fabric),
    ...renderCertificateRole(),
    renderControlPlanePolicy(cluster, settings, fabric),
    renderDataPlanePolicy(cluster, settings),
    ...renderSnippetGuard(),
    renderControlPlaneService(),
    renderCertificateJob(parts),
    renderNginxGateway(CONFIG, tuning),
    renderNginxProxy(cluster, settings, tuning),
    renderGatewayClass(settings),
    ...renderControlPlaneBudget(tuning),
    ...(budget === undefined ? [] : [budget]),
    renderControlPlane(parts),
    ...renderPolicies(settings, tuning),
    renderGateway(settings, fabric),
    ...(fabric.redirects ? [renderRedirect()] : []),
  ];
}

/** The definitions of the kinds above, and the end of the phase: pods serve what the Gateway says. */
function needDefinitions(cluster: Cluster, installsGatewayApi: boolean): void {
  const gateway = `gateway/${DATA_PLANE.name}`;
  if (installsGatewayApi) {
    cluster._fetch(Phase.INGRESS, gatewayApiManifest);
  } else {
    cluster._wait(
      'before',
      Phase.INGRESS,
      ...gatewayApiManifest.definitions.map((name) => ({
        resource: `crd/${name}`,
        condition: 'Established',
        minutes: 1,
        needed: true,
      })),
    );
  }
  cluster._fetch(Phase.INGRESS, gatewayFabricManifest);
  cluster._wait('after', Phase.INGRESS, {
    resource: gateway,
    condition: 'Programmed',
    minutes: 10,
    follows: gateway,
    namespace: DATA_PLANE.namespace,
  });
}
