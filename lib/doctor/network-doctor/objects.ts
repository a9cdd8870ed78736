import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1';
import type { DoctorChoices } from './choices';
import { CniKind, type Cluster, type Manifest } from '../../cluster';
import { collectorFiles } from '../collectors';
import { DEFAULT_NAMESPACE, labelsOf } from '../pods/names';
import { daemonSet, IDLE, scriptsMap, type DoctorPod, type HostFolder } from '../pods/pod';

export const INSPECTOR = 'inspector';
export const PODNET = 'podnet';
export const DISK = 'disk';
/** Where the file system of the machine is, as far as collectors read it. */
const ROOT = '/host';
/** Where the disk of etcd is, as far as fio may write to it. */
export const SCRATCH = '/scratch';
/** What a run left that was killed would fill the disk one day. */
export const CLEAN = `rm -rf ${SCRATCH}/.doctor.*`;
/** A pod that goes takes what it wrote along: fio is killed, and its script with it. */
const DISK_IDLE = `${CLEAN}; ${IDLE.replace("'exit 0'", `'${CLEAN}; exit 0'`)}`;
/** What a Service leads to, for collectors that time connections. */
export const SERVICE = { name: DEFAULT_NAMESPACE, port: 8080 };

/** The pods that are called, without the namespace they are in. */
export function doctorObjects(cluster: Cluster, choices: DoctorChoices): Manifest[] {
  const { namespace } = choices;
  const scripts = scriptsMap(
    namespace,
    `${DEFAULT_NAMESPACE}-scripts`,
    INSPECTOR,
    collectorFiles(),
  );
  return [
    scripts,
    service(namespace),
    daemonSet(cluster, namespace, INSPECTOR, inspector(cluster, choices, scripts)),
    daemonSet(cluster, namespace, PODNET, podnet(cluster, choices, scripts)),
  ];
}

/** What the machine is and what its kernel counts, seen from its own network. */
function inspector({ cni }: Cluster, { image }: DoctorChoices, scripts: ConfigMap): DoctorPod {
  return {
    component: INSPECTOR,
    network: 'host',
    powers: 'inspect',
    image,
    command: IDLE,
    scripts,
    env: [{ name: 'ROOT', value: ROOT }],
    folders: [
      hostFolder('modules', '/lib/modules', 'Directory'),
      hostFolder('systemd', '/etc/systemd', 'Directory'),
      // Not its parent: that has the socket through which root commands systemd.
      hostFolder('networkd', '/run/systemd/netif', 'DirectoryOrCreate'),
      ...(cni === CniKind.CALICO
        ? [hostFolder('calico', '/var/run/calico', 'DirectoryOrCreate')]
        : []),
    ],
  };
}

function hostFolder(name: string, path: string, type: HostFolder['type']): HostFolder {
  return { name, path, mountPath: `${ROOT}${path}`, type };
}

/** What a pod sees. It answers the Service by closing every connection at once. */
function podnet(cluster: Cluster, { image }: DoctorChoices, scripts: ConfigMap): DoctorPod {
  const { port } = SERVICE;
  const listen = cluster._families[0] === 'IPv6' ? 'TCP6-LISTEN' : 'TCP4-LISTEN';
  return {
    component: PODNET,
    network: 'pod',
    powers: 'none',
    image,
    command: `exec socat ${listen}:${port},reuseaddr,fork,backlog=128,max-children=32 OPEN:/dev/null`,
    scripts,
    ports: [port],
  };
}

/** One endpoint on every machine. */
function service(namespace: string): Service {
  const { name, port } = SERVICE;
  const selector = labelsOf(PODNET);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: selector },
    spec: { selector, ports: [{ name: 'connect', port, targetPort: port, protocol: 'TCP' }] },
  };
}

/** What may write on the disk of etcd, in a folder of its own, and nothing else. */
export function diskObjects(
  cluster: Cluster,
  choices: DoctorChoices,
  directory: string,
): Manifest[] {
  const { namespace, fioImage: image } = choices;
  const scripts = scriptsMap(namespace, `${DEFAULT_NAMESPACE}-disk`, DISK, diskScripts());
  const pod: DoctorPod = {
    component: DISK,
    network: 'pod',
    recordedNetwork: 'host',
    powers: 'write',
    image,
    command: DISK_IDLE,
    scripts,
    folders: [scratchFolder(directory)],
  };
  return [scripts, diskDaemonSet(cluster, namespace, pod)];
}

function diskDaemonSet(cluster: Cluster, namespace: string, pod: DoctorPod): DaemonSet {
  return daemonSet(cluster, namespace, DISK, pod, { 'node-role.kubernetes.io/control-plane': '' });
}

/** The one collector that writes. */
export function diskScripts(): Record<string, string> {
  return { 'fsync.sh': collectorFiles()['fsync.sh']! };
}

export function scratchFolder(path: string): HostFolder {
  return { name: 'scratch', path, mountPath: SCRATCH, type: 'DirectoryOrCreate', writable: true };
}
