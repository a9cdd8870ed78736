import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
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
import { phaseOf } from '../../lib/cluster';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with a load balancer in it, and what came out. */
export interface Rendered {
  readonly chart: Chart;
  readonly cluster: Cluster;
  readonly objects: any[];
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
  return { chart, cluster, objects: objectsOf(made) };
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
  return { chart, cluster, objects: objectsOf(chart) };
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

export function objectsOf(scope: IConstruct): any[] {
  return apiObjects(scope).map((object) => object.toJson());
}

/** Phase of every object, by kind and name. */
export function phases(scope: IConstruct): Record<string, string | undefined> {
  return Object.fromEntries(
    apiObjects(scope).map((object) => [`${object.kind} ${object.name}`, phaseOf(object)]),
  );
}

function apiObjects(scope: IConstruct): ApiObject[] {
  return scope.node.findAll().filter((node) => ApiObject.isApiObject(node)) as ApiObject[];
}

/** The only object of a kind, or of a kind and name. */
export function find(objects: any[], kind: string, name?: string): any {
  const found = objects.filter(
    (o) => o.kind === kind && (name === undefined || o.metadata.name === name),
  );
  if (found.length !== 1) {
    throw new Error(`${found.length} objects of kind ${kind} ${name ?? ''}`);
  }
  return found[0];
}

/** What the rules of a room say, as `severity id message`. */
export function said({ cluster }: Pick<Rendered, 'cluster'>, prefix = 'GW-LB'): string[] {
  return cluster
    .findings()
    .filter(({ id }: Finding) => id.startsWith(prefix))
    .map(({ severity, id, message }) => `${severity} ${id} ${message}`);
}
