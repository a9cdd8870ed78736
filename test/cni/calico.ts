import { ApiObject, Chart } from 'cdk8s';
import {
  Cluster,
  type ClusterFacts,
  type ClusterProps,
  Machine,
  Underlay,
  Zone,
  type Finding,
  type UnderlayOptions,
} from '../../lib';
import { TunedCalico, type TunedCalicoOptions } from '../../lib/cni';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with Calico in it, and what came out. */
export interface Rendered {
  readonly cluster: Cluster;
  readonly calico: TunedCalico;
  readonly objects: any[];
}

/** The flagship with Calico; facts and options as wanted. */
export function render(
  options: TunedCalicoOptions = {},
  facts: Partial<ClusterProps> = {},
): Rendered {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  const calico = new TunedCalico(chart, 'cni', { cluster, ...options });
  return { cluster, calico, objects: objectsOf(calico) };
}

/** The same on machines that somebody else made. */
export function foreign(
  options: TunedCalicoOptions = {},
  facts: Partial<ClusterFacts> = {},
): Rendered {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = Cluster.fromFacts(chart, 'cluster', {
    clusterName: 'oslo',
    ...osloProps(facts),
  });
  const calico = new TunedCalico(chart, 'cni', { cluster, ...options });
  return { cluster, calico, objects: objectsOf(calico) };
}

/** What a construct renders, whatever the rules say about it. */
export function objectsOf(calico: TunedCalico): any[] {
  return calico.node
    .findAll()
    .filter((node) => ApiObject.isApiObject(node))
    .map((node) => (node as ApiObject).toJson());
}

/** The only object of a kind, or of a kind and name. */
export function find({ objects }: Rendered, kind: string, name?: string): any {
  const found = objects.filter(
    (o) => o.kind === kind && (name === undefined || o.metadata.name === name),
  );
  expect(found).toHaveLength(1);
  return found[0];
}

/** The network part of the Installation. */
export function network(rendered: Rendered): any {
  return find(rendered, 'Installation').spec.calicoNetwork;
}

/** What the rules of this room say, as `id message`. */
export function said({ cluster }: Rendered): string[] {
  return ours(cluster).map(({ id, message }) => `${id} ${message}`);
}

/** The findings of this room. */
export function ours(cluster: Cluster): Finding[] {
  return cluster.findings().filter(({ id }) => id.startsWith('GW-CNI-'));
}

/** `count` machines, one after another in `zones` zones with a /24 each; the first is a control plane. */
export function spread(
  count: number,
  zones: number,
  underlay: (options: UnderlayOptions) => Underlay = Underlay.flatL2,
): Partial<ClusterProps> {
  return {
    underlay: underlay({ mtu: 1500 }),
    zones: [...Array(zones).keys()].map((z) =>
      Zone.of(`oslo-${z + 1}`, { country: 'NO', nodeCidr: `10.20.${z}.0/24` }),
    ),
    machines: [...Array(count).keys()].map((n) => {
      const zone = n % zones;
      const facts = { zone: `oslo-${zone + 1}`, address: `10.20.${zone}.${20 + n}`, nic: 'eno1' };
      return n === 0 ? Machine.controlPlane('m-0', facts) : Machine.worker(`m-${n}`, facts);
    }),
  };
}
