import type { DaemonSet, Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { Tuning } from '../cluster';
import type { Identity } from './identity';
import type { placementRows } from './placement-tuning';
import type { Settings } from './settings';
import { EdgeKind } from './workload-options';

type Placement = Tuning<ReturnType<typeof placementRows>>;

/** The replicas: some of them, or one on each machine; other annotations are new pods. */
export function renderWorkload(
  identity: Identity,
  settings: Settings,
  placement: Placement,
  pod: PodSpec,
  annotations?: Record<string, string>,
): Deployment | DaemonSet {
  const { name, namespace, selector } = identity;
  const rollingUpdate = {
    maxUnavailable: placement.get('maxUnavailable'),
    maxSurge: placement.get('maxSurge'),
  };
  const common = {
    minReadySeconds: placement.get('minReadySeconds'),
    selector: { matchLabels: selector },
    template: {
      metadata: { labels: selector, ...(annotations === undefined ? {} : { annotations }) },
      spec: pod,
    },
  };
  if (settings.kind === EdgeKind.DAEMON_SET) {
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace },
      spec: { ...common, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
    };
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      ...common,
      // The autoscaler owns the number; server-side apply would take it back each time.
      ...(settings.autoscaling === undefined ? { replicas: placement.get('replicas') } : {}),
      strategy: { type: 'RollingUpdate', rollingUpdate },
    },
  };
}

/** More replicas when they are busy, where that was asked for. */
export function renderAutoscaler(
  identity: Identity,
  settings: Settings,
  placement: Placement,
): HorizontalPodAutoscaler | undefined {
  if (settings.autoscaling === undefined) {
    return undefined;
  }
  const { name, namespace } = identity;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: settings.kind, name },
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
    },
  };
}
