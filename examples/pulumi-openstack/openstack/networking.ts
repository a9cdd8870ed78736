import * as pulumi from '@pulumi/pulumi';

type Input<T> = pulumi.Input<T>;
type Options = pulumi.CustomResourceOptions;

export interface NetworkArgs {
  mtu?: Input<number>;
  name?: Input<string>;
}

export class Network extends pulumi.CustomResource {
  constructor(name: string, args?: NetworkArgs, opts?: Options) {
    super('openstack:networking/network:Network', name, { ...args }, opts);
  }
}

export interface SubnetArgs {
  allocationPools?: Input<Array<Input<{ end: Input<string>; start: Input<string> }>>>;
  cidr?: Input<string>;
  dnsNameservers?: Input<Array<Input<string>>>;
  ipVersion?: Input<number>;
  networkId: Input<string>;
}

export class Subnet extends pulumi.CustomResource {
  constructor(name: string, args: SubnetArgs, opts?: Options) {
    super('openstack:networking/subnet:Subnet', name, { ...args }, opts);
  }
}

export interface RouterArgs {
  externalNetworkId?: Input<string>;
}

export class Router extends pulumi.CustomResource {
  constructor(name: string, args?: RouterArgs, opts?: Options) {
    super('openstack:networking/router:Router', name, { ...args }, opts);
  }
}

export interface RouterInterfaceArgs {
  routerId: Input<string>;
  subnetId?: Input<string>;
}

export class RouterInterface extends pulumi.CustomResource {
  constructor(name: string, args: RouterInterfaceArgs, opts?: Options) {
    super('openstack:networking/routerInterface:RouterInterface', name, { ...args }, opts);
  }
}

export interface SecGroupArgs {
  description?: Input<string>;
}

export class SecGroup extends pulumi.CustomResource {
  constructor(name: string, args?: SecGroupArgs, opts?: Options) {
    super('openstack:networking/secGroup:SecGroup', name, { ...args }, opts);
  }
}

export interface SecGroupRuleArgs {
  direction: Input<string>;
  ethertype: Input<string>;
  portRangeMax?: Input<number>;
  portRangeMin?: Input<number>;
  protocol?: Input<string>;
  remoteGroupId?: Input<string>;
  remoteIpPrefix?: Input<string>;
  securityGroupId: Input<string>;
}

export class SecGroupRule extends pulumi.CustomResource {
  constructor(name: string, args: SecGroupRuleArgs, opts?: Options) {
    super('openstack:networking/secGroupRule:SecGroupRule', name, { ...args }, opts);
  }
}

export interface PortArgs {
  allowedAddressPairs?: Input<Array<Input<{ ipAddress: Input<string> }>>>;
  fixedIps?: Input<Array<Input<{ ipAddress?: Input<string>; subnetId: Input<string> }>>>;
  networkId: Input<string>;
  securityGroupIds?: Input<Array<Input<string>>>;
}

export class Port extends pulumi.CustomResource {
  constructor(name: string, args: PortArgs, opts?: Options) {
    super('openstack:networking/port:Port', name, { ...args }, opts);
  }
}
