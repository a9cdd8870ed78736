import type { Cluster, Problem } from '../../cluster';

/** What the endpoint needs of machines that their facts do not say. */
export function endpointMachineProblems(cluster: Cluster): Problem[] {
  return cluster.ownsMachines ? [...nicProblems(cluster), ...sourceProblems(cluster)] : [];
}

function nicProblems(cluster: Cluster): Problem[] {
  const { needsLayer2, _byKubeVip } = cluster.endpoint;
  if (!needsLayer2) {
    return [];
  }
  const reason = _byKubeVip
    ? 'kube-vip would take the one of the default route'
    : 'keepalived puts the address there';
  return cluster.controlPlanes
    .filter((m) => m.nic === undefined)
    .map((m) => ({
      prop: `nic of machine ${m.name}`,
      allowed: 'given when the API endpoint is a virtual IP',
      got: m.nic,
      remedy: `name the interface that carries ${m.address}; ${reason}`,
    }));
}

function sourceProblems({ endpoint, controlPlanes }: Cluster): Problem[] {
  const sources = endpoint._bgp?.sourceAddresses;
  if (sources === undefined) {
    return [];
  }
  const wanted = controlPlanes.map((m) => m.name);
  const given = Object.keys(sources);
  const wrong = [
    ...wanted.filter((name) => !given.includes(name)),
    ...given.filter((name) => !wanted.includes(name)),
  ];
  return wrong.length === 0
    ? []
    : [
        {
          prop: 'endpoint sourceAddresses',
          allowed: `given for each of ${wanted.join(', ')} and nobody else`,
          got: given.join(', '),
          remedy: `look at ${wrong.join(', ')}`,
        },
      ];
}
