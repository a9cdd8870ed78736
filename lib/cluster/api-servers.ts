import { hostAndPort } from './api-endpoint';
import type { Cluster } from './cluster';
import type { Machine } from './machine';

/** Where a proxy on every machine listens; machines without IPv4 have this address too. */
export const LOOPBACK = '127.0.0.1';

/** The URL of the API server on one control plane. */
export function apiServerUrl(cluster: Cluster, { address }: Machine): string {
  return `https://${hostAndPort(address, cluster.endpoint.apiServerPort)}`;
}

/**
 * What a kubeconfig outside of the machines may name, the first one before the others. Behind a proxy on
 * loopback there is nothing in front of the control planes for them.
 */
export function clientUrls(cluster: Cluster): string[] {
  const { endpoint } = cluster;
  const own = [endpoint.dnsName, endpoint.address]
    .filter((host) => host !== undefined)
    .map((host) => `https://${hostAndPort(host, endpoint.port)}`);
  const direct = cluster.controlPlanes.map((machine) => apiServerUrl(cluster, machine));
  return endpoint.isLoopback ? [...direct, ...own] : own;
}
