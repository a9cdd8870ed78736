import type { Job } from 'kubernetes-types/batch/v1';
import type { Cluster } from '../cluster';
import { NAMESPACE } from './names';
import { HOST_VOLUMES } from './render-objects';

/**
 * A Job for each machine that takes away what every mode of kube-proxy wrote there, all of them suspended:
 * what they do ends connections, so each is started by hand, on a machine that is drained.
 */
export function cleanupJobs(cluster: Cluster, image: string): Job[] {
  return cluster.machines.map(({ name }, index) => job(cluster, image, name, index));
}

/** Name of the Job of one machine: 63 characters at most, since it becomes a label of the pod. */
export function cleanupJobName(machine: string, index: number): string {
  const name = `kube-proxy-cleanup-${machine}`;
  return name.length <= 63 ? name : `kube-proxy-cleanup-machine-${index + 1}`;
}

function job(cluster: Cluster, image: string, machine: string, index: number): Job {
  const { imagePullSecrets } = cluster;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: cleanupJobName(machine, index), namespace: NAMESPACE },
    spec: {
      suspend: true,
      backoffLimit: 2,
      template: {
        spec: {
          restartPolicy: 'Never',
          // It asks the API nothing.
          automountServiceAccountToken: false,
          hostNetwork: true,
          dnsPolicy: 'Default',
          priorityClassName: 'system-node-critical',
          nodeSelector: { 'kubernetes.io/hostname': machine },
          // Also that of a drained machine.
          tolerations: [{ operator: 'Exists' }],
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          containers: [
            {
              name: 'cleanup',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['/usr/local/bin/kube-proxy', '--cleanup'],
              securityContext: { privileged: true },
              resources: { requests: { cpu: '50m', memory: '64Mi' } },
              volumeMounts: [
                { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
                // Without the list of modules it takes IPVS for absent and leaves it as it is.
                { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
              ],
            },
          ],
          volumes: HOST_VOLUMES,
        },
      },
    },
  };
}
