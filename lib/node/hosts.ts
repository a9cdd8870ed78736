import { LOOPBACK, type Cluster, type Machine } from '../cluster';
import { comment, machineFile, type MachineFile } from './machine-file';

/** The lines all machines share: loopback, the API endpoint, the control planes. */
export function sharedHosts(cluster: Cluster): string {
  const { endpoint } = cluster;
  const address = endpoint.isLoopback ? LOOPBACK : endpoint.address;
  const named = address !== undefined && endpoint.dnsName !== undefined;
  return [
    comment(
      'The own name must not resolve to a loopback address: kubelet and etcd would announce it.',
    ),
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    '',
    ...(named
      ? ['# The Kubernetes API, before cluster DNS exists.', `${address} ${endpoint.dnsName}`, '']
      : []),
    '# Control planes.',
    ...cluster.controlPlanes.map((m) => `${m.address} ${m.name}`),
    '',
  ].join('\n');
}

/**
 * /etc/hosts of one machine. Workers do not list each other: nothing addresses a worker by name, and
 * a list of all on each would grow with the square of the cluster.
 */
export function hostsFile(shared: string, machine: Machine): MachineFile {
  const own = machine.isControlPlane
    ? ''
    : `\n# This machine.\n${machine.address} ${machine.name}\n`;
  return machineFile('/etc/hosts', shared + own);
}
