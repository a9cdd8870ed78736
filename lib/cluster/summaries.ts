import type { IpFamily } from './cidr';
import type { Machine } from './machine';
import type { Wrapping } from './overhead';
import type { CniKind, KubeProxyMode, LoadBalancerKind } from './vocabulary';

/** A command that shows how things are, for the runbook. */
export interface Inspection {
  /** What it shows, as half a sentence. */
  readonly what: string;
  /** As it is typed; where it is typed stands in `what` unless it is any shell with kubectl. */
  readonly command: string;
}

/** How packets of some pods get from one machine to another. */
export interface PodWay {
  /** Whose packets: a network of pods, for people. */
  readonly packets: string;
  readonly family: IpFamily;
  /** What wraps them; absent where they travel as they are. */
  readonly wrapping?: Wrapping | 'UDP';
  /** Bytes that this adds. */
  readonly overhead: number;
  /** The tunnel's device as `ip link` names it; absent without a tunnel. */
  readonly device?: string;
  /** What tcpdump takes to show the wrapped packets on a NIC; absent without a tunnel. */
  readonly filter?: string;
  /** Whether machines of one subnet send to each other without the tunnel. */
  readonly directInSubnet: boolean;
  /** Network and prefix length of the blocks that machines take from it; absent where they take none. */
  readonly blocks?: { readonly network: string; readonly prefix: number };
}

/**
 * What each room tells the others about itself. Rules and the node room read these and never
 * another room's class, so rooms stay strangers to each other.
 */
export interface CniSummary {
  readonly path: string;
  readonly kind: CniKind;
  readonly label: string;
  /** In the plugin's own words, for people. */
  readonly encapsulation: string;
  readonly bgp: boolean;
  /** Routers outside of the cluster that it has BGP sessions with. */
  readonly bgpPeers?: readonly string[];
  /** Whether every machine has a BGP session with every other. */
  readonly bgpMesh?: boolean;
  /** Its tunnel devices on every machine; none where pods' packets travel as they are. */
  readonly devices: readonly string[];
  readonly podMtu: number;
  /** Packet filter that the plugin writes its rules with, in its own words. */
  readonly dataplane: string;
  /** Whether it makes an endpoint of every machine, which policies then select. */
  readonly hostEndpoints?: boolean;
  /** The machine's end of a pod's interface, as a pattern. */
  readonly podDevice: string;
  /** The bridge between that and the machine, where there is one. */
  readonly bridge?: string;
  /** Every way that packets of pods take between machines. */
  readonly ways: readonly PodWay[];
  /** How to look at the plugin. */
  readonly inspect: readonly Inspection[];
  /** All that the plugin settled; only its own rules read it. */
  readonly own: object;
}

export interface KubeProxySummary {
  readonly path: string;
  readonly mode: KubeProxyMode;
  /** IPVS mode only, as are the two that follow. */
  readonly scheduler?: string;
  readonly strictArp?: boolean;
  readonly excludeCidrs?: readonly string[];
  /** What the proxy's own rules read; what its mode does not have is absent. */
  readonly syncPeriodSeconds?: number;
  readonly minSyncPeriodSeconds?: number;
  readonly tcpTimeoutSeconds?: number;
  readonly tcpBeLiberal?: boolean;
  readonly detectLocalMode?: string;
  readonly expectedServices?: number;
  /** Where NodePorts answer: networks and words. */
  readonly nodePortAddresses?: readonly string[];
  /** The image that the spec names; absent where it is that of the Kubernetes release. */
  readonly image?: string;
  /** Whether its objects have other names than kubeadm's. */
  readonly ownNames?: boolean;
  /** How to look at what it wrote. */
  readonly inspect: readonly Inspection[];
}

export interface DnsSummary {
  readonly path: string;
  readonly label: string;
  /** Where the cache answers on every machine, besides the address of the DNS Service. */
  readonly localIps: readonly string[];
  /** The address of the DNS Service. */
  readonly serviceIp: string;
  /** Whether it holds that address as well. */
  readonly bindsClusterIp: boolean;
  /** All that the cache settled; only its own rules read it. */
  readonly own: object;
}

