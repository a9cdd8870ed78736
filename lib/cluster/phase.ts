/**
 * The step in which an object is applied. The number orders the manifest files, the steps of
 * `apply.sh`, GitOps waves and Pulumi tiers alike, so a phase never moves.
 */
export enum Phase {
  /** The service proxy. First, because the CNI operator already dials the `kubernetes` Service. */
  KUBE_PROXY = '00-kube-proxy',
  /** The DNS cache of every node. */
  NODE_LOCAL_DNS = '05-node-local-dns',
  /** The CNI's operator; its custom resource definitions must be Established before the next phase. */
  CNI_OPERATOR = '10-cni-operator',
  /** The CNI itself; its status must be available before the next phase. */
  CNI = '20-cni',
  /** Cluster-wide network policies. */
  NETWORK_POLICY = '30-network-policy',
  /** The load balancer's controller and webhook. */
  LOAD_BALANCER = '40-load-balancer',
  /** Address pools and advertisements, accepted only by a running webhook. */
  LOAD_BALANCER_CONFIG = '45-load-balancer-config',
  /** The edge. */
  INGRESS = '50-ingress',
  /** What the API server refuses by the residency of the spec, in force before anything is judged by it. */
  RESIDENCY = '55-residency',
  /** Storage classes and volumes, and what keeps data. */
  STORAGE_POLICY = '60-storage-policy',
  /** Alerts and dashboards. */
  OBSERVABILITY = '70-observability',
}
