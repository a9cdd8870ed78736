import type { Probe } from 'kubernetes-types/core/v1';
import { METRICS_PORT, PROBE_PORT } from './names';
import type { Cluster } from '../../cluster';

/** A question of the kubelet's; speakers answer on loopback only. */
export function probe(path: string, host?: string): Probe {
  return {
    httpGet: { path, port: PROBE_PORT, ...(host === undefined ? {} : { host }) },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 1,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

export function scrapeAnnotations(metrics: boolean) {
  return metrics
    ? {
        annotations: {
          'prometheus.io/port': String(METRICS_PORT),
          'prometheus.io/scheme': 'https',
          'prometheus.io/scrape': 'true',
        },
      }
    : {};
}

export function pullSecrets({ imagePullSecrets }: Cluster) {
  return imagePullSecrets.length === 0
    ? {}
    : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };
}