export interface IngressSummary {
  readonly path: string;
  readonly label: string;
  readonly namespace: string;
  readonly replicas: number;
  /** As many as an autoscaler makes of them; the same number without one. */
  readonly mostReplicas: number;
  /** Whether there is one on each machine, which a drain passes by. */
  readonly isDaemonSet?: boolean;
  /** Ports of the Service that every machine answers on; none where clients come another way. */
  readonly nodePorts: readonly number[];
  /** Ports of their machine that replicas take; none where they take none. */
  readonly hostPorts: readonly number[];
  /** New connections a second at which slow clients fill a replica: its connections, or its memory where those have no number. */
  readonly breakEvenRate: number;
  /** Full reference of the controller's image. */
  readonly image: string;
  /** The nginx inside it, where the user named it. */
  readonly nginx?: string;
  /** How long a client may take for its request header, in seconds. */
  readonly headerTimeoutSeconds: number;
  /** Memory that one replica reserves, in MiB. */
  readonly memoryMebibytes: number;
  /** The longest a replica takes to stop when it is asked to, in seconds. */
  readonly drainSeconds: number;
  /** How much of that it still serves new connections, in seconds. */
  readonly preStopSeconds: number;
  /** Temporary files of bodies and responses beyond which a replica is evicted, in MiB. */
  readonly temporaryMebibytes: number;
  /** How much of them one source address can write at once, in MiB. */
  readonly addressMebibytes: number;
  /** The address that its Service asks for; absent where it takes any. */
  readonly loadBalancerAddress?: string;
  /** All that the edge settled; only its own rules read it. */
  readonly own: object;
  /** What its controller settled beside that; only the rules of that controller read it. */
  readonly controller?: object;
}

/** One pool of addresses for Services of type LoadBalancer. */
export interface LoadBalancerPoolSummary {
  readonly name: string;
  /** The addresses as the spec names them, for people. */
  readonly label: string;
  /** The same as canonical networks. */
  readonly cidrs: readonly string[];
  /** The zone on whose segment they are, where they are answered by ARP. */
  readonly zone?: string;
  /** Whether a Service that asks for nothing gets one of them. */
  readonly automatic: boolean;
  /** The only namespaces that get them; absent where that is not known by name, or all do. */
  readonly namespaces?: readonly string[];
}

/** What the plugin's BGP is to tell routers for a load balancer that has none of its own. */
export interface LoadBalancerRoutes {
  readonly cidrs: readonly string[];
  /** Whether routers learn whole networks, from every machine. */
  readonly aggregated: boolean;
  /** Whether every Service of the type gets an address, or only one that asks Calico for it. */
  readonly assignIps: string;
}

export interface LoadBalancerSummary {
  readonly path: string;
  readonly kind: LoadBalancerKind;
  readonly label: string;
  readonly pools: readonly LoadBalancerPoolSummary[];
  /** Routers that it has BGP sessions with. */
  readonly bgpPeers: readonly string[];
  /** Whether control planes announce addresses, too. */
  readonly fromControlPlanes: boolean;
  /** What the plugin is to announce; absent where the load balancer does it itself. */
  readonly routes?: LoadBalancerRoutes;
  /** All that it settled; only its own rules read it. */
  readonly own: object;
}

export interface EtcdSummary {
  readonly path: string;
  readonly dataDir: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  /** Size of the database at which etcd takes no more writes, in bytes. */
  readonly quotaBytes: number;
  /** The `etcd.local` part of kubeadm's ClusterConfiguration. */
  readonly kubeadmLocal: Readonly<Record<string, unknown>>;
  /** Whether somebody said that losing one zone may stop etcd. */
  readonly zoneQuorumLossAccepted?: boolean;
  /** Directory of the write-ahead log, when it has a disk of its own. */
  readonly walDir?: string;
  /** Whether the disk is measured before there is a member. */
  readonly fsyncIsMeasured?: boolean;
}

export interface EtcdBackupSummary {
  readonly path: string;
  /** Where the snapshots go, in a few words, for people. */
  readonly label: string;
  /** Country in which the snapshots are kept, ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Namespace and name of the CronJob. */
  readonly namespace: string;
  readonly name: string;
  /** The longest time between two runs, in seconds. */
  readonly longestGapSeconds: number;
  /** After how long a run is given up, in seconds. */
  readonly timeoutSeconds: number;
  /** All that the backup settled; only its own rules and the runbook read it. */
  readonly own: object;
}

export interface EtcdAlertsSummary {
  readonly path: string;
  /** Whether the rules watch the age of the backup. */
  readonly watchesBackup: boolean;
}

/** What the bootstrap settled for the control plane and the kubelets. */
export interface ControlPlaneSummary {
  /** Flags that the spec gives a program besides ours. */
  readonly extraFlags: ReadonlyArray<{ readonly program: string; readonly flag: string }>;
  /** Hardening that the spec switches off, in words. */
  readonly hardeningOff: readonly string[];
  readonly auditLog: boolean;
  readonly encryptsAtRest: boolean;
  /** What approves serving certificates of kubelets; absent where they sign their own. */
  readonly servingApprover?: string;
  /** The Pod Security default; absent where there is none. */
  readonly podSecurity?: { readonly enforce: string; readonly exemptNamespaces: readonly string[] };
}

