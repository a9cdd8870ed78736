import type { Size } from 'cdk8s';

/** What a taint does to pods that do not tolerate it. */
export enum TaintEffect {
  /** New pods go elsewhere. */
  NO_SCHEDULE = 'NoSchedule',
  /** New pods go elsewhere if they can. */
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
  /** Pods that are there leave as well. */
  NO_EXECUTE = 'NoExecute',
}

/** A mark on machines that keeps pods away. */
export interface NodeTaint {
  /** Key, a label key such as `example.no/dedicated`. */
  readonly key: string;
  /**
   * Value, as a label's.
   *
   * @default - none
   */
  readonly value?: string;
  /** What it does. */
  readonly effect: TaintEffect;
}

/** Certificates that kubelets serve with, signed by the cluster's authority. */
export interface KubeletServingCertificates {
  /**
   * Name of what approves the requests in the cluster, for people; kubeadm brings nothing that does.
   * Without it running, logs and exec fail on every machine. An empty name throws.
   */
  readonly approver: string;
}

/** What machines keep for themselves. */
export interface ReservedResources {
  /**
   * CPU in thousandths of a core. Outside of 0 to 64000 throws.
   *
   * @default - by formula from the cores
   */
  readonly cpuMillis?: number;
  /**
   * Memory. Anything but whole MiB throws.
   *
   * @default - by formula from the memory
   */
  readonly memory?: Size;
}

/** How kubelets are set up. */
export interface KubeletOptions {
  /**
   * More flags for the kubelet, without leading hyphens. A flag that this Kubernetes does not know
   * throws, and so does one that has a place in the configuration file or that the bootstrap sets.
   *
   * @default - none
   */
  readonly extraArgs?: { [flag: string]: string };
  /**
   * Feature gates. One that this kubelet does not know throws.
   *
   * @default - none
   */
  readonly featureGates?: { [gate: string]: boolean };
  /**
   * Labels of worker nodes. One that a kubelet may not give itself, such as a role, throws.
   *
   * @default - region and zone only
   */
  readonly workerLabels?: { [key: string]: string };
  /**
   * Labels of control-plane nodes, as `workerLabels`.
   *
   * @default - region and zone only
   */
  readonly controlPlaneLabels?: { [key: string]: string };
  /**
   * Taints of worker nodes, given when they join.
   *
   * @default - none
   */
  readonly workerTaints?: NodeTaint[];
  /**
   * Memory and CPU for kubelet and container runtime.
   *
   * @default - memory: 255 MiB and 11 MiB for each of 110 pods, at most a quarter; CPU: 6 % of the
   * first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest
   */
  readonly kubeReserved?: ReservedResources;
  /**
   * Memory and CPU for everything else on the machine.
   *
   * @default - memory: 5 %, from 100 MiB to 1 GiB; CPU: 1 % of all cores, at least 50 thousandths
   */
  readonly systemReserved?: ReservedResources;
  /**
   * Size at which the log of a container is rotated. Anything but whole MiB from 1 to 1024 throws.
   *
   * @default Size.mebibytes(10)
   */
  readonly containerLogMaxSize?: Size;
  /**
   * Files kept of the log of a container, the current one among them. Outside of 2 to 100 throws.
   *
   * @default 5
   */
  readonly containerLogMaxFiles?: number;
  /**
   * Images that are pulled at the same time. Outside of 1 to 50 throws; 1 means one after the other.
   *
   * @default 5
   */
  readonly maxParallelImagePulls?: number;
  /**
   * Processes and threads of one pod. Outside of 64 to 1048576 throws, except -1 for no limit.
   *
   * @default 4096
   */
  readonly podPidsLimit?: number;
  /**
   * Whether containers that name no seccomp profile run under the runtime's.
   *
   * @default true
   */
  readonly seccompDefault?: boolean;
  /**
   * Serving certificates from the cluster's authority. API servers then verify kubelets.
   *
   * @default - each kubelet signs its own, finding GW-NODE-005
   */
  readonly servingCertificates?: KubeletServingCertificates;
}
