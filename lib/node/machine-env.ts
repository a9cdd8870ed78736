import { ApiEndpointKind, type Cluster, type Machine } from '../cluster';
import { apiPort } from './kubeadm-config';
import { comment, machineFile, type MachineFile } from './machine-file';
import { paths } from './paths';
import { secretsOf } from './secrets';

/** What the entry script must know of this machine; the script itself is the same on all. */
export function machineEnv(
  cluster: Cluster,
  machine: Machine,
  ntpServers: readonly string[],
): MachineFile {
  const before = predecessor(cluster, machine);
  const values: Record<string, string> = {
    NODE_NAME: machine.name,
    NODE_ADDRESS: machine.address,
    NODE_ARCHITECTURE: machine.architecture,
    // init, control-plane or worker.
    NODE_ROLE: before === undefined ? 'init' : machine.isControlPlane ? 'control-plane' : 'worker',
    WAIT_FOR: before?.name ?? '',
    WAIT_URL: before?.url ?? '',
    API_URL: cluster.endpoint.url,
    API_IS_VIRTUAL: flag(
      machine.isControlPlane && cluster.endpoint.kind === ApiEndpointKind.KUBE_VIP,
    ),
    RUNS_WORKLOADS: flag(machine.isControlPlane && cluster.controlPlaneRunsWorkloads),
    NTP_SERVERS: ntpServers.join(' '),
    SECRETS: secretsOf(cluster, machine).join(' '),
  };
  return machineFile(
    `${paths.config}/machine.env`,
    [
      comment('Facts of this machine for the bootstrap.'),
      ...Object.entries(values).map(([key, value]) => `${key}='${value}'`),
      '',
    ].join('\n'),
  );
}

/** Whom to wait for: control planes one after the other, as etcd takes one learner at a time. */
function predecessor(
  cluster: Cluster,
  machine: Machine,
): { name: string; url: string } | undefined {
  const position = cluster.controlPlanes.indexOf(machine);
  if (position === 0) {
    return undefined;
  }
  if (position < 0) {
    return { name: 'the API endpoint', url: cluster.endpoint.url };
  }
  const before = cluster.controlPlanes[position - 1]!;
  const host = before.address.includes(':') ? `[${before.address}]` : before.address;
  return { name: before.name, url: `https://${host}:${apiPort(cluster)}` };
}

function flag(value: boolean): string {
  return value ? 'yes' : '';
}