/** The host firewall of the machines, as its rules read it. */
export interface FirewallSummary {
  readonly sshFrom: readonly string[];
  readonly trustZoneNetworks: boolean;
  /** What the spec lets in by itself; no source means anywhere, no machines all of them. */
  readonly allowed: ReadonlyArray<{
    readonly port: string;
    readonly protocol: string;
    readonly from?: readonly string[];
    readonly machines?: readonly string[];
  }>;
}

/** What machines fetch by themselves. */
export interface FetchedByMachines {
  /** Full references of images. */
  readonly images: readonly string[];
  /** Archives and package repositories. */
  readonly urls: readonly string[];
}

export interface NodesSummary {
  readonly path: string;
  /** Every file for every machine, path below the output folder → content; rendered at the call. */
  readonly files: () => Readonly<Record<string, string>>;
  /** Size of one machine's user-data with its secrets, not compressed; cheaper than rendering all machines. */
  readonly userDataBytes: (machine: Machine) => number;
  /** Largest user-data that the platform takes, in bytes. */
  readonly userDataLimit?: number;
  /** Machines whose user-data gets long-lived private keys. */
  readonly keysInUserData: () => readonly string[];
  /** Archives that are fetched without a catalogued checksum: name, version, architecture. */
  readonly unpinnedArchives: () => readonly string[];
  /** What machines fetch before any manifest is applied. */
  readonly fetched: () => FetchedByMachines;
  readonly controlPlane: ControlPlaneSummary;
  /** Where a machine says how its bootstrap goes. */
  readonly bootstrap: {
    readonly unit: string;
    readonly script: string;
    readonly status: string;
    readonly log: string;
  };
  /** The release of containerd on the machines. */
  readonly containerdVersion: string;
  /** Absent where the machines have none of ours. */
  readonly firewall?: FirewallSummary;
  /** What machines were told by hand before: lines of /etc/sysctl.conf, and modules. */
  readonly byHand: {
    readonly sysctls: ReadonlyArray<{ readonly key: string; readonly value: string }>;
    readonly modules: readonly string[];
    /** Those of them that a command loaded, until the next boot. */
    readonly commanded: readonly string[];
  };
}

/** One class that volumes are made from. */
export interface ResidentClass {
  readonly name: string;
  readonly provisioner: string;
  /** Where its volumes are, for people. */
  readonly where: string;
  /** Whether only the word of the spec says so. */
  readonly byWord: boolean;
  /** The label that its driver puts on volumes, where it does, and the values that are inside. */
  readonly topology?: { readonly key: string; readonly values: readonly string[] };
  readonly reclaimPolicy: string;
}

/** One local volume of a machine. */
export interface LocalVolume {
  readonly name: string;
  readonly machine: string;
  readonly disk: string;
  readonly capacity: string;
}

/** What the residency policy became in the cluster. */
export interface ResidencySummary {
  readonly path: string;
  readonly classes: readonly ResidentClass[];
  readonly volumes: readonly LocalVolume[];
  /** Admission policies, name → what it refuses, as the rest of a sentence. */
  readonly policies: ReadonlyArray<{ readonly name: string; readonly refuses: string }>;
  /** Whether the API server refuses, or only warns. */
  readonly refuses: boolean;
  /** Hosts that images may come from; absent where images are not judged. */
  readonly imageSources?: readonly string[];
  /** Namespaces whose images are not judged. */
  readonly exemptNamespaces: readonly string[];
  /** Names of classes that somebody else makes and claims may name. */
  readonly otherClasses: readonly string[];
  /** CSI drivers that pods may name by themselves. */
  readonly podDrivers: readonly string[];
}

export interface DoctorSummary {
  readonly path: string;
  /**
   * What whoever calls the doctor needs, path below the output folder → content; rendered at the call.
   * Nothing applies it by itself.
   */
  readonly files: () => Readonly<Record<string, string>>;
  /** Images of pods that are no objects of the App, and the namespace that they run in. */
  readonly images: () => readonly string[];
  readonly namespace: string;
  /** All that the doctor settled; only its own rules read it. */
  readonly own: object;
}

export interface Summaries {
  readonly cni: CniSummary;
  readonly kubeProxy: KubeProxySummary;
  readonly dns: DnsSummary;
  readonly ingress: IngressSummary;
  readonly loadBalancer: LoadBalancerSummary;
  readonly etcd: EtcdSummary;
  readonly etcdBackup: EtcdBackupSummary;
  readonly etcdAlerts: EtcdAlertsSummary;
  readonly nodes: NodesSummary;
  readonly residency: ResidencySummary;
  readonly doctor: DoctorSummary;
}
