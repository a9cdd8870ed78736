import type * as pulumi from '@pulumi/pulumi';
import { onDemand } from './on-demand';
import { RoomsStack, type Rooms, type RoomStackArgs } from './rooms-stack';
import type {
  IIngressConfiguration,
  IKubeProxyConfiguration,
  ILoadBalancerConfiguration,
} from '../../cluster';
import type { TunedCalicoOptions, TunedFlannelOptions } from '../../cni';
import type { NodeLocalDnsOptions } from '../../dns';
import type { ResidentStorageOptions } from '../../storage';

/** Several rooms of an existing cluster, reviewed together. */
export interface ExistingClusterStackArgs extends RoomStackArgs, Rooms {}

/**
 * Several rooms of an existing cluster in one component. They are reviewed together, where components of one
 * room each know of the others only what `facts` say.
 */
export class ExistingClusterStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and rooms; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(
    name: string,
    args: ExistingClusterStackArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('ExistingClusterStack', name, args, args, opts);
  }
}

/** Calico for an existing cluster. */
export interface TunedCalicoStackArgs extends RoomStackArgs {
  /**
   * As `TunedCalico` takes them.
   *
   * @default - its defaults
   */
  readonly calico?: TunedCalicoOptions;
}

/** `TunedCalico` on an existing cluster. Its objects stay when Pulumi lets go of them. */
export class TunedCalicoStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and options; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: TunedCalicoStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const cni = onDemand.cni().TunedCalico.configure(args.calico);
    super('TunedCalicoStack', name, args, { cni }, opts);
  }
}

/** Flannel for an existing cluster. */
export interface TunedFlannelStackArgs extends RoomStackArgs {
  /**
   * As `TunedFlannel` takes them.
   *
   * @default - its defaults
   */
  readonly flannel?: TunedFlannelOptions;
}

/** `TunedFlannel` on an existing cluster. Its objects stay when Pulumi lets go of them. */
export class TunedFlannelStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and options; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: TunedFlannelStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const cni = onDemand.cni().TunedFlannel.configure(args.flannel);
    super('TunedFlannelStack', name, args, { cni }, opts);
  }
}

/** kube-proxy for an existing cluster. */
export interface KubeProxyStackArgs extends RoomStackArgs {
  /** Mode and options: `IpvsKubeProxy.configure()`, for example. */
  readonly kubeProxy: IKubeProxyConfiguration;
}

/**
 * kube-proxy on an existing cluster, most often in the place of kubeadm's own: see `networking.adopt`. Its
 * objects stay when Pulumi lets go of them.
 */
export class KubeProxyStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and proxy; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: KubeProxyStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('KubeProxyStack', name, args, { kubeProxy: args.kubeProxy }, opts);
  }
}

/** The DNS cache for an existing cluster. */
export interface NodeLocalDnsStackArgs extends RoomStackArgs {
  /**
   * As `NodeLocalDns` takes them.
   *
   * @default - its defaults
   */
  readonly dns?: NodeLocalDnsOptions;
}

/** `NodeLocalDns` on an existing cluster. Its objects stay when Pulumi lets go of them. */
export class NodeLocalDnsStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and options; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: NodeLocalDnsStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const dns = onDemand.dns().NodeLocalDns.configure(args.dns);
    super('NodeLocalDnsStack', name, args, { dns }, opts);
  }
}

/** An edge for an existing cluster. */
export interface IngressStackArgs extends RoomStackArgs {
  /** Which one: `HardenedNginxIngress.configure()` or `HardenedTraefik.configure()`. */
  readonly ingress: IIngressConfiguration;
}

/** An edge on an existing cluster. */
export class IngressStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and edge; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: IngressStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('IngressStack', name, args, { ingress: args.ingress }, opts);
  }
}

/** A load balancer for an existing cluster. */
export interface LoadBalancerStackArgs extends RoomStackArgs {
  /** Which one: `MetalLb.configure(…)` or `CalicoLoadBalancer.configure(…)`. */
  readonly loadBalancer: ILoadBalancerConfiguration;
}

/** A load balancer on an existing cluster. */
export class LoadBalancerStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts and load balancer; wrong values throw before anything is registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(name: string, args: LoadBalancerStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('LoadBalancerStack', name, args, { loadBalancer: args.loadBalancer }, opts);
  }
}

/** Storage that keeps to the residency of an existing cluster. */
export interface ResidentStorageStackArgs extends RoomStackArgs {
  /**
   * As `ResidentStorage` takes them.
   *
   * @default - its defaults
   */
  readonly storage?: ResidentStorageOptions;
}

/** `ResidentStorage` on an existing cluster. Its objects stay when Pulumi lets go of them. */
export class ResidentStorageStack extends RoomsStack {
  /**
   * @param name name of the component, and of the cluster where the facts give none
   * @param args facts, which must have a `residency`, and options; wrong values throw before anything is
   * registered
   * @param opts options; the Kubernetes provider among them
   */
  constructor(
    name: string,
    args: ResidentStorageStackArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const storage = onDemand.storage().ResidentStorage.configure(args.storage);
    super('ResidentStorageStack', name, args, { storage }, opts);
  }
}
