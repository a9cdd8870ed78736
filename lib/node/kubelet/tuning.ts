import { kubeReservedOf, systemReservedOf, type KubeletSettings } from './settings';
import { askedFor, decisionsOf, Tuning, tuned, type Cluster, type Decision } from '../../cluster';
import type { ControlPlaneSettings } from '../control-plane/settings';

const DOC = 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/';
const RESERVE = 'https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/';
const key = (field: string) => `KubeletConfiguration.${field}`;

/** What the kubelets of a cluster are told besides its facts. */
export function kubeletTuning(
  settings: KubeletSettings,
  { profiling, tlsMinVersion }: ControlPlaneSettings,
) {
  const { containerLogMaxSizeMebibytes: logSize, containerLogMaxFiles: logFiles } = settings;
  return new Tuning({
    containerLogMaxSize: tuned(
      key('containerLogMaxSize'),
      `${logSize}Mi`,
      '10Mi',
      `with the number of files at most ${logSize * logFiles} MiB of the root disk for each container`,
      DOC,
    ),
    containerLogMaxFiles: tuned(
      key('containerLogMaxFiles'),
      logFiles,
      '5',
      'the current file and those that were rotated',
      DOC,
    ),
    enableProfilingHandler: tuned(
      key('enableProfilingHandler'),
      profiling,
      'true',
      'profiles show what is in memory; logs and exec do not need them',
      DOC,
    ),
    enableDebugFlagsHandler: tuned(
      key('enableDebugFlagsHandler'),
      profiling,
      'true',
      'it lets a client of the kubelet change its log level',
      DOC,
    ),
    evictionHard: tuned(
      key('evictionHard'),
      {
        'imagefs.available': '15%',
        'imagefs.inodesFree': '5%',
        'memory.available': '100Mi',
        'nodefs.available': '10%',
        'nodefs.inodesFree': '5%',
        'pid.available': '10%',
      },
      'the same without pid.available',
      'a machine without process numbers cannot even start a shell: pods go before; no soft limits, which evict pods on a machine that still works',
      'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
    ),
    maxParallelImagePulls: tuned(
      key('maxParallelImagePulls'),
      settings.maxParallelImagePulls,
      'one, by serializeImagePulls',
      'a new machine starts its pods side by side; the limit keeps pulls from taking the disk from everything else',
      DOC,
    ),
    serializeImagePulls: tuned(
      key('serializeImagePulls'),
      settings.maxParallelImagePulls === 1,
      'true',
      'one large image would hold up every other pod of the machine',
      DOC,
    ),
    podPidsLimit: tuned(
      key('podPidsLimit'),
      settings.podPidsLimit,
      '-1, no limit',
      'one pod that forks without end would take the process numbers of the whole machine',
      'https://kubernetes.io/docs/concepts/policy/pid-limiting/',
    ),
    seccompDefault: tuned(
      key('seccompDefault'),
      settings.seccompDefault,
      'false',
      'the runtime blocks system calls that containers do not need and kernels were broken through; a pod may still ask for Unconfined',
      'https://kubernetes.io/docs/tutorials/security/seccomp/',
    ),
    tlsMinVersion: tuned(
      key('tlsMinVersion'),
      tlsMinVersion,
      'VersionTLS12',
      'as the API server: its clients are API servers and collectors of metrics',
      DOC,
    ),
  });
}

/** Decisions on kubelets; what a machine keeps back is listed with every value there is. */
export function kubeletDecisions(
  cluster: Cluster,
  path: string,
  settings: KubeletSettings,
  controlPlane: ControlPlaneSettings,
): Decision[] {
  const decision = (field: string, value: string, upstream: string, why: string, source: string) =>
    value === '' ? [] : [{ path, key: key(field), value, upstream, why, source }];
  const reserved = (of: typeof kubeReservedOf) =>
    [
      ...new Set(
        cluster.machines.map((machine) => {
          const { cpuMillis, mebibytes } = of(settings, machine);
          return [
            ...(cpuMillis === undefined ? [] : [`${cpuMillis}m`]),
            ...(mebibytes === undefined ? [] : [`${mebibytes}Mi`]),
          ].join(' and ');
        }),
      ),
    ]
      .filter((text) => text !== '')
      .join(', ');
  const serving = settings.servingCertificates;
  const gates = Object.entries(settings.featureGates).map(([gate, on]) => `${gate}=${on}`);
  return [
    ...kubeletTuning(settings, controlPlane).decisions(path),
    ...decision(
      'kubeReserved',
      reserved(kubeReservedOf),
      'nothing: pods may ask for all that the machine has',
      'for kubelet and containerd. Memory: 255 MiB and 11 MiB for each of 110 pods, at most a quarter; CPU: 6 %, 1 %, 0.5 %, 0.5 % of the first four cores, 0.25 % of each further one. Kept back by capacity, in a file of each machine that the kubelet merges (--config-dir, stable since 1.35)',
      `${RESERVE}; the formula of Amazon's node images`,
    ),
    ...decision(
      'systemReserved',
      reserved(systemReservedOf),
      'nothing',
      'for sshd, journald and whatever else runs: 5 % of memory from 100 MiB to 1 GiB, 1 % of CPU, at least 50 thousandths. Pods that fill the machine would else push it into the out-of-memory killer',
      RESERVE,
    ),
    ...(serving === undefined
      ? []
      : decision(
          'serverTLSBootstrap',
          'true',
          'false',
          `requests of kubelets are approved by ${serving.approver}, which must run in the cluster; until it does, logs and exec fail`,
          'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs',
        )),
    ...decision('featureGates', gates.sort().join(', '), 'none', 'asked for in the spec', DOC),
    ...decisionsOf(
      path,
      Object.keys(settings.extraArgs)
        .sort()
        .map((flag) =>
          askedFor(
            `InitConfiguration.nodeRegistration.kubeletExtraArgs[${flag}]`,
            settings.extraArgs[flag]!,
            "the kubelet's own",
          ),
        ),
    ),
  ];
}
