import { rule, Severity, type IRule } from '../cluster';
import { ofSeed, onEdge } from './on-edge';
import { allKnown, machinesForReplicas, smallest } from './sizing';

/** Rules about how much it takes to bring a replica down. */
export const capacityRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-004',
      severity: Severity.WARNING,
      title: 'A client has at most 15 seconds for its request header',
      why: 'A slot is held for the whole of it, so the rate at which slow clients fill a replica falls as it grows',
      remedy:
        'lower clientTimeouts.header to 15 seconds or less; with HardenedTraefik that is readTimeout',
      reference: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_header_timeout',
    },
    onEdge((edge) =>
      edge.headerTimeoutSeconds > 15
        ? [
            {
              message: `with ${edge.headerTimeoutSeconds} s for the header, ${edge.breakEvenRate} slow clients a second fill a replica`,
              ...ofSeed(edge),
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-008',
      severity: Severity.WARNING,
      title: 'The replicas of a machine take at most half of it',
      why: 'Their memory is reserved, and a rolling update needs one more replica on some machine',
      remedy: 'lower memoryLimit, or give the machines more memory',
      reference: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    },
    onEdge((edge, cluster) => {
      const { memoryMebibytes, mostReplicas } = edge;
      const machines = machinesForReplicas(cluster);
      const sizes = machines.map((m) => m.memory);
      const reserved = memoryMebibytes * Math.ceil(mostReplicas / machines.length);
      return allKnown(sizes) && reserved * 2 > smallest(sizes)
        ? [
            {
              message: `replicas reserve ${reserved} MiB of a machine and the smallest has ${smallest(sizes)} MiB`,
              ...ofSeed(edge, 'lower workerProcesses, or give the machines more memory'),
            },
          ]
        : [];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-011',
      severity: Severity.WARNING,
      title: 'One source address cannot fill the temporary files of a replica',
      why: 'When they are full the kubelet evicts the replica, and every request in it is lost',
      remedy: 'lower clientMaxBodySize or connectionsPerAddress',
      reference:
        'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
    },
    onEdge((edge) =>
      edge.addressMebibytes >= edge.temporaryMebibytes
        ? [
            {
              message: `one address may write ${edge.addressMebibytes} MiB at once, and a replica is evicted at ${edge.temporaryMebibytes} MiB`,
              ...ofSeed(edge),
            },
          ]
        : [],
    ),
  ),
];
