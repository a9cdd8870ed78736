import { familyOf, hostAndPort, type Cluster } from '../cluster';

/**
 * An address of etcd that only its own machine reaches. kubeadm lets it listen on the loopback address
 * of the family that the machine's own address has, and on no other.
 */
export function loopbackUrl(cluster: Cluster, scheme: 'http' | 'https', port: number): string {
  const family = familyOf(cluster.controlPlanes[0]!.address);
  return `${scheme}://${hostAndPort(family === 'IPv6' ? '::1' : '127.0.0.1', port)}`;
}

/** Where kubeadm lets etcd tell Prometheus how it is. */
export function metricsUrl(cluster: Cluster): string {
  return loopbackUrl(cluster, 'http', 2381);
}
