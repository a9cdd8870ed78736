import { Chart } from 'cdk8s';
import type { Cluster, ClusterProps } from '../../../lib/cluster';
import {
  HardenedNginxIngress,
  NginxController,
  type HardenedNginxIngressOptions,
  type RetiredIngressNginxOptions,
  type Seed2019Options,
} from '../../../lib/ingress';
import { ObjectSet } from '../../../lib/testing';
import { osloCluster } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';

export const acknowledgeRetired = { reason: 'annotations of 300 Ingresses are being moved' };

/** An edge of ingress-nginx, the cluster it is in, and what it renders. */
export interface Edge {
  readonly cluster: Cluster;
  readonly chart: Chart;
  readonly objects: ObjectSet;
  readonly workload: any;
  readonly pod: any;
  readonly container: any;
}

/** An edge of ingress-nginx in the flagship's cluster. */
export function retired(
  own: Partial<RetiredIngressNginxOptions> = {},
  options: HardenedNginxIngressOptions = {},
  facts: Partial<ClusterProps> = {},
): Edge {
  const controller = NginxController.retiredIngressNginx({ acknowledgeRetired, ...own });
  return render({ controller, ...options }, facts);
}

/** The edge of 2019 in the flagship's cluster. */
export function seed(
  options: Partial<Seed2019Options> = {},
  facts: Partial<ClusterProps> = {},
): Edge {
  return edgeOf(facts, (chart, cluster) => {
    const configuration = HardenedNginxIngress.seed2019({ acknowledgeRetired, ...options });
    configuration.create(chart, 'ingress', cluster);
  });
}

function render(options: HardenedNginxIngressOptions, facts: Partial<ClusterProps>): Edge {
  return edgeOf(facts, (chart, cluster) => {
    new HardenedNginxIngress(chart, 'ingress', { cluster, ...options });
  });
}

function edgeOf(
  facts: Partial<ClusterProps>,
  create: (chart: Chart, cluster: Cluster) => void,
): Edge {
  const app = tempApp();
  const cluster = osloCluster(app, facts);
  const chart = new Chart(app, 'chart');
  create(chart, cluster);
  const objects = new ObjectSet(chart.toJson());
  const workload = objects.findLike({ kind: /^(Deployment|DaemonSet)$/ });
  const pod = workload.spec.template.spec;
  return { cluster, chart, objects, workload, pod, container: pod.containers[0] };
}
