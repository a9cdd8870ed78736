import { Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import { kubeProxyImage } from '../catalog';
import {
  Phase,
  Tuning,
  addManifest,
  agreeWithFact,
  decisionsOf,
  type Cluster,
  type TuningRow,
  millis,
} from '../cluster';
import { splitAddress } from './bind-address';
import { inspections } from './inspect';
import { KubeProxyNames, type KubeProxyOptions } from './kube-proxy-options';
import { machineRows, requireMachineNeeds } from './machine-needs';
import type { ModePart } from './mode-part';
import { objectNames } from './names';
import { renderConfiguration, renderKubeconfig } from './render-config';
import { renderObjects } from './render-objects';
import { proxyRules } from './rules';
import { configurationRows, detectLocalRows } from './tuning';
import { daemonSetRows } from './tuning-daemonset';
import { DEFAULT_MIN_SYNC_MS, DEFAULT_SYNC_MS } from './tuning-section';
import { securityRows } from './tuning-security';

/**
 * Everything a kube-proxy construct does once its options are known to be right: registers what it is,
 * renders its objects, asks the machines for what it needs, and brings its rules.
 */
export function buildProxy(
  construct: Construct,
  cluster: Cluster,
  options: KubeProxyOptions,
  part: ModePart,
): void {
  const { path } = construct.node;
  const { mode } = part;
  agreeWithFact(path, 'kubeProxyMode', cluster.kubeProxyMode, mode);
  const configuration = new Tuning(configurationRows(cluster, mode, options));
  const detectLocal = detectLocalRows(options);
  const pods = new Tuning(daemonSetRows(options));
  const security = securityRows(mode, options);
  const healthPort = splitAddress(configuration.get('healthzBindAddress'))!.port;
  cluster._register('kubeProxy', {
    path,
    mode,
    ...part.ipvs,
    syncPeriodSeconds: seconds(options.syncPeriod, DEFAULT_SYNC_MS),
    minSyncPeriodSeconds: seconds(options.minSyncPeriod, DEFAULT_MIN_SYNC_MS),
    tcpBeLiberal: configuration.get('tcpBeLiberal'),
    detectLocalMode: configuration.get('detectLocalMode'),
    expectedServices: options.expectedServices,
    nodePortAddresses: configuration.get('nodePortAddresses'),
    image: options.image,
    ownNames: options.names === KubeProxyNames.OWN,
    inspect: inspections(
      mode,
      objectNames(options.names, mode).name,
      configuration.get('metricsBindAddress'),
      cluster._families,
    ),
  });

  const objects = renderObjects({
    names: objectNames(options.names, mode),
    image: options.image ?? cluster._image(kubeProxyImage(cluster.kubernetesVersion.patch)),
    imagePullSecrets: cluster.imagePullSecrets,
    configuration: Yaml.stringify(
      renderConfiguration(cluster, configuration, {
        ...part,
        detectLocal: mapValues(detectLocal),
      }),
    ),
    kubeconfig: Yaml.stringify(renderKubeconfig(cluster.endpoint.url)),
    healthPort,
    tuning: pods,
    security,
  });
  objects.forEach((object) => addManifest(construct, cluster, Phase.KUBE_PROXY, object));

  requireMachineNeeds(construct, cluster, {
    mode,
    modules: part.modules,
    healthPort,
    metricsBindAddress: configuration.get('metricsBindAddress'),
  });
  const machines: Record<string, TuningRow<unknown>> = machineRows(cluster, mode);
  [configuration, part.tuning, pods].forEach((tuning) =>
    cluster.recordDecisions(tuning.decisions(path)),
  );
  const rest = [
    ...Object.values(detectLocal),
    ...Object.values(security),
    ...Object.values(machines),
  ];
  cluster.recordDecisions(decisionsOf(path, rest));
  proxyRules.forEach((rule) => cluster.addRule(rule, construct));
}

function mapValues(rows: Readonly<Record<string, TuningRow<string>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(rows).map(([field, { value }]) => [field, value]));
}

function seconds(given: KubeProxyOptions['syncPeriod'], otherwise: number): number {
  return (given === undefined ? otherwise : millis(given)) / 1000;
}
