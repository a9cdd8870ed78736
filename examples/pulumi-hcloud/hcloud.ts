// Stands in for @pulumi/hcloud 1.41, so that this repository compiles without it. In a program of yours
// `npm install @pulumi/hcloud` and import that instead: names, types and resources are the same.
import * as pulumi from '@pulumi/pulumi';

type Input<T> = pulumi.Input<T | undefined>;
type List<T> = Input<pulumi.Input<T>[]>;
type Labels = Input<{ [key: string]: pulumi.Input<string> }>;
type Options = pulumi.CustomResourceOptions;

export interface NetworkArgs {
  ipRange: pulumi.Input<string>;
  labels?: Labels;
}

export class Network extends pulumi.CustomResource {
  constructor(name: string, args: NetworkArgs, opts?: Options) {
    super('hcloud:index/network:Network', name, { ...args }, opts);
  }
}

export interface NetworkSubnetArgs {
  ipRange: pulumi.Input<string>;
  networkId: pulumi.Input<number>;
  networkZone: pulumi.Input<string>;
  type: pulumi.Input<string>;
}

export class NetworkSubnet extends pulumi.CustomResource {
  constructor(name: string, args: NetworkSubnetArgs, opts?: Options) {
    super('hcloud:index/networkSubnet:NetworkSubnet', name, { ...args }, opts);
  }
}

export interface FirewallRule {
  description?: Input<string>;
  direction: pulumi.Input<string>;
  port?: Input<string>;
  protocol: pulumi.Input<string>;
  sourceIps?: List<string>;
}

export interface FirewallArgs {
  labels?: Labels;
  rules?: List<FirewallRule>;
}

export class Firewall extends pulumi.CustomResource {
  constructor(name: string, args?: FirewallArgs, opts?: Options) {
    super('hcloud:index/firewall:Firewall', name, { ...args }, opts);
  }
}

export interface PlacementGroupArgs {
  labels?: Labels;
  type: pulumi.Input<string>;
}

export class PlacementGroup extends pulumi.CustomResource {
  constructor(name: string, args: PlacementGroupArgs, opts?: Options) {
    super('hcloud:index/placementGroup:PlacementGroup', name, { ...args }, opts);
  }
}

export interface LoadBalancerArgs {
  labels?: Labels;
  loadBalancerType: pulumi.Input<string>;
  location?: Input<string>;
}

export class LoadBalancer extends pulumi.CustomResource {
  declare public readonly ipv4: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerArgs, opts?: Options) {
    super('hcloud:index/loadBalancer:LoadBalancer', name, { ...args, ipv4: undefined }, opts);
  }
}

export interface LoadBalancerNetworkArgs {
  ip?: Input<string>;
  loadBalancerId: pulumi.Input<number>;
  subnetId?: Input<string>;
}

export class LoadBalancerNetwork extends pulumi.CustomResource {
  constructor(name: string, args: LoadBalancerNetworkArgs, opts?: Options) {
    super('hcloud:index/loadBalancerNetwork:LoadBalancerNetwork', name, { ...args }, opts);
  }
}

export interface LoadBalancerServiceHealthCheck {
  http?: Input<{ path?: Input<string>; statusCodes?: List<string>; tls?: Input<boolean> }>;
  interval: pulumi.Input<number>;
  port: pulumi.Input<number>;
  protocol: pulumi.Input<string>;
  retries: pulumi.Input<number>;
  timeout: pulumi.Input<number>;
}

export interface LoadBalancerServiceArgs {
  destinationPort?: Input<number>;
  healthCheck?: Input<LoadBalancerServiceHealthCheck>;
  listenPort?: Input<number>;
  /** A string here, a number in the other resources. */
  loadBalancerId: pulumi.Input<string>;
  protocol: pulumi.Input<string>;
  proxyprotocol?: Input<boolean>;
}

export class LoadBalancerService extends pulumi.CustomResource {
  constructor(name: string, args: LoadBalancerServiceArgs, opts?: Options) {
    super('hcloud:index/loadBalancerService:LoadBalancerService', name, { ...args }, opts);
  }
}

export interface LoadBalancerTargetArgs {
  labelSelector?: Input<string>;
  loadBalancerId: pulumi.Input<number>;
  serverId?: Input<number>;
  type: pulumi.Input<string>;
  usePrivateIp?: Input<boolean>;
}

export class LoadBalancerTarget extends pulumi.CustomResource {
  constructor(name: string, args: LoadBalancerTargetArgs, opts?: Options) {
    super('hcloud:index/loadBalancerTarget:LoadBalancerTarget', name, { ...args }, opts);
  }
}

export interface ServerArgs {
  firewallIds?: List<number>;
  image?: Input<string>;
  labels?: Labels;
  location?: Input<string>;
  name?: Input<string>;
  networks?: List<{
    aliasIps?: List<string>;
    ip?: Input<string>;
    subnetId?: Input<string>;
  }>;
  placementGroupId?: Input<number>;
  serverType: pulumi.Input<string>;
  shutdownBeforeDeletion?: Input<boolean>;
  sshKeys?: List<string>;
  /** At most 32 KiB. */
  userData?: Input<string>;
}

export class Server extends pulumi.CustomResource {
  declare public readonly ipv4Address: pulumi.Output<string>;

  constructor(name: string, args: ServerArgs, opts?: Options) {
    super('hcloud:index/server:Server', name, { ...args, ipv4Address: undefined }, opts);
  }
}
