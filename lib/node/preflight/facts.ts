import { compareVersions, kernelFloors } from '../../catalog';
import { KubeProxyMode, type Cluster, type Machine } from '../../cluster';
import { envFile, type MachineFile } from '../machine-file';
import { paths } from '../paths';

/** What kubeadm's preflight wants; of workers it wants nothing. */
export const MINIMA = {
  controlPlane: { cpus: 2, mebibytes: 1700 },
  worker: { cpus: 1, mebibytes: 0 },
} as const;

const CONTROL_PLANE_PORTS = [2379, 2380, 10257, 10259];
const KUBELET_PORT = 10250;

/** What the preflight script compares this machine with. */
export function preflightEnv(cluster: Cluster, machine: Machine): MachineFile {
  const least = machine.isControlPlane ? MINIMA.controlPlane : MINIMA.worker;
  const ports = [
    KUBELET_PORT,
    ...(machine.isControlPlane ? [cluster.endpoint.apiServerPort, ...CONTROL_PLANE_PORTS] : []),
  ];
  const values: Record<string, string | number> = {
    OS_ID: osRelease(cluster),
    KERNEL_FLOOR: kernelFloor(cluster),
    MIN_CPUS: least.cpus,
    MIN_MEMORY: least.mebibytes,
    // 0 where the spec does not say.
    SPEC_CPUS: machine.cpus ?? 0,
    SPEC_MEMORY: machine.memory?.toMebibytes() ?? 0,
    NIC_MTU: cluster.nicMtu(machine),
    // Other control planes, each with the size of packets that must reach it whole.
    WAYS: ways(cluster, machine),
    PORTS: ports.sort((a, b) => a - b).join(' '),
  };
  return envFile(
    `${paths.config}/preflight.env`,
    'What the preflight compares this machine with.',
    values,
  );
}

/** As /etc/os-release has it: VERSION_ID behind ID. */
function osRelease(cluster: Cluster): string {
  const [, name, major, minor] = /^([a-z]+)(\d\d)(\d\d)?$/.exec(cluster.operatingSystem._facts.id)!;
  return `${name} ${major}${minor === undefined ? '' : `.${minor}`}`;
}

/** The oldest kernel on which everything that this cluster runs works. */
function kernelFloor(cluster: Cluster): string {
  const floors = [
    kernelFloors.cgroupV2.value,
    ...(cluster.kubeProxyMode === KubeProxyMode.NFTABLES
      ? [kernelFloors.nftablesKubeProxy.value]
      : []),
    ...(cluster.kubeProxyMode === KubeProxyMode.IPVS
      ? [kernelFloors.ipvsConnectionReuse.value]
      : []),
  ];
  return floors.reduce((a, b) => (compareVersions(b, a) > 0 ? b : a));
}

/** Control planes only: a list of all machines on each would grow with the square of the cluster. */
function ways(cluster: Cluster, machine: Machine): string {
  const all = cluster.paths();
  return cluster.controlPlanes
    .filter((other) => other !== machine)
    .flatMap((other) => {
      const path = all.find(
        ({ from, to }) =>
          (from === machine.zone && to === other.zone) ||
          (to === machine.zone && from === other.zone),
      );
      return path === undefined ? [] : [`${other.address}/${path.mtu}`];
    })
    .join(' ');
}
