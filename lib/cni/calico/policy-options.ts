/** The policies that hold for every pod before anybody writes one. */
export enum CalicoBaseline {
  /** Pods cannot reach the provider's metadata service; everything else is as without policy. */
  METADATA_GUARD = 'metadata-guard',
  /**
   * In addition, pods outside of the exempt namespaces send nothing but DNS questions and receive
   * nothing until a policy allows it.
   */
  DEFAULT_DENY = 'default-deny',
  /** No policy (finding GW-CNI-036). */
  NONE = 'none',
}

/** What holds for every pod. */
export interface CalicoPolicyOptions {
  /**
   * Which policies there are from the start.
   *
   * @default CalicoBaseline.METADATA_GUARD
   */
  readonly baseline?: CalicoBaseline;
  /**
   * Namespaces that DEFAULT_DENY leaves alone, besides those of Kubernetes, of Calico and of what this
   * library renders: RFC 1123 labels. Given with another baseline it throws.
   *
   * @default - none
   */
  readonly exemptNamespaces?: string[];
  /**
   * Addresses of the metadata service, canonical CIDRs.
   *
   * @default ['169.254.169.254/32'], with IPv6 also 'fd00:ec2::254/128'
   */
  readonly metadataNetworks?: string[];
}

/** Machines as endpoints of policies: Calico makes one for every machine and keeps it up to date. */
export interface CalicoHostEndpointOptions {
  /**
   * Whether each machine gets an endpoint for all of its interfaces. It allows everything until a
   * policy selects it; then only `felix.failsafeInboundHostPorts` stays open by itself.
   *
   * @default true
   */
  readonly autoCreate?: boolean;
}
