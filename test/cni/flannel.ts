import { Chart } from 'cdk8s';
import { ApiEndpoint, Cluster, Machine, Zone, type ClusterProps } from '../../lib';
import { TunedFlannel, type TunedFlannelOptions } from '../../lib/cni';
import { ObjectSet } from '../../lib/testing';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** One cluster with flannel in it, and what came out. */
export interface RenderedFlannel {
  readonly cluster: Cluster;
  readonly flannel: TunedFlannel;
  readonly objects: ObjectSet;
}

/** The flagship with flannel; facts and options as wanted. */
export function render(
  options: TunedFlannelOptions = {},
  facts: Partial<ClusterProps> = {},
): RenderedFlannel {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  const flannel = new TunedFlannel(chart, 'cni', { cluster, ...options });
  return { cluster, flannel, objects: ObjectSet.of(flannel) };
}

/** The pod of the DaemonSet. */
export function pod(rendered: RenderedFlannel): any {
  return rendered.objects.find('DaemonSet').spec.template.spec;
}

/** What flanneld is started with. */
export function args(rendered: RenderedFlannel): string[] {
  return pod(rendered).containers[0].args;
}

/** net-conf.json, parsed. */
export function netConf(rendered: RenderedFlannel): any {
  return JSON.parse(rendered.objects.find('ConfigMap').data['net-conf.json']);
}

/** cni-conf.json, parsed. */
export function cniConf(rendered: RenderedFlannel): any {
  return JSON.parse(rendered.objects.find('ConfigMap').data['cni-conf.json']);
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
  return { cluster, flannel, objects: ObjectSet.of(flannel) };
}

/** Machines of other kinds beside the three of the flagship. */
export function worker(name: string, changes: Partial<Parameters<typeof Machine.worker>[1]> = {}) {
  return Machine.worker(name, { zone: 'oslo-1', address: '10.20.0.30', nic: 'eno1', ...changes });
}
