import { apiServerUrl, hostCidr, type Cluster, type Machine } from '../cluster';
import { nodeIps } from './kubeadm-config';
import { envFile, type MachineFile } from './machine-file';
import { paths } from './paths';
import { foundingSecretsOf, secretsOf } from './secrets';

/** What the entry script must know of this machine; the script itself is the same on all. */
export function machineEnv(
  cluster: Cluster,
  machine: Machine,
  ntpServers: readonly string[],
  kubeVipImage: string,
): MachineFile {
  const virtual = machine.isControlPlane && cluster.endpoint._byKubeVip;
  const before = predecessor(cluster, machine);
  const values: Record<string, string> = {
    NODE_NAME: machine.name,
    NODE_ADDRESSES: nodeIps(machine).join(' '),
    NODE_NIC: machine.nic ?? '',
    NODE_ARCHITECTURE: machine.architecture,
    // init, control-plane or worker.
    NODE_ROLE: before === undefined ? 'init' : machine.isControlPlane ? 'control-plane' : 'worker',
    WAIT_FOR: before?.name ?? '',
    WAIT_URL: before?.url ?? '',
    API_URL: cluster.endpoint.url,
    LOCAL_API_URL: machine.isControlPlane ? apiServerUrl(cluster, machine) : '',
    // The other control planes, asked before a cluster is founded.
    PEERS: before === undefined ? peers(cluster, machine) : '',
    KUBE_VIP_IMAGE: virtual ? kubeVipImage : '',
    // What kube-vip leaves behind when it ends.
    VIP_ON_LOOPBACK:
      virtual && cluster.endpoint.needsBgp ? hostCidr(cluster.endpoint.address!) : '',
    RUNS_WORKLOADS: flag(machine.isControlPlane && cluster.controlPlaneRunsWorkloads),
    RESOLV_CONF: cluster.operatingSystem._facts.resolvConf.value,
    NTP_SERVERS: ntpServers.join(' '),
    SECRETS: secretsOf(cluster, machine).join(' '),
    FOUNDING_SECRETS: foundingSecretsOf(cluster, machine).join(' '),
  };
  return envFile(`${paths.config}/machine.env`, 'Facts of this machine for the bootstrap.', values);
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
  return { name: before.name, url: apiServerUrl(cluster, before) };
}

function peers(cluster: Cluster, machine: Machine): string {
  return cluster.controlPlanes
    .filter((other) => other !== machine)
    .map((other) => apiServerUrl(cluster, other))
    .join(' ');
}

function flag(value: boolean): string {
  return value ? 'yes' : '';
}
