import { images } from '../../catalog';
import type { Cluster } from '../../cluster';
import type { Settings } from '../settings';
import { machinesForReplicas } from '../sizing';
import { CONTROL_PLANE } from './names';
import type { GatewayFabricOptions, GatewayHttpsListener, GatewayService } from './options';

/** The questions that only this controller asks, answered. */
export interface FabricSettings {
  readonly httpsListeners: readonly GatewayHttpsListener[];
  readonly redirects: boolean;
  readonly routeNamespaceLabels?: Readonly<Record<string, string>>;
  /** Absent where it watches all; its own is among them. */
  readonly watchNamespaces?: readonly string[];
  readonly gatewayNamespaces: readonly string[];
  readonly services: readonly GatewayService[];
  readonly controlPlane: { readonly replicas: number; readonly mebibytes: number };
  readonly installsGatewayApi: boolean;
}

/** The settings of one construct. */
export function fabricSettings(
  { machines }: Pick<Settings, 'machines'>,
  options: GatewayFabricOptions,
): FabricSettings {
  const { httpsListeners = [], watchNamespaces } = options;
  return {
    httpsListeners,
    redirects: options.redirectsToHttps ?? httpsListeners.length > 0,
    routeNamespaceLabels: options.routeNamespaceLabels,
    watchNamespaces: watchNamespaces && [
      ...new Set([
        CONTROL_PLANE.namespace,
        ...watchNamespaces,
        ...(options.gatewayNamespaces ?? []),
      ]),
    ],
    gatewayNamespaces: [...new Set(options.gatewayNamespaces ?? [])],
    services: options.services ?? [],
    controlPlane: {
      replicas: options.controlPlaneReplicas ?? Math.min(2, machines),
      mebibytes: options.controlPlaneMemoryLimit?.toMebibytes() ?? 1024,
    },
    installsGatewayApi: options.installsGatewayApi ?? true,
  };
}

/** Namespaces beside its own that objects go into: Roles, and policies of Services. */
export function foreignNamespaces(fabric: FabricSettings): string[] {
  const { watchNamespaces = [], gatewayNamespaces, services } = fabric;
  const all = [...watchNamespaces, ...gatewayNamespaces, ...services.map((s) => s.namespace)];
  return [...new Set(all)].filter((one) => one !== CONTROL_PLANE.namespace).sort();
}

/**
 * Processes of one replica: the release starts one for each core of its machine, whatever the limit of
 * the pod. The largest machine counts, because memory must do for it; undefined when cores are unknown.
 */
export function processesOf(cluster: Cluster): number | undefined {
  const cores = machinesForReplicas(cluster).flatMap(({ cpus }) => cpus ?? []);
  return cores.length === 0 ? undefined : Math.max(...cores);
}

/** The image of the control plane; that of the data plane is the edge's own. */
export function controlPlaneImage(cluster: Cluster, options: GatewayFabricOptions): string {
  return options.controlPlaneImage ?? cluster._image(images['nginx-gateway-fabric']);
}
