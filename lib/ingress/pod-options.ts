import type { EdgeAutoscaling, EdgeExposure, EdgeKind } from './workload-options';

/** How the edge stands in the cluster, whatever the controller. */
export interface EdgePodOptions {
  /**
   * How replicas are placed.
   *
   * @default - EdgeKind.DAEMON_SET with EdgeExposure.HOST_PORT, else EdgeKind.DEPLOYMENT
   */
  readonly kind?: EdgeKind;
  /**
   * How clients reach the machines.
   *
   * @default EdgeExposure.NODE_PORT
   */
  readonly exposure?: EdgeExposure;
  /**
   * Replicas, 2 to 100. With EdgeKind.DAEMON_SET it throws: there is one on each machine.
   *
   * @default - one on each machine that can run it, 2 to 3
   */
  readonly replicas?: number;
  /**
   * More replicas when they are busy. With EdgeKind.DAEMON_SET it throws.
   *
   * @default - always `replicas`
   */
  readonly autoscaling?: EdgeAutoscaling;
  /**
   * Name of the IngressClass, an RFC 1123 subdomain. Choose another one beside a second controller:
   * the controller of an existing class cannot be changed.
   *
   * @default - 'nginx'; 'traefik' with HardenedTraefik and TraefikProvider.KUBERNETES_INGRESS
   */
  readonly ingressClassName?: string;
  /**
   * Whether Ingresses without a class belong to this one.
   *
   * @default false
   */
  readonly defaultIngressClass?: boolean;
  /**
   * Port of every machine for HTTP, 30000 to 32767.
   *
   * @default 30080, inside the range that Kubernetes never assigns by itself first
   */
  readonly httpNodePort?: number;
  /**
   * Port of every machine for HTTPS, 30000 to 32767, another one than `httpNodePort`.
   *
   * @default 30043, inside the range that Kubernetes never assigns by itself first
   */
  readonly httpsNodePort?: number;
  /**
   * Address that the load balancer of the cluster gives the edge; without one that can be asked for
   * an address it throws.
   *
   * @default - the next free one
   */
  readonly loadBalancerAddress?: string;
  /**
   * Address or name under which clients reach the edge. It is written into the status of every
   * Ingress, which GitOps tools wait for and DNS tools publish.
   *
   * @default - the address of the Service where a load balancer gives one; otherwise no status
   */
  readonly statusAddress?: string;
  /**
   * Namespace whose pods may read Prometheus metrics.
   *
   * @default - no metrics
   */
  readonly metricsNamespace?: string;
}
