import { Chart } from 'cdk8s';
import {
  CalicoLoadBalancer,
  Cluster,
  Machine,
  MetalLb,
  type CalicoLoadBalancerOptions,
  type ClusterProps,
  type Finding,
  type MetalLbOptions,
} from '../../lib';
import { ObjectSet } from '../../lib/testing';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with a load balancer in it, and what came out. */
export interface Rendered {
  readonly chart: Chart;
  readonly cluster: Cluster;
  readonly objects: ObjectSet;
}

export const edgePool = { name: 'edge', addresses: ['10.20.0.128/28'] };

/** The flagship with MetalLB; facts and options as wanted. */
export function metalLb(
  options: Partial<MetalLbOptions> = {},
  facts: Partial<ClusterProps> = {},
  before: (chart: Chart, cluster: Cluster) => void = () => undefined,
): Rendered {
  const { chart, cluster } = empty(facts);
  before(chart, cluster);
  const made = new MetalLb(chart, 'lb', { cluster, pools: [edgePool], ...options });
  return { chart, cluster, objects: ObjectSet.of(made) };
}

/** The flagship with addresses of Calico's; whatever else as wanted. */
export function calicoLb(
  options: Partial<CalicoLoadBalancerOptions> = {},
  facts: Partial<ClusterProps> = {},
  around: { before?: (c: Chart, k: Cluster) => void; after?: (c: Chart, k: Cluster) => void } = {},
): Rendered {
  const { chart, cluster } = empty(facts);
  around.before?.(chart, cluster);
  const pools = [{ name: 'edge', cidr: '192.0.2.0/27' }];
  new CalicoLoadBalancer(chart, 'lb', { cluster, pools, ...options });
  around.after?.(chart, cluster);
  return { chart, cluster, objects: ObjectSet.of(chart) };
}

export function empty(facts: Partial<ClusterProps> = {}): { chart: Chart; cluster: Cluster } {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  return { chart, cluster };
}

/** A worker of the flagship. */
export function worker(n: number, zone = 'oslo-1', address = `10.20.0.2${n}`): Machine {
  return Machine.worker(`w-${n}`, { zone, address, nic: 'eno1' });
}

/** What the rules of a room say, as `severity id message`. */
export function said({ cluster }: Pick<Rendered, 'cluster'>, prefix = 'GW-LB'): string[] {
  return cluster
    .findings()
    .filter(({ id }: Finding) => id.startsWith(prefix))
    .map(({ severity, id, message }) => `${severity} ${id} ${message}`);
}
