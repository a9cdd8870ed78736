import type { Duration } from 'cdk8s';

/** How replicas are placed. */
export enum EdgeKind {
  /** A number of replicas, one on a machine. */
  DEPLOYMENT = 'Deployment',
  /** One replica on every machine that runs workloads. */
  DAEMON_SET = 'DaemonSet',
}

/** How clients reach the machines where nothing gives the Service an address. */
export enum EdgeExposure {
  /** Ports 30080 and 30043 of every machine, for a balancer in front. */
  NODE_PORT = 'node-port',
  /**
   * Ports 80 and 443 of every machine with a replica, for DNS that names the machines. Pod Security
   * knows no profile between `restricted` and `privileged` that admits it: the namespace is `privileged`,
   * the pods stay as they are.
   */
  HOST_PORT = 'host-port',
}

/** More replicas when they are busy. Needs the metrics API (GW-INGRESS-014). */
export interface EdgeAutoscaling {
  /** The most replicas, `replicas` to 100; `replicas` is the least. */
  readonly maxReplicas: number;
  /**
   * CPU above which there is one more, in percent of what `workerProcesses` (Traefik: `cpuCores`)
   * can use, 10 to 90.
   *
   * @default 60
   */
  readonly targetCpuPercent?: number;
}

/** How a replica ends. Whole seconds. */
export interface ShutdownTimeouts {
  /**
   * From the end of its service to SIGTERM, 0 to 300 seconds: kube-proxy and balancers turn to other
   * replicas while it still serves.
   *
   * @default Duration.seconds(15), three checks of a balancer at 5 s each
   */
  readonly preStop?: Duration;
  /**
   * For requests in flight after SIGTERM, and after every reload, 1 second to 1 hour.
   *
   * @default Duration.seconds(60); 5 minutes with EdgePreset.GRPC_STREAMING
   */
  readonly drain?: Duration;
  /**
   * All of it, up to SIGKILL: at least `preStop`, `drain` and the 5 seconds of the controller's own
   * exit, at most 2 hours.
   *
   * @default - exactly these
   */
  readonly grace?: Duration;
}
