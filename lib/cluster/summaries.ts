import type { KubeProxyMode, CniKind, Encapsulation } from './vocabulary';

/**
 * What each room tells the others about itself. Rules and the node room read these and never
 * another room's class, so rooms stay strangers to each other.
 */
export interface CniSummary {
  readonly path: string;
  readonly kind: CniKind;
  readonly label: string;
  readonly encapsulation: Encapsulation;
  readonly bgp: boolean;
  readonly podMtu: number;
  readonly dataplane: string;
}

export interface KubeProxySummary {
  readonly path: string;
  readonly mode: KubeProxyMode;
  readonly scheduler?: string;
  readonly strictArp: boolean;
  readonly excludeCidrs: readonly string[];
  readonly server: string;
}

export interface IngressSummary {
  readonly path: string;
  readonly label: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly nodePorts: readonly number[];
  /** New connections a second at which slow clients fill every slot: workers × connections ÷ header timeout. */
  readonly breakEvenRate: number;
}

export interface EtcdSummary {
  readonly path: string;
  /** Directory that is a mount point of its own, or undefined when the root disk is shared. */
  readonly mountPoint?: string;
  readonly dataDir: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  /** The `etcd.local` part of kubeadm's ClusterConfiguration. */
  readonly kubeadmLocal: Readonly<Record<string, unknown>>;
}

export interface NodesSummary {
  readonly path: string;
  /** Every file for every machine, path below the output folder → content; rendered at the call. */
  readonly files: () => Readonly<Record<string, string>>;
}

export interface Summaries {
  readonly cni: CniSummary;
  readonly kubeProxy: KubeProxySummary;
  readonly ingress: IngressSummary;
  readonly etcd: EtcdSummary;
  readonly nodes: NodesSummary;
}
