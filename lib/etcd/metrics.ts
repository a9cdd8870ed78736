/** How much etcd tells Prometheus, as its flag `metrics` spells it. */
export enum EtcdMetrics {
  /** Counters, disk latencies and the state of the cluster. */
  BASIC = 'basic',
  /** Latency histograms of every kind of request besides, some hundred series more for each member. */
  EXTENSIVE = 'extensive',
}
