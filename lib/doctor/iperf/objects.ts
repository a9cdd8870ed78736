import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1';
import { matrixScript } from './script';
import type { Cluster, Machine, Manifest } from '../../cluster';
import { collectorFiles } from '../collectors';
import { labelsOf } from '../pods/names';
import { daemonSet, machineJob, SCRIPTS, scriptsMap, type DoctorPod } from '../pods/pod';
import type { Network } from '../protocol';

export const CLIENT = 'iperf-client';
export const HOST_SERVER = 'iperf-host';
export const POD_SERVER = 'iperf-pod';

/** The options with every default settled. */
export interface MatrixChoices {
  readonly namespace: string;
  readonly image: string;
  readonly machines: readonly Machine[];
  readonly seconds: number;
  readonly port: number;
  readonly networks: readonly Network[];
}

/** A connection more than it sends, of each protocol. */
const PAIR_OVERHEAD_SECONDS = 3;
/** The image is pulled and the pod is placed; then the list of servers and the servers are waited for. */
const START_SECONDS = 180;
/** A pair without a connection: nobody answers `nc` for 2 seconds and iperf3 for 5, twice. */
const SILENT_PAIR_SECONDS = 15;

/** How long all pairs take, one after the other. */
export function matrixSeconds(choices: MatrixChoices): number {
  return allSeconds(choices, pairSeconds(choices));
}

/** The same with what is not measuring, also where machines are away or let nobody in. */
export function deadlineSeconds(choices: MatrixChoices): number {
  const { machines, networks } = choices;
  const longest = Math.max(pairSeconds(choices), SILENT_PAIR_SECONDS);
  return allSeconds(choices, longest) + START_SECONDS * machines.length * networks.length;
}

function pairSeconds({ seconds }: MatrixChoices): number {
  return 2 * (seconds + PAIR_OVERHEAD_SECONDS);
}

function allSeconds({ machines, networks }: MatrixChoices, each: number): number {
  const pairs = machines.length * (machines.length - 1);
  return networks.length * (pairs * each + machines.length * 10);
}

/** Everything but the namespace. */
export function matrixObjects(cluster: Cluster, choices: MatrixChoices): Manifest[] {
  const { namespace, machines, networks } = choices;
  const scripts = scriptsMap(namespace, 'groundwork-iperf', CLIENT, {
    'iperf.sh': collectorFiles()['iperf.sh']!,
    'matrix.sh': matrixScript,
  });
  return [
    scripts,
    servers(cluster, choices, 'pod'),
    podService(namespace, choices.port),
    ...(networks.includes('host') ? [servers(cluster, choices, 'host')] : []),
    ...networks.flatMap((network) =>
      machines.map((machine) => client(cluster, choices, scripts, network, machine)),
    ),
  ];
}

function servers(cluster: Cluster, choices: MatrixChoices, network: Network): DaemonSet {
  const { namespace, image, port } = choices;
  const host = network === 'host';
  const family = cluster._families[0] === 'IPv6' ? '6' : '4';
  const pod: DoctorPod = {
    component: host ? HOST_SERVER : POD_SERVER,
    network,
    powers: 'none',
    image,
    // On the address of the machine only, or on that of the pod.
    command: `exec iperf3 -s -B "$ADDRESS" -p ${port}`,
    env: [
      {
        name: 'ADDRESS',
        valueFrom: { fieldRef: { fieldPath: host ? 'status.hostIP' : 'status.podIP' } },
      },
    ],
    ports: [port],
    beside: host
      ? undefined
      : {
          name: 'name',
          command: `exec socat TCP${family}-LISTEN:${port + 1},reuseaddr,fork,max-children=8 SYSTEM:'echo "$NODE_NAME"'`,
          port: port + 1,
        },
  };
  return daemonSet(cluster, namespace, pod.component, pod);
}

/** Headless: it only lists the pods. */
function podService(namespace: string, port: number): Service {
  const labels = labelsOf(POD_SERVER);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: POD_SERVER, namespace, labels },
    spec: {
      clusterIP: 'None',
      selector: labels,
      ports: [{ name: 'iperf', port, targetPort: port, protocol: 'TCP' }],
    },
  };
}

function client(
  cluster: Cluster,
  choices: MatrixChoices,
  scripts: ConfigMap,
  network: Network,
  machine: Machine,
): Job {
  const { namespace, image } = choices;
  return machineJob(cluster, namespace, {
    prefix: `iperf-${network}`,
    machine: machine.name,
    deadlineSeconds: deadlineSeconds(choices),
    pod: {
      component: CLIENT,
      network,
      powers: 'none',
      image,
      command: `exec ${SCRIPTS}/matrix.sh ${targets(cluster, choices, network).join(' ')}`,
      scripts,
    },
  });
}

function targets(cluster: Cluster, choices: MatrixChoices, network: Network): string[] {
  const { machines, seconds, port, namespace } = choices;
  const both = [String(seconds), String(port)];
  const names = machines.map(({ name }) => name);
  return network === 'host'
    ? [...both, 'machines', ...machines.map(({ name, address }) => `${name}=${address}`)]
    : [
        ...both,
        'pods',
        // The servers are on every machine, whichever of them are measured.
        String(cluster.machines.length),
        String(port + 1),
        `${POD_SERVER}.${namespace}.svc.${cluster.dnsDomain}.`,
        cluster._families[0] === 'IPv6' ? 'AAAA' : 'A',
        ...names,
      ];
}
