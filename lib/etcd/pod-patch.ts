import { Yaml } from 'cdk8s';
import { bytesOf, checkInteger, tuned, type Problem, type TuningRow } from '../cluster';
import { WAL, type Member } from './disk';
import type { EtcdResources } from './resources';
import { ASKED } from './tuning';

const MIB = 1024 ** 2;
/** What kubeadm requests, and the least that may be asked for. */
const KUBEADM_MILLIS = 100;
const KUBEADM_BYTES = 100 * MIB;
const MOST_MILLIS = 2000;
const RESOURCES = 'Pod.spec.containers.resources.requests';
const KUBEADM = 'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go';

/** Requests of one machine; what is absent stays kubeadm's. */
export interface Requests {
  readonly cpu?: string;
  readonly memory?: string;
}

/** The requests on one machine: what was asked for, else a share of what the machine has. */
export function requestsOf(
  { machine }: Member,
  quotaBytes: number,
  asked: EtcdResources = {},
): Requests {
  const { cpus, memory } = machine;
  const millis = asked.cpuMillicores ?? (cpus === undefined ? undefined : shareOfCores(cpus));
  const bytes =
    asked.memory !== undefined
      ? bytesOf(asked.memory)
      : memory === undefined
        ? undefined
        : shareOfMemory(bytesOf(memory), quotaBytes);
  return {
    ...(millis === undefined ? {} : { cpu: `${millis}m` }),
    ...(bytes === undefined ? {} : { memory: `${Math.floor(bytes / MIB)}Mi` }),
  };
}

function shareOfCores(cpus: number): number {
  return Math.min(MOST_MILLIS, cpus * 250);
}

function shareOfMemory(bytes: number, quotaBytes: number): number {
  return Math.max(KUBEADM_BYTES, Math.floor(Math.min(bytes / 8, quotaBytes) / MIB) * MIB);
}

/** What is wrong with the requests that were asked for. */
export function resourceProblems(
  asked: EtcdResources | undefined,
  members: readonly Member[],
): Problem[] {
  const { cpuMillicores, memory } = asked ?? {};
  const cores = Math.min(...members.map(({ machine }) => machine.cpus ?? Infinity));
  const bytes = Math.min(
    ...members.map(({ machine }) =>
      machine.memory === undefined ? Infinity : bytesOf(machine.memory),
    ),
  );
  const most = cores === Infinity ? 1_024_000 : cores * 1000;
  const wrong =
    memory !== undefined && (bytesOf(memory) < KUBEADM_BYTES || bytesOf(memory) >= bytes);
  return [
    ...checkInteger(
      'resources.cpuMillicores',
      cpuMillicores,
      { min: KUBEADM_MILLIS, max: most },
      'leave it out for a share of the cores',
    ),
    ...(wrong
      ? [
          {
            prop: 'resources.memory',
            allowed: `at least 100 MiB${
              bytes === Infinity
                ? ''
                : ` and less than ${bytes / MIB} MiB, the memory of the smallest control plane`
            }`,
            got: `${bytesOf(memory) / MIB} MiB`,
            remedy: 'leave it out for a share of the memory',
          },
        ]
      : []),
  ];
}

/** Rows for what one machine's pod requests; `where` tells machines apart that differ. */
export function requestRows(
  { cpu, memory }: Requests,
  where: string,
  asked: EtcdResources = {},
): Array<TuningRow<string>> {
  const row = (name: string, value: string, upstream: string, why: string) =>
    tuned(`${RESOURCES}.${name}${where}`, value, upstream, why, KUBEADM);
  return [
    ...(cpu === undefined
      ? []
      : [
          row(
            'cpu',
            cpu,
            '100m',
            asked.cpuMillicores !== undefined
              ? ASKED
              : 'a quarter of the cores, at most two: when everybody wants the CPU, the kernel shares it by requests, and a leader that gets a twentieth misses its heartbeats',
          ),
        ]),
    ...(memory === undefined
      ? []
      : [
          row(
            'memory',
            memory,
            '100Mi',
            asked.memory !== undefined
              ? ASKED
              : 'an eighth of the memory, at most the quota: the scheduler leaves it free of other pods; no limit, which would kill a member that receives a snapshot',
          ),
        ]),
  ];
}

/**
 * Patch of kubeadm's static pod: the requests, and the directory of the log, for which its
 * configuration has no field. Undefined when there is nothing to say.
 */
export function podPatch({ cpu, memory }: Requests, hasWalDisk: boolean): string | undefined {
  if (cpu === undefined && memory === undefined && !hasWalDisk) {
    return undefined;
  }
  const requests = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
  const container = {
    name: 'etcd',
    ...(Object.keys(requests).length === 0 ? {} : { resources: { requests } }),
    ...(hasWalDisk ? { volumeMounts: [{ name: 'etcd-wal', mountPath: WAL.mountPoint }] } : {}),
  };
  // Directory, not DirectoryOrCreate: the pod does not start without it.
  const volume = { name: 'etcd-wal', hostPath: { path: WAL.mountPoint, type: 'Directory' } };
  const spec = { containers: [container], ...(hasWalDisk ? { volumes: [volume] } : {}) };
  return `# kubeadm lays this over the static pod of etcd that it makes.\n${Yaml.stringify({ spec })}`;
}
