import { Chart } from 'cdk8s';
import type { ClusterProps } from '../../../lib/cluster';
import {
  HardenedNginxIngress,
  NginxController,
  type HardenedNginxIngressOptions,
  type RetiredIngressNginxOptions,
  type Seed2019Options,
} from '../../../lib/ingress';
import { osloCluster } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';
import { edge, type Edge } from '../edge';

export const acknowledgeRetired = { reason: 'annotations of 300 Ingresses are being moved' };

/** An edge of ingress-nginx in the flagship's cluster. */
export function retired(
  own: Partial<RetiredIngressNginxOptions> = {},
  options: HardenedNginxIngressOptions = {},
  facts: Partial<ClusterProps> = {},
): Edge {
  const controller = NginxController.retiredIngressNginx({ acknowledgeRetired, ...own });
  return edge({ controller, ...options }, facts);
}

/** The edge of 2019 in the flagship's cluster. */
export function seed(options: Partial<Seed2019Options> = {}, facts: Partial<ClusterProps> = {}) {
  const app = tempApp();
  const cluster = osloCluster(app, facts);
  const chart = new Chart(app, 'chart');
  HardenedNginxIngress.seed2019({ acknowledgeRetired, ...options }).create(
    chart,
    'ingress',
    cluster,
  );
  const objects: any[] = chart.toJson();
  const only = (kind: string) => {
    const found = objects.filter((o) => o.kind === kind);
    expect(found).toHaveLength(1);
    return found[0];
  };
  return { cluster, objects, only, pod: only('Deployment').spec.template.spec };
}
