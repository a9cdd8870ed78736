import { Chart } from 'cdk8s';
import type { Cluster, ClusterProps } from '../../../lib/cluster';
import {
  HardenedNginxIngress,
  NginxController,
  type GatewayFabricOptions,
  type HardenedNginxIngressOptions,
} from '../../../lib/ingress';
import { ObjectSet } from '../../../lib/testing';
import { osloCluster } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';

/** One edge of NGINX Gateway Fabric, the cluster it is in, and what it renders. */
export interface Fabric {
  readonly cluster: Cluster;
  readonly ingress: HardenedNginxIngress;
  readonly objects: ObjectSet;
  /** The workload of the data plane, as NginxProxy describes it. */
  readonly workload: any;
  /** Directives of one context, one a line, without comments. */
  readonly directives: (context: 'main' | 'http') => string[];
}

/** An edge in the flagship's cluster, with any option and any fact changed. */
export function fabric(
  own: GatewayFabricOptions = {},
  options: HardenedNginxIngressOptions = {},
  facts: Partial<ClusterProps> = {},
): Fabric {
  const app = tempApp();
  const cluster = osloCluster(app, facts);
  const chart = new Chart(app, 'chart');
  const controller = NginxController.gatewayFabric(own);
  const ingress = new HardenedNginxIngress(chart, 'ingress', { cluster, controller, ...options });
  const objects = new ObjectSet(chart.toJson());
  const { deployment, daemonSet } = objects.find('NginxProxy').spec.kubernetes;
  return {
    cluster,
    ingress,
    objects,
    workload: deployment ?? daemonSet,
    directives: (context) =>
      objects
        .find('SnippetsPolicy')
        .spec.snippets.find((s: any) => s.context === context)
        .value.split('\n')
        .filter((line: string) => line !== '' && !line.startsWith('#')),
  };
}

/** One host name with a certificate. */
export const shop = {
  name: 'shop',
  hostname: 'shop.example',
  certificateSecrets: ['shop-tls'],
};

/** Findings of this controller: ids and messages. */
export function fabricFindings(cluster: Cluster): Record<string, string> {
  return Object.fromEntries(
    cluster
      .findings()
      .filter(({ id }) => /^GW-INGRESS-04\d$/.test(id))
      .map(({ id, message }) => [id, message]),
  );
}
