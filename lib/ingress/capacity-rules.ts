import { rule, Severity, type IRule } from '../cluster';
import { onEdge } from './on-edge';
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
    onEdge(({ headerTimeoutSeconds, breakEvenRate }) =>
      headerTimeoutSeconds > 15
        ? [
            {
              message: `with ${headerTimeoutSeconds} s for the header, ${breakEvenRate} slow clients a second fill a replica`,
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
    onEdge(({ memoryMebibytes, mostReplicas }, cluster) => {
      const machines = machinesForReplicas(cluster);
      const sizes = machines.map((m) => m.memory);
      const reserved = memoryMebibytes * Math.ceil(mostReplicas / machines.length);
      return allKnown(sizes) && reserved * 2 > smallest(sizes)
        ? [
            {
              message: `replicas reserve ${reserved} MiB of a machine and the smallest has ${smallest(sizes)} MiB`,
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
    onEdge(({ addressMebibytes, temporaryMebibytes }) =>
      addressMebibytes >= temporaryMebibytes
        ? [
            {
              message: `one address may write ${addressMebibytes} MiB at once, and a replica is evicted at ${temporaryMebibytes} MiB`,
            },
          ]
        : [],
    ),
  ),
];
