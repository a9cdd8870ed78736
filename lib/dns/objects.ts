import type { ConfigMap, Service, ServiceAccount } from 'kubernetes-types/core/v1';

// Upstream's own names: a cluster that has the cache already cannot come to run it twice.
export const NAMESPACE = 'kube-system';
export const NAME = 'node-local-dns';
export const UPSTREAM_SERVICE = 'kube-dns-upstream';
export const LABELS = { 'k8s-app': NAME };

const CLUSTER_SERVICE = { 'kubernetes.io/cluster-service': 'true' };

export function serviceAccount(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: NAME, namespace: NAMESPACE, labels: CLUSTER_SERVICE },
  };
}

/** node-cache copies the template it finds under this key, and looks for a newer one every ten seconds. */
export function configMap(corefile: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    data: { Corefile: corefile },
  };
}

/** CoreDNS under a second address, for a cache that holds the first one itself. */
export function upstreamService(clusterIP: string): Service {
  const port = (name: string, protocol: string) => ({ name, port: 53, protocol, targetPort: 53 });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: UPSTREAM_SERVICE,
      namespace: NAMESPACE,
      labels: {
        'k8s-app': 'kube-dns',
        ...CLUSTER_SERVICE,
        'kubernetes.io/name': 'KubeDNSUpstream',
      },
    },
    spec: {
      clusterIP,
      ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')],
      selector: { 'k8s-app': 'kube-dns' },
    },
  };
}

/** Headless: it only lists the pods for whoever collects metrics. */
export function metricsService(port: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: LABELS,
      annotations: scraped(port),
    },
    spec: {
      clusterIP: 'None',
      ports: [{ name: 'metrics', port, targetPort: port }],
      selector: LABELS,
    },
  };
}

/** Annotations by which many Prometheus configurations find what to collect. */
export function scraped(port: number): Record<string, string> {
  return { 'prometheus.io/port': String(port), 'prometheus.io/scrape': 'true' };
}

/** Labels of the DaemonSet itself. */
export const DAEMON_SET_LABELS = { ...LABELS, ...CLUSTER_SERVICE };
