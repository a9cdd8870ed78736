import { Chart } from 'cdk8s';
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
import { ObjectSet } from '../../lib/testing';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with Calico in it, and what came out. */
export interface Rendered {
  readonly cluster: Cluster;
  readonly calico: TunedCalico;
  readonly objects: ObjectSet;
}

/** The flagship with Calico; facts and options as wanted. */
export function render(
  options: TunedCalicoOptions = {},
  facts: Partial<ClusterProps> = {},
): Rendered {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  const calico = new TunedCalico(chart, 'cni', { cluster, ...options });
  return { cluster, calico, objects: ObjectSet.of(calico) };
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
  return { cluster, calico, objects: ObjectSet.of(calico) };
}

/** The network part of the Installation. */
export function network(rendered: Rendered): any {
  return rendered.objects.find('Installation').spec.calicoNetwork;
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
