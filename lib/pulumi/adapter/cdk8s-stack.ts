import * as pulumi from '@pulumi/pulumi';
import { prepare, type Prepared } from './prepare';
import type { Cdk8sStackArgs } from './stack-args';
import { warningsOf } from './warnings';
import { findingsOf } from '../policies/findings';

/** A stack that was prepared before other resources were registered; components of this package have one. */
export interface PreparedArgs {
  readonly prepared: Prepared;
  /** Provider for what is upserted; there, if the plan has such objects. */
  readonly upsertProvider?: pulumi.ProviderResource;
}

/**
 * An app or a chart of cdk8s as Pulumi resources, in an order that follows from the objects: everything
 * comes after what it names, custom resources after their definitions and controllers, pods after the
 * network. Every object is named by what it is, `<name>:<Kind>:<namespace>/<name>`, and has this component
 * as its parent, so moving or renaming constructs changes no URN.
 *
 * The tree is validated first, as GroundworkApp does it; with an error nothing is registered. Warnings
 * that nobody acknowledged are logged.
 *
 * @example
 * // fragment
 * new Cdk8sStack('oslo', { app }, { provider });
 */
export class Cdk8sStack extends pulumi.ComponentResource {
  /**
   * The resource of every object, by `group/Kind:namespace/name`: `apps/DaemonSet:kube-system/kube-proxy`,
   * `Namespace:metallb-system`. In group mode it is the object's group.
   */
  public readonly resources: Readonly<Record<string, pulumi.Resource>>;
  /**
   * What to depend on instead of the whole component: the few resources that are waited for and that no
   * other one waits behind. When they are there, everything that pods and the network need is there. Of
   * objects that nobody waits for, all that no other one comes after.
   */
  public readonly ready: pulumi.Resource[];

  /**
   * @param name name of the component; resources begin with it
   * @param args what to register
   * @param opts options; the provider is passed here
   */
  constructor(
    name: string,
    args: Cdk8sStackArgs | PreparedArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    // Everything that can be wrong is found here, before the component itself is registered.
    const { plan, units, inGroups } =
      'prepared' in args ? args.prepared : prepare(name, args, args.upsertProvider !== undefined);
    // Findings are no secret, and a policy pack knows nothing but what is registered.
    const findings = findingsOf(plan.cluster);
    super('cdk8s-groundwork:index:Cdk8sStack', name, { findings }, opts);
    for (const warning of warningsOf(plan, inGroups)) {
      void pulumi.log.warn(warning, this);
    }
    const made = new Map<string, pulumi.Resource>();
    for (const { key, after, register } of units) {
      const dependsOn = after.map((one) => made.get(one)!);
      made.set(key, register({ parent: this, dependsOn }, args.upsertProvider));
    }
    const resources = new Map(
      units.flatMap(({ key, objects }) => objects.map((one) => [one, made.get(key)!] as const)),
    );
    this.resources = Object.fromEntries(resources);
    this.ready = [...new Set(plan.ready.map((key) => resources.get(key)!))];
    this.registerOutputs({});
  }
}
