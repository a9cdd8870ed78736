import { Duration, Size } from 'cdk8s';
import type { Cluster } from '../../cluster';
import type { HardenedNginxIngressOptions } from '../options';
import {
  allKnown,
  defaultWorkers,
  machinesForReplicas,
  smallest,
  worstCaseMebibytes,
} from '../sizing';
import type { RetirementAcknowledgement } from './options';

/** Connections of a process when nobody says anything. */
const CONNECTIONS = 16_384;

/** What may be said beside the six keys of 2019: where the edge is and how large, not how it behaves. */
export interface Seed2019Options {
  /** That ingress-nginx is known to be archived since March 2026, without fixes since. */
  readonly acknowledgeRetired: RetirementAcknowledgement;
  /**
   * Full reference of the controller's image.
   *
   * @default - ingress-nginx 1.15.1 from the catalogue, through `Cluster.imageRegistry`
   */
  readonly image?: string;
  /**
   * The nginx inside `image`, dotted numbers such as `1.30.7`, when that is a fork.
   *
   * @default - from the catalogue, for releases of upstream
   */
  readonly nginxVersion?: string;
  /**
   * CPU limit of a replica in cores, 1 to 64; `worker-processes: auto` follows it. Each brings 16384
   * connections with it, the controller's default, and the memory they may take.
   *
   * @default - half the cores of the smallest machine, 1 to 4, and no more than half its memory holds
   */
  readonly workerProcesses?: number;
  /**
   * Replicas, 2 to 100.
   *
   * @default - one on each machine that can run it, 2 to 3
   */
  readonly replicas?: number;
  /**
   * Name of the IngressClass, an RFC 1123 subdomain.
   *
   * @default 'nginx'
   */
  readonly ingressClassName?: string;
  /**
   * Port of every machine for HTTP, 30000 to 32767.
   *
   * @default 30080
   */
  readonly httpNodePort?: number;
  /**
   * Port of every machine for HTTPS, 30000 to 32767, another one than `httpNodePort`.
   *
   * @default 30043
   */
  readonly httpsNodePort?: number;
  /**
   * Address or name under which clients reach the edge; written into the status of every Ingress.
   *
   * @default - the address of the Service where a load balancer gives one; otherwise no status
   */
  readonly statusAddress?: string;
}

/**
 * The model that the six keys of 2019 stand for: what they set, and the controller's defaults for the
 * rest. The ConfigMap carries the six keys alone; sizes, decisions and findings follow from this.
 */
export function seedModel(cluster: Cluster, options: Seed2019Options): HardenedNginxIngressOptions {
  const { image, replicas, ingressClassName, httpNodePort, httpsNodePort, statusAddress } = options;
  return {
    image,
    replicas,
    ingressClassName,
    httpNodePort,
    httpsNodePort,
    statusAddress,
    clientMaxBodySize: Size.mebibytes(20),
    upstreamTimeouts: {
      connect: Duration.seconds(10),
      read: Duration.seconds(120),
      send: Duration.seconds(120),
    },
    upstreamKeepalive: 32,
    clientTimeouts: {
      header: Duration.seconds(60),
      body: Duration.seconds(60),
      send: Duration.seconds(60),
      keepalive: Duration.seconds(75),
    },
    workerProcesses: options.workerProcesses ?? workersWithin(cluster),
    workerConnections: CONNECTIONS,
    connectionsPerAddress: 0,
  };
}

/** As many processes as half the smallest machine's memory holds, since none of the keys bounds connections. */
function workersWithin(cluster: Cluster): number {
  const machines = machinesForReplicas(cluster);
  const sizes = machines.map((m) => m.memory);
  let workers = defaultWorkers(machines);
  if (!allKnown(sizes)) {
    return workers;
  }
  const half = smallest(sizes) / 2;
  const buffers = { count: 4, kibibytes: 8 };
  while (workers > 1 && worstCaseMebibytes(workers, CONNECTIONS, buffers) > half) {
    workers--;
  }
  return workers;
}
