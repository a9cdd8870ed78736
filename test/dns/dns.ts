import { Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  NodeLocalDns,
  Zone,
  type ClusterProps,
  type NodeLocalDnsOptions,
} from '../../lib';
import { ObjectSet } from '../../lib/testing';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { parseCorefile, type ServerBlock } from './corefile-parser';

/** One cluster with the cache in it, and what came out. */
export interface RenderedDns {
  readonly cluster: Cluster;
  readonly dns: NodeLocalDns;
  readonly objects: ObjectSet;
}

/** The flagship with the cache; facts and options as wanted. */
export function render(
  options: NodeLocalDnsOptions = {},
  facts: Partial<ClusterProps> = {},
): RenderedDns {
  return make(options, (chart) => new Cluster(chart, 'cluster', factsOf(facts)));
}

/** A cluster of others, with these facts. */
export function foreign(
  options: NodeLocalDnsOptions = {},
  facts: Partial<ClusterProps> = {},
): RenderedDns {
  return make(options, (chart) => Cluster.fromFacts(chart, 'cluster', factsOf(facts)));
}

function factsOf(facts: Partial<ClusterProps>): ClusterProps {
  return { clusterName: 'oslo', ...osloProps(facts) };
}

function make(options: NodeLocalDnsOptions, clusterIn: (chart: Chart) => Cluster): RenderedDns {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = clusterIn(chart);
  const dns = new NodeLocalDns(chart, 'dns', { cluster, ...options });
  return { cluster, dns, objects: ObjectSet.of(dns) };
}

/** The pod of the DaemonSet. */
export function pod(rendered: RenderedDns): any {
  return rendered.objects.find('DaemonSet').spec.template.spec;
}

/** What node-cache is started with. */
export function args(rendered: RenderedDns): string[] {
  return pod(rendered).containers[0].args;
}

/** The Corefile, parsed. */
export function blocks(rendered: RenderedDns): ServerBlock[] {
  return parseCorefile(rendered.objects.find('ConfigMap').data.Corefile);
}

/** What the rules of this room say, as `id message`. */
export function said({ cluster }: { cluster: Cluster }): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-DNS-'))
    .map(({ id, message }) => `${id} ${message}`);
}

/** Facts of IPv6 alone. */
export const ipv6Only: Partial<ClusterProps> = {
  endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
  podCidr: 'fd00:244::/56',
  serviceCidr: 'fd00:96::/112',
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
  machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
};
