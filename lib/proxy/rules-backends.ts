import { objectsOf, Severity, type Cluster, type IRule, type RuleViolation } from '../cluster';
import { proxyRule } from './proxy-rule';

/** Where each kind of workload keeps its pods' labels and spec. */
const TEMPLATES: Readonly<Record<string, (object: any) => any>> = {
  Pod: (object) => object,
  Deployment: ({ spec }) => spec?.template,
  DaemonSet: ({ spec }) => spec?.template,
  StatefulSet: ({ spec }) => spec?.template,
  ReplicaSet: ({ spec }) => spec?.template,
};

/** What Services of the App send to, whoever made them. */
export const backendRules: IRule[] = [
  proxyRule(
    {
      id: 'GW-PROXY-024',
      severity: Severity.WARNING,
      title: 'Pods behind a Service say when they can serve',
      why: 'Without a readinessProbe a pod gets connections from its first moment, and keeps getting them while it hangs: no mode of kube-proxy tries another pod when one refuses',
      remedy: 'give a container of the pod a readinessProbe',
      reference:
        'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes',
    },
    (cluster) => silentBackends(cluster),
  ),
];

/**
 * Headless Services hand out addresses without kube-proxy, those of an external name a name, and some ask
 * for pods that are not ready.
 */
function silentBackends(cluster: Cluster): RuleViolation[] {
  const objects = objectsOf(cluster);
  const services = objects
    .map(({ object }) => object)
    .filter(
      ({ apiVersion, kind, spec = {} }) =>
        apiVersion === 'v1' &&
        kind === 'Service' &&
        Object.keys(spec.selector ?? {}).length > 0 &&
        spec.clusterIP !== 'None' &&
        spec.type !== 'ExternalName' &&
        spec.publishNotReadyAddresses !== true,
    );
  if (services.length === 0) {
    return [];
  }
  return objects
    .filter(({ object: { kind } }) => TEMPLATES[kind] !== undefined)
    .flatMap(({ path, object }) => {
      const { kind } = object;
      const pod = TEMPLATES[kind]!(object);
      const { name, namespace = 'default' } = object.metadata;
      const service = services.find(
        ({ metadata, spec }) =>
          (metadata.namespace ?? 'default') === namespace &&
          Object.entries(spec.selector).every(
            ([key, value]) => pod?.metadata?.labels?.[key] === value,
          ),
      );
      return service === undefined || saysWhenReady(pod?.spec)
        ? []
        : [
            {
              path,
              message: `Service ${namespace}/${service.metadata.name} sends to pods of ${kind} ${namespace}/${name}, which have no readinessProbe`,
            },
          ];
    });
}

/**
 * One container with a probe speaks for the pod; a sidecar among the init containers can be it. So does a
 * controller for which the pod has a readiness gate.
 */
function saysWhenReady(spec: any): boolean {
  return (
    spec?.readinessGates?.length > 0 ||
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(
      ({ readinessProbe }) => readinessProbe !== undefined,
    )
  );
}
