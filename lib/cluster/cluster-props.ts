import type { ApiEndpoint } from './api-endpoint';
import type { KubernetesVersion } from './kubernetes-version';
import type { Machine } from './machine';
import type { OperatingSystem } from './operating-system';
import type { Residency } from './residency';
import type { Underlay } from './underlay';
import type { CniKind, KubeProxyMode, LoadBalancerKind } from './vocabulary';
import type { Zone } from './zone';

/** The facts every cluster is described by: machines, networks, release, endpoint. */
export interface ClusterSpec {
  /**
   * Name of the cluster: an RFC 1123 label. It stands in kubeadm's configuration and in a label of
   * every object.
   *
   * @default - the construct's id
   */
  readonly clusterName?: string;
  /**
   * Kubernetes release.
   *
   * @default KubernetesVersion.V1_36
   */
  readonly kubernetesVersion?: KubernetesVersion;
  /** Distribution on the machines. */
  readonly operatingSystem: OperatingSystem;
  /** Where the Kubernetes API answers. */
  readonly endpoint: ApiEndpoint;
  /** Network of the pods, canonical CIDR, apart from all others; /8 to /24 on IPv4. */
  readonly podCidr: string;
  /** Network of the Services, canonical CIDR, apart from all others; /12 to /28 on IPv4. */
  readonly serviceCidr: string;
  /**
   * IPv6 network of the pods beside an IPv4 `podCidr`: makes the cluster dual-stack. Canonical CIDR,
   * /48 to /64. It needs `serviceCidrV6`, `nodeCidrV6` of every zone and `addressV6` of every machine;
   * one without the others throws.
   *
   * @default - one address family
   */
  readonly podCidrV6?: string;
  /**
   * IPv6 network of the Services in a dual-stack cluster, canonical CIDR, /108 to /124.
   *
   * @default - one address family
   */
  readonly serviceCidrV6?: string;
  /**
   * Domain of Service names.
   *
   * @default 'cluster.local'
   */
  readonly dnsDomain?: string;
  /** The network the machines stand on. */
  readonly underlay: Underlay;
  /** Zones, unique by name, with node networks apart from each other. */
  readonly zones: Zone[];
  /** Machines, unique by name, address and disk; an odd number of control planes. */
  readonly machines: Machine[];
  /**
   * A registry that mirrors every image under its own repository path, for example
   * `mirror.example.no/k8s`.
   *
   * @default - every image from its own registry
   */
  readonly imageRegistry?: string;
  /**
   * Names of the pull secrets that every emitted pod lists. Create them in each namespace; the
   * library never writes a Secret.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * In which countries machines, volumes, backups and images may be: one policy, which labels, storage
   * classes, admission, findings and the report follow from; see `ResidentStorage`.
   *
   * @default - none; nothing is said of countries but that backups stay
   */
  readonly residency?: Residency;
  /**
   * Networks outside of the cluster that its machines or pods talk to: offices, VPNs, other clusters,
   * the bridge of a container engine. Canonical CIDRs; one that overlaps the networks of pods or Services
   * throws, since packets for it would never leave the cluster.
   *
   * @default - none are known
   */
  readonly outsideCidrs?: string[];
  /**
   * The day the spec is for, as an ISO day such as `2026-11-27`: what has ended by then, or ends within 90
   * days, becomes a finding. A synth has no clock, so CI passes its day. Another form throws.
   *
   * @default - none: findings speak of releases only
   */
  readonly asOf?: string;
}

/** What is true of a cluster, whether this spec makes its machines or somebody else did. */
export interface ClusterFacts extends ClusterSpec {
  /**
   * Mode of the service proxy. A proxy construct of another mode throws.
   *
   * @default - the mode of the proxy construct, if there is one
   */
  readonly kubeProxyMode?: KubeProxyMode;
  /**
   * Network plugin. A plugin construct of another kind throws.
   *
   * @default - the kind of the plugin construct, if there is one
   */
  readonly cni?: CniKind;
  /**
   * What gives Services of type LoadBalancer their addresses. A load-balancer construct of another
   * kind throws.
   *
   * @default - the kind of the load-balancer construct, if there is one, else LoadBalancerKind.NONE
   */
  readonly loadBalancer?: LoadBalancerKind;
}

/** Facts of a cluster whose machines boot from this spec. */
export interface ClusterProps extends ClusterFacts {
  /**
   * Base URL from which machines fetch release archives instead of upstream's own addresses. The
   * path below it is upstream's URL without the scheme, for example
   * `https://mirror.example.no/dl.k8s.io/release/…`. Checksums stay those of the catalogue.
   *
   * @default - upstream's own addresses
   */
  readonly downloadBaseUrl?: string;
}
