import { SizeRoundingBehavior } from 'cdk8s';
import type { KubeletOptions } from './options';
import { kubeReservedOf, systemReservedOf, type KubeletSettings } from './settings';
import { kubernetesGates } from '../../catalog';
import {
  COUNTRY_LABEL,
  checkInteger,
  isLabelKey,
  isLabelValue,
  type Cluster,
  type Machine,
  type Problem,
} from '../../cluster';
import { flagProblems } from '../control-plane/flags';

/** Everything that is wrong with the kubelet's options but sizes, which were looked at before. */
export function kubeletProblems(
  cluster: Cluster,
  options: KubeletOptions,
  settings: KubeletSettings,
): Problem[] {
  const { minor } = cluster.kubernetesVersion;
  return [
    ...flagProblems('kubelet.extraArgs', minor, 'kubelet', settings.extraArgs),
    ...gateProblems(minor, settings.featureGates),
    ...labelProblems('kubelet.workerLabels', settings.workerLabels),
    ...labelProblems('kubelet.controlPlaneLabels', settings.controlPlaneLabels),
    ...taintProblems(options),
    ...numberProblems(options),
    ...reservedProblems(cluster, settings),
  ];
}

function gateProblems(minor: string, gates: Readonly<Record<string, boolean>>): Problem[] {
  const known = kubernetesGates(minor);
  return Object.keys(gates)
    .filter((gate) => !known.includes(gate))
    .sort()
    .map((got) => ({
      prop: 'kubelet.featureGates',
      allowed: `gates of Kubernetes ${minor}`,
      got,
      remedy:
        'a kubelet does not start with a gate that it does not know; gates go when their feature is settled',
    }));
}

/** Labels below kubernetes.io that a kubelet may give itself; with another one it does not start. */
const OWN_LABELS = [
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
];
const OWN_PREFIXES = /(^|\.)(kubelet|node)\.kubernetes\.io$/;

function labelProblems(prop: string, labels: Readonly<Record<string, string>>): Problem[] {
  return Object.keys(labels)
    .sort()
    .flatMap((key): Problem[] => {
      const prefix = key.includes('/') ? key.split('/')[0]! : '';
      if (!isLabelKey(key) || !isLabelValue(labels[key]!)) {
        return [
          {
            prop,
            allowed: 'label keys and values as Kubernetes spells them',
            got: `${key}=${labels[key]}`,
            remedy: 'for example example.no/rack: r1',
          },
        ];
      }
      if (key.startsWith('topology.kubernetes.io/')) {
        return [
          {
            prop,
            allowed: 'without region and zone',
            got: key,
            remedy: 'they are facts of the zone',
          },
        ];
      }
      if (key === COUNTRY_LABEL) {
        return [
          {
            prop,
            allowed: 'without the country',
            got: key,
            remedy: 'it is a fact of the zone, and follows from the residency of the spec',
          },
        ];
      }
      const reserved = /(^|\.)(kubernetes|k8s)\.io$/.test(prefix);
      return !reserved || OWN_LABELS.includes(key) || OWN_PREFIXES.test(prefix)
        ? []
        : [
            {
              prop,
              allowed: 'labels that a kubelet may give itself',
              got: key,
              remedy:
                'it would not start; set roles with kubectl label node, or use a prefix of your own',
            },
          ];
    });
}

function taintProblems({ workerTaints = [] }: KubeletOptions): Problem[] {
  return workerTaints
    .filter(({ key, value = '' }) => !isLabelKey(key) || !isLabelValue(value))
    .map(({ key, value = '' }) => ({
      prop: 'kubelet.workerTaints',
      allowed: 'keys and values as of labels',
      got: `${key}=${value}`,
      remedy: 'for example example.no/dedicated',
    }));
}

function numberProblems(kubelet: KubeletOptions): Problem[] {
  const { podPidsLimit, servingCertificates } = kubelet;
  const cpu = { min: 0, max: 64000 };
  return [
    ...checkInteger(
      'kubelet.kubeReserved.cpuMillis',
      kubelet.kubeReserved?.cpuMillis,
      cpu,
      'thousandths of a core',
    ),
    ...checkInteger(
      'kubelet.systemReserved.cpuMillis',
      kubelet.systemReserved?.cpuMillis,
      cpu,
      'thousandths of a core',
    ),
    ...checkInteger(
      'kubelet.containerLogMaxFiles',
      kubelet.containerLogMaxFiles,
      { min: 2, max: 100 },
      'the kubelet refuses less than two',
    ),
    ...checkInteger(
      'kubelet.maxParallelImagePulls',
      kubelet.maxParallelImagePulls,
      { min: 1, max: 50 },
      '1 pulls one after the other',
    ),
    ...(podPidsLimit === -1
      ? []
      : checkInteger(
          'kubelet.podPidsLimit',
          podPidsLimit,
          { min: 64, max: 1048576 },
          '-1 means no limit',
        )),
    ...(servingCertificates !== undefined && servingCertificates.approver.trim() === ''
      ? [
          {
            prop: 'kubelet.servingCertificates.approver',
            allowed: 'the name of what approves requests in the cluster',
            got: servingCertificates.approver,
            remedy: 'kubeadm brings none; leave servingCertificates out for self-signed ones',
          },
        ]
      : []),
  ];
}

/** The kubelet does not start when it is to keep back more than there is. */
function reservedProblems(cluster: Cluster, settings: KubeletSettings): Problem[] {
  const kept = (machine: Machine) => {
    const parts = [kubeReservedOf(settings, machine), systemReservedOf(settings, machine)];
    const sum = (of: (part: (typeof parts)[number]) => number | undefined) =>
      parts.reduce((total, part) => total + (of(part) ?? 0), 0);
    // 100 MiB more is where pods are evicted.
    return { mebibytes: sum((p) => p.mebibytes) + 100, cpuMillis: sum((p) => p.cpuMillis) };
  };
  return cluster.machines.flatMap((machine): Problem[] => {
    const { mebibytes, cpuMillis } = kept(machine);
    const memory = machine.memory?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
    const problem = (what: string, allowed: string, got: string): Problem => ({
      prop: `kubelet reservations of machine ${machine.name}`,
      allowed,
      got,
      remedy: `lower the ${what} of kubeReserved and systemReserved; pods need the rest`,
    });
    return [
      ...(memory !== undefined && mebibytes >= memory
        ? [problem('memory', `less than its ${memory} MiB`, `${mebibytes} MiB`)]
        : []),
      ...(machine.cpus !== undefined && cpuMillis >= machine.cpus * 1000
        ? [problem('CPU', `less than its ${machine.cpus} CPUs`, `${cpuMillis} thousandths`)]
        : []),
    ];
  });
}
