import * as pulumi from '@pulumi/pulumi';

type Input<T> = pulumi.Input<T>;

export interface InstanceArgs {
  configDrive?: Input<boolean>;
  flavorName?: Input<string>;
  imageName?: Input<string>;
  keyPair?: Input<string>;
  metadata?: Input<{ [key: string]: any }>;
  name?: Input<string>;
  networks?: Input<
    Array<Input<{ fixedIpV4?: Input<string>; name?: Input<string>; port?: Input<string> }>>
  >;
  schedulerHints?: Input<Array<Input<{ group?: Input<string> }>>>;
  stopBeforeDestroy?: Input<boolean>;
  /** Another one than before makes a new server. */
  userData?: Input<string>;
}

export class Instance extends pulumi.CustomResource {
  constructor(name: string, args: InstanceArgs, opts?: pulumi.CustomResourceOptions) {
    super('openstack:compute/instance:Instance', name, { ...args }, opts);
  }
}

export interface ServerGroupArgs {
  policies?: Input<Array<Input<string>>>;
}

export class ServerGroup extends pulumi.CustomResource {
  constructor(name: string, args?: ServerGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super('openstack:compute/serverGroup:ServerGroup', name, { ...args }, opts);
  }
}
