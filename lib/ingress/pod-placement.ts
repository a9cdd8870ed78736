import type { Affinity, Toleration, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { Tuning } from '../cluster';
import type { Identity } from './identity';
import { PRIORITY_CLASS, type placementRows } from './placement-tuning';
import type { Settings } from './settings';
import { EdgeKind } from './workload-options';

type Placement = Tuning<ReturnType<typeof placementRows>>;

/** The rank of the replicas among pods. */
export function renderPriorityClass(placement: Placement): PriorityClass {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: PRIORITY_CLASS },
    value: placement.get('priorityValue'),
    preemptionPolicy: placement.get('preemption'),
    description:
      'The ingress controller: before applications, and evicted like them when it fills a disk',
  };
}

/** Where the pods of the edge may run: the machines that run workloads. */
export function renderPlacement(
  settings: Settings,
  placement: Placement,
): { tolerations?: Toleration[]; affinity?: Affinity } {
  return settings.toleratesControlPlane
    ? { tolerations: [toleration(placement.get('tolerations'))] }
    : { affinity: placement.get('affinity') };
}

/** How some replicas spread over them; those of a DaemonSet have nothing to spread. */
export function renderSpread(
  identity: Identity,
  settings: Settings,
  placement: Placement,
): { topologySpreadConstraints?: TopologySpreadConstraint[] } {
  if (settings.kind === EdgeKind.DAEMON_SET) {
    return {};
  }
  const keys = { hosts: 'kubernetes.io/hostname', zones: 'topology.kubernetes.io/zone' };
  const constraints = Object.entries(placement.get('spread')).map(([name, rule]) => ({
    ...rule,
    topologyKey: keys[name as keyof typeof keys],
    labelSelector: { matchLabels: identity.selector },
    matchLabelKeys: ['pod-template-hash'],
  }));
  return { topologySpreadConstraints: constraints };
}

function toleration(text: string): Toleration {
  const [key, effect] = text.split(':');
  return { key, operator: 'Exists', effect };
}
