import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ApiEndpoint, Cluster, Machine, Zone, type ClusterProps } from '../../lib';
import { TunedFlannel, type TunedFlannelOptions } from '../../lib/cni';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with flannel in it, and what came out. */
export interface RenderedFlannel {
  readonly cluster: Cluster;
  readonly flannel: TunedFlannel;
  readonly objects: any[];
}

/** The flagship with flannel; facts and options as wanted. */
export function render(
  options: TunedFlannelOptions = {},
  facts: Partial<ClusterProps> = {},
): RenderedFlannel {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  const flannel = new TunedFlannel(chart, 'cni', { cluster, ...options });
  return { cluster, flannel, objects: objectsOf(flannel) };
}

function objectsOf(flannel: Construct): any[] {
  return flannel.node
    .findAll()
    .filter((node) => ApiObject.isApiObject(node))
    .map((node) => (node as ApiObject).toJson());
}

/** The only object of a kind. */
export function find({ objects }: RenderedFlannel, kind: string): any {
  const found = objects.filter((o) => o.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

/** The pod of the DaemonSet. */
export function pod(rendered: RenderedFlannel): any {
  return find(rendered, 'DaemonSet').spec.template.spec;
}

/** What flanneld is started with. */
export function args(rendered: RenderedFlannel): string[] {
  return pod(rendered).containers[0].args;
}

/** net-conf.json, parsed. */
export function netConf(rendered: RenderedFlannel): any {
  return JSON.parse(find(rendered, 'ConfigMap').data['net-conf.json']);
}

/** cni-conf.json, parsed. */
export function cniConf(rendered: RenderedFlannel): any {
  return JSON.parse(find(rendered, 'ConfigMap').data['cni-conf.json']);
}

/** What the rules of this room say, as `id message`; not that flannel has no NetworkPolicy. */
export function said({ cluster }: { cluster: Cluster }): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-CNI-') && id !== 'GW-CNI-112')
    .map(({ id, message }) => `${id} ${message}`);
}

const external = ApiEndpoint.external({ dnsName: 'api.oslo.example' });

/** Facts of both families. */
export const dualStack: Partial<ClusterProps> = {
  podCidrV6: 'fd00:244::/56',
  serviceCidrV6: 'fd00:96::/112',
  zones: [
    Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', nodeCidrV6: 'fd00:20::/64' }),
  ],
  machines: [1, 2, 3].map((n) => osloMachine(n, { addressV6: `fd00:20::1${n}` })),
};

/** Facts of IPv6 alone. */
export const ipv6Only: Partial<ClusterProps> = {
  endpoint: external,
  podCidr: 'fd00:244::/56',
  serviceCidr: 'fd00:96::/112',
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
  machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
};

/** A cluster of others, with these facts. */
export function foreign(
  options: TunedFlannelOptions = {},
  facts: Partial<ClusterProps> = {},
): RenderedFlannel {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = Cluster.fromFacts(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  const flannel = new TunedFlannel(chart, 'cni', { cluster, ...options });
  return { cluster, flannel, objects: objectsOf(flannel) };
}

/** Machines of other kinds beside the three of the flagship. */
export function worker(name: string, changes: Partial<Parameters<typeof Machine.worker>[1]> = {}) {
  return Machine.worker(name, { zone: 'oslo-1', address: '10.20.0.30', nic: 'eno1', ...changes });
}
