import * as pulumi from '@pulumi/pulumi';
import { Chart } from 'cdk8s';
import type { Cdk8sStack } from '../adapter';
import { OnDestroy, registerNetworking, type NetworkingOptions } from './networking-options';
import { reviewed } from './review';
import {
  Cluster,
  type ClusterFacts,
  type Finding,
  type ICniConfiguration,
  type IDnsConfiguration,
  type IIngressConfiguration,
  type IKubeProxyConfiguration,
  type ILoadBalancerConfiguration,
  type IStorageConfiguration,
} from '../../cluster';

/** What every component for an existing cluster takes. */
export interface RoomStackArgs {
  /**
   * What is true of the cluster, as `Cluster.fromFacts` takes it. Plain: it is reviewed before anything is
   * registered. What runs there and is not part of this component is said here too (`cni`,
   * `kubeProxyMode`, `loadBalancer`), so that the review knows it. `clusterName` is the component's name
   * by default.
   */
  readonly facts: ClusterFacts;
  /**
   * How objects are put into the cluster, and which that exist already are taken over.
   *
   * @default - one by one, created by us; see `NetworkingOptions.onDestroy` for their end
   */
  readonly networking?: NetworkingOptions;
  /**
   * Adds to the chart before it is reviewed: a `KubeProxyMigration`, for example.
   *
   * @default - nothing
   */
  readonly extend?: (chart: Chart, cluster: Cluster) => void;
  /**
   * Warnings and notes that are acceptable here: id → why. An empty reason throws; errors cannot be
   * accepted.
   *
   * @default - none
   */
  readonly acknowledge?: Record<string, string>;
}

/** The rooms of one component. */
export interface Rooms {
  /**
   * The service proxy.
   *
   * @default - not part of this component
   */
  readonly kubeProxy?: IKubeProxyConfiguration;
  /**
   * The DNS cache of every machine.
   *
   * @default - not part of this component
   */
  readonly dns?: IDnsConfiguration;
  /**
   * The network plugin.
   *
   * @default - not part of this component
   */
  readonly cni?: ICniConfiguration;
  /**
   * What gives Services of type LoadBalancer their addresses.
   *
   * @default - not part of this component
   */
  readonly loadBalancer?: ILoadBalancerConfiguration;
  /**
   * The edge.
   *
   * @default - not part of this component
   */
  readonly ingress?: IIngressConfiguration;
  /**
   * Storage that keeps to the `residency` of the facts; without that it throws.
   *
   * @default - not part of this component
   */
  readonly storage?: IStorageConfiguration;
}

/** Rooms of a cluster whose machines somebody else made. Its provider comes from the component's options. */
export abstract class RoomsStack extends pulumi.ComponentResource {
  /** The facts, and every answer that follows from them. */
  public readonly cluster: Cluster;
  /** Warnings and notes of the review. */
  public readonly findings: Finding[];
  /** The objects. */
  public readonly networking: Cdk8sStack;
  /** What objects of your own depend on. */
  public readonly ready: pulumi.Resource[];

  /**
   * @param className name of the class, for the type of the component
   * @param name name of the component
   * @param args facts and how objects are put into the cluster
   * @param rooms what is put there
   * @param opts options; the Kubernetes provider among them
   */
  protected constructor(
    className: string,
    name: string,
    args: RoomStackArgs,
    rooms: Rooms,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const upsertProvider = args.networking?.upsertProvider;
    const { built, networking, findings } = reviewed(
      name,
      (scope) => {
        const chart = new Chart(scope, name);
        const cluster = Cluster.fromFacts(chart, 'cluster', {
          ...args.facts,
          clusterName: args.facts.clusterName ?? name,
        });
        // In the order of NvmeControlPlane: the plugin's policies allow the address of the cache.
        rooms.kubeProxy?.create(chart, 'kube-proxy', cluster);
        rooms.dns?.create(chart, 'dns', cluster);
        rooms.cni?.create(chart, 'cni', cluster);
        rooms.loadBalancer?.create(chart, 'load-balancer', cluster);
        rooms.ingress?.create(chart, 'ingress', cluster);
        rooms.storage?.create(chart, 'storage', cluster);
        args.extend?.(chart, cluster);
        return { built: cluster, cluster };
      },
      {
        networking: args.networking,
        onDestroy: endOf(rooms),
        acknowledge: args.acknowledge,
        hasUpsertProvider: upsertProvider !== undefined,
      },
    );
    super(`cdk8s-groundwork:index:${className}`, name, {}, opts);
    this.cluster = built;
    this.findings = findings;
    this.networking = registerNetworking(name, networking, { upsertProvider }, this);
    this.ready = this.networking.ready;
    this.registerOutputs({});
  }
}

/**
 * Without these, machines lose each other, and the API server its webhooks, in the midst of a delete; and
 * a volume that is in use does not go while its claim is there.
 */
function endOf({ kubeProxy, dns, cni, storage }: Rooms): OnDestroy {
  return (kubeProxy ?? dns ?? cni ?? storage) === undefined ? OnDestroy.DELETE : OnDestroy.RETAIN;
}
