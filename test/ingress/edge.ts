import { Chart, Size } from 'cdk8s';
import { Machine, type Cluster, type ClusterProps } from '../../lib/cluster';
import { HardenedNginxIngress, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { ObjectSet } from '../../lib/testing';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One edge, the cluster it is in, and what it renders. */
export interface Edge {
  readonly cluster: Cluster;
  readonly ingress: HardenedNginxIngress;
  readonly objects: ObjectSet;
  readonly workload: any;
  readonly pod: any;
  readonly container: any;
}

/** An edge in the flagship's cluster, with any option and any fact changed. */
export function edge(
  options: HardenedNginxIngressOptions = {},
  facts: Partial<ClusterProps> = {},
): Edge {
  const app = tempApp();
  const cluster = osloCluster(app, facts);
  const chart = new Chart(app, 'chart');
  const ingress = new HardenedNginxIngress(chart, 'ingress', { cluster, ...options });
  const objects = new ObjectSet(chart.toJson());
  const workload = objects.findLike({ kind: /^(Deployment|DaemonSet)$/ });
  const pod = workload.spec.template.spec;
  return { cluster, ingress, objects, workload, pod, container: pod.containers[0] };
}

/** The flagship's control planes and some workers. */
export function withWorkers(
  count: number,
  cpus = 4,
  memory = Size.gibibytes(8),
): Partial<ClusterProps> {
  const workers = Array.from({ length: count }, (_, n) =>
    Machine.worker(`w-${n + 1}`, { zone: 'oslo-1', address: `10.20.0.${101 + n}`, cpus, memory }),
  );
  return { machines: [...[1, 2, 3].map((n) => osloMachine(n)), ...workers] };
}

/** Ids of the findings of this room. */
export function findingIds(cluster: Cluster): string[] {
  return cluster
    .findings()
    .map((f) => f.id)
    .filter((id) => id.startsWith('GW-INGRESS-'));
}
