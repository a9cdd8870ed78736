import { tuned } from '../cluster';
import { podPath, type Settings } from './settings';
import { EdgeKind } from './workload-options';

/** The PriorityClass of the replicas; cluster-wide, hence not simply the name of the rest. */
export const PRIORITY_CLASS = 'groundwork-edge';

const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

const WORKERS_ONLY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' },
          ],
        },
      ],
    },
  },
};

/**
 * How replicas are placed, replaced, and kept. The spread counts every machine the affinity admits:
 * workers with taints of the user's own count as empty (nodeTaintsPolicy Ignore, Kubernetes' default),
 * so a second replica may wait for a machine it can never run on; such clusters set `replicas`.
 */
export function placementRows(s: Settings) {
  const pod = podPath(s);
  return {
    ...rolloutRows(s),
    ...autoscalingRows(s),
    spread: tuned(
      `${pod}.topologySpreadConstraints`,
      {
        hosts: { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
        // One zone has nothing to spread over.
        ...(s.zones > 1 ? { zones: { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' } } : {}),
      },
      'none',
      'one replica for each machine, which Local traffic needs: while a machine is away its replica waits for it and does not double up elsewhere. Counted for each revision apart, so that a rollout never waits for itself',
      `${CONCEPTS}/scheduling-eviction/topology-spread-constraints/`,
    ),
    tolerations: tuned(
      `${pod}.tolerations`,
      'node-role.kubernetes.io/control-plane:NoSchedule',
      'none',
      'the spec has no worker: the control planes run workloads',
      'facts of the cluster',
    ),
    affinity: tuned(
      `${pod}.affinity`,
      WORKERS_ONLY,
      'none',
      'the spread must not count control planes, where a replica cannot go: as empty machines they would hold back every second replica of a worker',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#interaction-with-node-affinity-and-node-selectors',
    ),
    priority: tuned(
      `${pod}.priorityClassName`,
      PRIORITY_CLASS,
      'none',
      "applications must not push out the edge they are reached by. Not system-cluster-critical: the kubelet never evicts a critical pod for the disk it fills, and at shutdown ends it among the last, within the critical pods' seconds",
      'kubernetes/kubernetes pkg/kubelet/eviction/eviction_manager.go, pkg/kubelet/types/pod_update.go IsCriticalPod',
    ),
    priorityValue: tuned(
      'PriorityClass.value',
      1_000_000_000,
      '0',
      'the highest a user may set: before every application, after what the cluster itself is made of',
      `${CONCEPTS}/scheduling-eviction/pod-priority-preemption/#priorityclass`,
    ),
    preemption: tuned(
      'PriorityClass.preemptionPolicy',
      'PreemptLowerPriority',
      'PreemptLowerPriority',
      'on a full machine an application makes room: its other replicas elsewhere are of no use without an edge',
      `${CONCEPTS}/scheduling-eviction/pod-priority-preemption/#preemption`,
    ),
    budget: tuned(
      'PodDisruptionBudget.spec.maxUnavailable',
      1,
      'no budget',
      'maintenance takes one machine after the other. Left out where one machine runs all replicas: it could never be drained',
      `${CONCEPTS}/workloads/pods/disruptions/`,
    ),
    unhealthy: tuned(
      'PodDisruptionBudget.spec.unhealthyPodEvictionPolicy',
      'AlwaysAllow',
      'IfHealthyBudget',
      'a replica that does not serve must not keep a machine from being drained',
      `${CONCEPTS}/workloads/pods/disruptions/`,
    ),
  };
}

function rolloutRows(s: Settings) {
  const strategy = s.kind === EdgeKind.DAEMON_SET ? 'updateStrategy' : 'strategy';
  const rolling = `${s.kind}.spec.${strategy}.rollingUpdate`;
  const controllers = `${CONCEPTS}/workloads/controllers/${s.kind.toLowerCase()}/`;
  return {
    replicas: tuned(
      s.autoscaling === undefined
        ? `${s.kind}.spec.replicas`
        : 'HorizontalPodAutoscaler.spec.minReplicas',
      s.replicas,
      '1',
      'one on each machine that can run it, two at least and three by default: the loss of a machine is not an outage',
      DEPLOYMENT,
    ),
    minReadySeconds: tuned(
      `${s.kind}.spec.minReadySeconds`,
      10,
      '0',
      'a new replica has traffic for a while before an old one goes',
      controllers,
    ),
    maxUnavailable: tuned(
      `${rolling}.maxUnavailable`,
      s.hostPorts ? 1 : 0,
      s.kind === EdgeKind.DAEMON_SET ? '1' : '25%',
      s.hostPorts
        ? 'a successor waits for the ports of its machine, so the old replica goes first, one machine after the other'
        : 'an old replica goes only when its successor serves',
      controllers,
    ),
    maxSurge: tuned(
      `${rolling}.maxSurge`,
      s.hostPorts ? 0 : 1,
      s.kind === EdgeKind.DAEMON_SET ? '0' : '25%',
      s.hostPorts
        ? 'two replicas cannot hold the same port of a machine'
        : 'one successor at a time needs the memory of one replica free on one machine; the replica that shares a machine with it is the one to go',
      'kubernetes/kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks',
    ),
  };
}

function autoscalingRows(s: Settings) {
  const { maxReplicas = s.replicas, targetCpuPercent = 0 } = s.autoscaling ?? {};
  const autoscaler = 'HorizontalPodAutoscaler.spec';
  const source =
    'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/';
  return {
    maxReplicas: tuned(
      `${autoscaler}.maxReplicas`,
      maxReplicas,
      'none',
      'asked for in the spec; each of them reserves the memory of a replica',
      source,
    ),
    targetCpu: tuned(
      `${autoscaler}.metrics`,
      `${s.workers * targetCpuPercent * 10}m`,
      'a share of what is requested',
      `${targetCpuPercent} % of the ${s.workers} cores its processes can use, as an amount: a share is of the request, which is a quarter of them`,
      source,
    ),
    scaleDown: tuned(
      `${autoscaler}.behavior.scaleDown`,
      {
        stabilizationWindowSeconds: 600,
        policies: [{ type: 'Pods', value: 1, periodSeconds: Math.min(1800, s.shutdown.grace) }],
      },
      'as many as are too many, after 300 s',
      'one replica in the time it takes to drain, and only when it was quiet for ten minutes: an attack that pauses must not find fewer',
      source,
    ),
  };
}
