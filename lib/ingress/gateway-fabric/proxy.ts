import { addressAnnotations, familyOf, type Cluster, type Manifest } from '../../cluster';
import { renderPlacement, renderSpread } from '../pod-placement';
import type { Settings } from '../settings';
import { EdgeKind } from '../workload-options';
import { imageFields } from './image-fields';
import { CONTROL_PLANE, DATA_PLANE, FABRIC_API, PORTS } from './names';
import type { FabricTuning } from './tuning';

/** An object of a kind that Kubernetes does not bring. */
export type CustomResource = Manifest & { readonly spec: object };

/** nginx, and the workload and Service that the controller makes for it. */
export function renderNginxProxy(
  cluster: Cluster,
  settings: Settings,
  tuning: FabricTuning,
): CustomResource {
  const { proxy } = tuning;
  return {
    apiVersion: `${FABRIC_API}/v1alpha2`,
    kind: 'NginxProxy',
    metadata: { name: DATA_PLANE.name, namespace: DATA_PLANE.namespace },
    spec: {
      workerConnections: proxy.get('workerConnections'),
      serverTokens: proxy.get('serverTokens'),
      disableHTTP2: proxy.get('http2'),
      ipFamily: proxy.get('family'),
      metrics: proxy.get('metrics'),
      logging: { errorLevel: proxy.get('errorLevel') },
      ...(settings.trustedProxies.length === 0
        ? {}
        : { rewriteClientIP: realIp(settings, proxy.get('realIp')) }),
      kubernetes: {
        ...workload(settings, tuning),
        service: service(cluster, settings, tuning),
      },
    },
  };
}

/** The configuration of the control plane itself. */
export function renderNginxGateway(name: string, tuning: FabricTuning): CustomResource {
  return {
    apiVersion: `${FABRIC_API}/v1alpha1`,
    kind: 'NginxGateway',
    metadata: { name, namespace: CONTROL_PLANE.namespace },
    spec: { logging: { level: tuning.controlPlane.get('logLevel') } },
  };
}

function realIp({ trustedProxies }: Settings, mode: string) {
  return {
    mode,
    setIPRecursively: true,
    trustedAddresses: trustedProxies.map((value) => ({
      type: familyOf(value) === undefined ? 'CIDR' : 'IPAddress',
      value,
    })),
  };
}

function workload(settings: Settings, tuning: FabricTuning) {
  const { placement } = tuning;
  const common = {
    pod: {
      ...renderPlacement(settings, placement),
      ...renderSpread(DATA_PLANE, settings, placement),
      terminationGracePeriodSeconds: tuning.pod.get('grace'),
    },
    container: container(settings, tuning),
    patches: [patch(settings, tuning)],
  };
  if (settings.kind === EdgeKind.DAEMON_SET) {
    return { daemonSet: common };
  }
  const replicas =
    settings.autoscaling === undefined
      ? { replicas: placement.get('replicas') }
      : { autoscaling: autoscaling(tuning) };
  return { deployment: { ...replicas, ...common } };
}

function container(settings: Settings, { pod }: FabricTuning) {
  return {
    image: imageFields(settings.image),
    lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', pod.get('preStop')] } } },
    resources: {
      requests: {
        cpu: pod.get('cpuRequest'),
        'ephemeral-storage': pod.get('diskRequest'),
        memory: pod.get('memoryRequest'),
      },
      limits: {
        cpu: pod.get('cpuLimit'),
        'ephemeral-storage': pod.get('diskLimit'),
        memory: pod.get('memoryLimit'),
      },
    },
    ...(settings.hostPorts ? { hostPorts: pod.get('hostPorts') } : {}),
  };
}

/** What NginxProxy has no field for, on the workload that the controller makes. */
function patch({ kind }: Settings, { pod, placement }: FabricTuning) {
  const strategy = {
    type: 'RollingUpdate',
    rollingUpdate: {
      maxSurge: placement.get('maxSurge'),
      maxUnavailable: placement.get('maxUnavailable'),
    },
  };
  return {
    type: 'StrategicMerge',
    value: {
      spec: {
        minReadySeconds: placement.get('minReadySeconds'),
        ...(kind === EdgeKind.DAEMON_SET ? { updateStrategy: strategy } : { strategy }),
        template: {
          spec: {
            priorityClassName: placement.get('priority'),
            volumes: [{ name: 'nginx-secrets', emptyDir: pod.get('secretsMedium') }],
          },
        },
      },
    },
  };
}

function autoscaling({ placement }: FabricTuning) {
  return {
    enable: true,
    minReplicas: placement.get('replicas'),
    maxReplicas: placement.get('maxReplicas'),
    metrics: [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          target: { type: 'AverageValue', averageValue: placement.get('targetCpu') },
        },
      },
    ],
    behavior: { scaleDown: placement.get('scaleDown') },
  };
}

function service(cluster: Cluster, settings: Settings, { proxy }: FabricTuning) {
  const { http, https } = settings.nodePorts;
  const type = proxy.get('serviceType');
  const annotations =
    settings.loadBalancerAddress &&
    addressAnnotations(cluster.loadBalancer, [settings.loadBalancerAddress]);
  return {
    type,
    ...(type === 'ClusterIP'
      ? {}
      : {
          externalTrafficPolicy: proxy.get('trafficPolicy'),
          nodePorts: [
            { port: http, listenerPort: PORTS.http },
            { port: https, listenerPort: PORTS.https },
          ],
        }),
    ...(annotations
      ? { patches: [{ type: 'StrategicMerge', value: { metadata: { annotations } } }] }
      : {}),
  };
}
