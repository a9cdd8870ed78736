import type { KubeletOptions, KubeletServingCertificates, NodeTaint } from './options';
import type { Machine } from '../../cluster';

/** Kubelet options with their defaults filled in. */
export interface KubeletSettings {
  readonly extraArgs: Readonly<Record<string, string>>;
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly workerLabels: Readonly<Record<string, string>>;
  readonly controlPlaneLabels: Readonly<Record<string, string>>;
  readonly workerTaints: readonly NodeTaint[];
  readonly kubeReserved: Reserved;
  readonly systemReserved: Reserved;
  readonly containerLogMaxSizeMebibytes: number;
  readonly containerLogMaxFiles: number;
  readonly maxParallelImagePulls: number;
  readonly podPidsLimit: number;
  readonly seccompDefault: boolean;
  readonly servingCertificates?: KubeletServingCertificates;
}

/** What a machine keeps back; undefined where nothing is known to compute it from. */
interface Reserved {
  readonly cpuMillis?: number;
  readonly mebibytes?: number;
}

/** Pods that a kubelet runs at most, its own default; tables of the kernel and blocks of pods count on it. */
const MAX_PODS = 110;

export function kubeletSettings(options: KubeletOptions = {}): KubeletSettings {
  const reserved = ({ cpuMillis, memory }: NonNullable<KubeletOptions['kubeReserved']> = {}) => ({
    cpuMillis,
    mebibytes: memory?.toMebibytes(),
  });
  return {
    extraArgs: options.extraArgs ?? {},
    featureGates: options.featureGates ?? {},
    workerLabels: options.workerLabels ?? {},
    controlPlaneLabels: options.controlPlaneLabels ?? {},
    workerTaints: [...(options.workerTaints ?? [])],
    kubeReserved: reserved(options.kubeReserved),
    systemReserved: reserved(options.systemReserved),
    containerLogMaxSizeMebibytes: options.containerLogMaxSize?.toMebibytes() ?? 10,
    containerLogMaxFiles: options.containerLogMaxFiles ?? 5,
    maxParallelImagePulls: options.maxParallelImagePulls ?? 5,
    podPidsLimit: options.podPidsLimit ?? 4096,
    seccompDefault: options.seccompDefault ?? true,
    servingCertificates: options.servingCertificates,
  };
}

/** What one machine keeps back for kubelet and runtime. */
export function kubeReservedOf(settings: KubeletSettings, machine: Machine): Reserved {
  const { cpus, memory } = machine;
  const { cpuMillis, mebibytes } = settings.kubeReserved;
  return {
    cpuMillis: cpuMillis ?? (cpus === undefined ? undefined : kubeCpuMillis(cpus)),
    mebibytes:
      mebibytes ??
      (memory === undefined
        ? undefined
        : Math.min(255 + 11 * MAX_PODS, Math.floor(mib(memory) / 4))),
  };
}

/** What one machine keeps back for everything that is not Kubernetes. */
export function systemReservedOf(settings: KubeletSettings, machine: Machine): Reserved {
  const { cpus, memory } = machine;
  const { cpuMillis, mebibytes } = settings.systemReserved;
  return {
    cpuMillis: cpuMillis ?? (cpus === undefined ? undefined : Math.max(50, 10 * cpus)),
    mebibytes:
      mebibytes ??
      (memory === undefined
        ? undefined
        : Math.min(1024, Math.max(100, Math.floor(mib(memory) / 20)))),
  };
}

/** Less for each further core: most of the kubelet's work does not grow with them. */
function kubeCpuMillis(cpus: number): number {
  const steps = [60, 10, 5, 5];
  const first = steps.slice(0, cpus).reduce((sum, step) => sum + step, 0);
  return first + Math.ceil(2.5 * Math.max(0, cpus - steps.length));
}

function mib(memory: NonNullable<Machine['memory']>): number {
  return Math.floor(memory.toKibibytes() / 1024);
}
