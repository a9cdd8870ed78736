import type { Size } from 'cdk8s';

/** A Service of an application that clients reach through the edge. */
export interface GatewayService {
  /** Its namespace, an RFC 1123 label. */
  readonly namespace: string;
  /** Its name, an RFC 1123 label. */
  readonly name: string;
}

/** What clients reach by TLS on port 443: one host name, or all that no other listener has. */
export interface GatewayHttpsListener {
  /** Name of the listener, which routes may ask for; an RFC 1123 label, each another, not `http`. */
  readonly name: string;
  /**
   * Host name, with `*.` in front for every name below it. Each listener has another one.
   *
   * @default - every host name
   */
  readonly hostname?: string;
  /**
   * Names of the TLS Secrets with its certificates, at least one, in the namespace `nginx-gateway`. The
   * listener serves from when they are there.
   */
  readonly certificateSecrets: string[];
}

/** What only NGINX Gateway Fabric has. */
export interface GatewayFabricOptions {
  /**
   * What is served by TLS, up to 63 listeners. Without any the edge serves plain HTTP alone, which is
   * finding GW-INGRESS-043.
   *
   * @default - none
   */
  readonly httpsListeners?: GatewayHttpsListener[];
  /**
   * Whether plain HTTP is answered with a redirect to HTTPS. A route for a host or path of its own wins
   * over it, as that of an ACME challenge does.
   *
   * @default - true with a listener for HTTPS
   */
  readonly redirectsToHttps?: boolean;
  /**
   * Labels of the namespaces whose routes may use the edge; a namespace must have all of them.
   *
   * @default - every namespace
   */
  readonly routeNamespaceLabels?: { readonly [key: string]: string };
  /**
   * Namespaces that the controller sees, RFC 1123 labels. It then has rights in these alone; with none
   * named it reads every Secret of the cluster (GW-INGRESS-040). Its own is always seen. They must be
   * there before the edge is applied, which puts a Role into each (GW-INGRESS-045).
   *
   * @default - all
   */
  readonly watchNamespaces?: string[];
  /**
   * Further namespaces in which Gateways of this class may stand. The controller may then write
   * Secrets, ServiceAccounts, Services and workloads there; elsewhere it cannot, and such a Gateway
   * stays without pods. They must be there before the edge is applied.
   *
   * @default - none, only the edge in `nginx-gateway`
   */
  readonly gatewayNamespaces?: string[];
  /**
   * Services that get `upstreamKeepalive` idle connections from each nginx process; all others get the
   * controller's 16 (GW-INGRESS-044). Their namespaces must be there before the edge is applied, which
   * puts a policy into each.
   *
   * @default - none
   */
  readonly services?: GatewayService[];
  /**
   * Replicas of the control plane, 1 to 5. Without it nothing changes and pods that start get no
   * configuration.
   *
   * @default - 2, or 1 on a single machine
   */
  readonly controlPlaneReplicas?: number;
  /**
   * Memory limit of the control plane, 128 MiB to 64 GiB in whole MiB: it holds every Secret, ConfigMap,
   * Service and route that it sees.
   *
   * @default Size.gibibytes(1)
   */
  readonly controlPlaneMemoryLimit?: Size;
  /**
   * Full reference of the control plane's image, of the same release as `image`, which is that of the
   * data plane.
   *
   * @default - NGINX Gateway Fabric 2.6.7 from the catalogue, through `Cluster.imageRegistry`
   */
  readonly controlPlaneImage?: string;
  /**
   * Whether `apply.sh` fetches and applies the definitions of the Gateway API. Another controller that
   * has brought them is a reason to leave it; they must then be of 1.5 or newer.
   *
   * @default true
   */
  readonly installsGatewayApi?: boolean;
}
