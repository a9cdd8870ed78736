import { createHash } from 'node:crypto';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type {
  ConfigMap,
  Container,
  EnvVar,
  PodSpec,
  Toleration,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import type { Cluster } from '../../cluster';
import type { Network } from '../protocol';
import { CONTAINER, labelsOf, pullSecrets } from './names';
import { jobTuning, podTuning as tuning } from './tuning';

/** Where the collectors are in a container. */
export const SCRIPTS = '/scripts';

/** A pod that waits to be entered, and goes when it is told to. */
export const IDLE = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done";

/** What a pod may do beyond what anybody's may. */
export type Powers = 'inspect' | 'capture' | 'write' | 'none';

/** A folder of the machine. */
export interface HostFolder {
  readonly name: string;
  readonly path: string;
  readonly mountPath: string;
  readonly type: 'Directory' | 'DirectoryOrCreate';
  readonly writable?: boolean;
}

/** One kind of pod of the doctor. */
export interface DoctorPod {
  readonly component: string;
  readonly network: Network;
  /** What its recordings say of the network; the disk is that of the machine wherever the pod is. */
  readonly recordedNetwork?: Network;
  readonly powers: Powers;
  readonly image: string;
  /** Run by /bin/sh. */
  readonly command: string;
  /** ConfigMap of the collectors. */
  readonly scripts?: ConfigMap;
  readonly folders?: readonly HostFolder[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly number[];
  /** Another container beside the first, for what a second program does. */
  readonly beside?: { readonly name: string; readonly command: string; readonly port: number };
  readonly terminationSeconds?: number;
}

export function podSpec(
  cluster: Cluster,
  pod: DoctorPod,
  tolerations: Toleration[] = tuning.get('tolerations'),
): PodSpec {
  const host = pod.network === 'host';
  return {
    // It is the default; said, since a change of it would be a change of what the pod may do.
    hostNetwork: host,
    ...(host ? { dnsPolicy: tuning.get('hostDns') } : {}),
    priorityClassName: tuning.get('priority'),
    automountServiceAccountToken: tuning.get('token'),
    enableServiceLinks: tuning.get('serviceLinks'),
    terminationGracePeriodSeconds: pod.terminationSeconds ?? tuning.get('grace'),
    tolerations,
    securityContext: {
      ...(pod.powers === 'none' ? tuning.get('nobody') : tuning.get('root')),
      // On the network of the machine it would be a setting of the machine, and the kubelet refuses.
      ...(host || pod.powers !== 'none' ? {} : { sysctls: tuning.get('ping') }),
      seccompProfile: tuning.get('seccomp'),
    },
    ...pullSecrets(cluster),
    containers: [
      container(pod, CONTAINER, pod.command, pod.ports ?? []),
      ...(pod.beside === undefined
        ? []
        : [container(pod, pod.beside.name, pod.beside.command, [pod.beside.port])]),
    ],
    volumes: volumes(pod),
  };
}

function container(
  pod: DoctorPod,
  name: string,
  command: string,
  ports: readonly number[],
): Container {
  const add = capabilities(pod.powers);
  return {
    name,
    image: pod.image,
    imagePullPolicy: tuning.get('pullPolicy'),
    command: ['/bin/sh', '-c', command],
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'NETWORK', value: pod.recordedNetwork ?? pod.network },
      // Where programs keep what they keep: the image stays as it is.
      { name: 'HOME', value: '/tmp' },
      ...(pod.env ?? []),
    ],
    ...(ports.length === 0 ? {} : { ports: ports.map((containerPort) => ({ containerPort })) }),
    resources: tuning.get('resources'),
    securityContext: {
      allowPrivilegeEscalation: tuning.get('escalation'),
      readOnlyRootFilesystem: tuning.get('readOnly'),
      capabilities: { drop: tuning.get('drop'), ...(add.length === 0 ? {} : { add }) },
    },
    volumeMounts: mounts(pod),
  };
}

function capabilities(powers: Powers): string[] {
  switch (powers) {
    case 'inspect':
      return tuning.get('inspectorCapabilities');
    case 'capture':
      return tuning.get('toolboxCapabilities');
    default:
      return [];
  }
}

function mounts({ scripts, folders = [] }: DoctorPod): VolumeMount[] {
  return [
    { name: 'tmp', mountPath: '/tmp' },
    ...(scripts === undefined ? [] : [{ name: 'scripts', mountPath: SCRIPTS, readOnly: true }]),
    ...folders.map(({ name, mountPath, writable = false }) => ({
      name,
      mountPath,
      ...(writable ? {} : { readOnly: true }),
    })),
  ];
}

function volumes({ scripts, folders = [] }: DoctorPod): Volume[] {
  return [
    { name: 'tmp', emptyDir: tuning.get('tmp') },
    ...(scripts === undefined
      ? []
      : [{ name: 'scripts', configMap: { name: scripts.metadata!.name!, defaultMode: 0o555 } }]),
    ...folders.map(({ name, path, type }) => ({ name, hostPath: { path, type } })),
  ];
}

/** One such pod on every machine, or on every control plane. */
export function daemonSet(
  cluster: Cluster,
  namespace: string,
  name: string,
  pod: DoctorPod,
  nodeSelector: Readonly<Record<string, string>> = {},
): DaemonSet {
  const labels = labelsOf(pod.component);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: tuning.get('update') },
      template: {
        metadata: { labels, ...hashOf(pod.scripts) },
        spec: {
          ...podSpec(cluster, pod),
          nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector },
        },
      },
    },
  };
}

/** A folder keeps an old script for a minute; a pod of another hash has the new one from the start. */
function hashOf(scripts: ConfigMap | undefined): { annotations?: Record<string, string> } {
  return scripts === undefined
    ? {}
    : { annotations: { 'cdk8s-groundwork/config-hash': shortHash(scripts.data) } };
}

/** Eight hexadecimal digits that change with the content. */
export function shortHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}

/** What a Job of the doctor needs to know besides its pod. */
export interface MachineJob {
  readonly prefix: string;
  readonly machine: string;
  readonly pod: DoctorPod;
  /** All Jobs that share the component may wait for each other so long. */
  readonly deadlineSeconds: number;
}

/**
 * A pod that runs once on one machine, and never while another of its component runs anywhere: all
 * machines are one place to `kubernetes.io/os`, and two such pods may not be in one place. Waiting is
 * done by the scheduler, so nothing in the cluster needs rights for it.
 */
export function machineJob(cluster: Cluster, namespace: string, job: MachineJob): Job {
  const { prefix, machine, pod, deadlineSeconds } = job;
  const labels = labelsOf(pod.component);
  const template = {
    metadata: { labels },
    spec: {
      // One that is placed where nothing starts would keep all others waiting.
      ...podSpec(cluster, pod, tuning.get('tolerated')),
      restartPolicy: jobTuning.get('restartPolicy'),
      nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': machine },
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: labels }, topologyKey: jobTuning.get('oneAtATime') },
          ],
        },
      },
    },
  };
  // The template of a Job cannot be changed: what measures something else is another Job.
  const hash = shortHash([machine, template, pod.scripts?.data, deadlineSeconds]);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${prefix}-${machine.slice(0, 40)}-${hash}`, namespace, labels },
    spec: {
      backoffLimit: jobTuning.get('retries'),
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: jobTuning.get('kept'),
      template,
    },
  };
}

/** Scripts as a ConfigMap. */
export function scriptsMap(
  namespace: string,
  name: string,
  component: string,
  data: Record<string, string>,
): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labelsOf(component) },
    data,
  };
}
