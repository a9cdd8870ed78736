import { ConfigGroup } from '@pulumi/kubernetes/yaml/v2';
import * as pulumi from '@pulumi/pulumi';
import type { App, Chart } from 'cdk8s';
import { Adoption, type AdoptionRule } from './adoption';
import type { AwaitRule } from './await-policy';
import { groupsOf, type ObjectGroup } from './groups';
import { identityName } from './identity';
import { KubeObject } from './kube-object';
import { planOf, type Plan, type PlannedObject } from './plan';
import type { ObjectSelector } from './selector';
import { warningsOf } from './warnings';
import { throwProblems } from '../../cluster';
import { revealTokens } from '../outputs';
import { findingsOf } from '../policies/findings';

/** How objects are registered. */
export enum RegistrationMode {
  /** Every object is a resource: previewed, protected, awaited and adopted for itself. */
  INDIVIDUAL = 'individual',
  /**
   * One `ConfigGroup` of @pulumi/kubernetes for every phase, and one for every chart without phases; the
   * provider registers the objects inside. For charts of more than some 1500 objects. It costs:
   * a preview lists nothing as long as the kubeconfig is not known, or one value in a group is not;
   * values that are not known yet are refused outside of Secrets, for they would stand in the state in
   * clear; objects cannot be adopted; `retainOnDelete` is for a whole group; and unit tests see no
   * object. Order and waiting stay as they are. The mode is part of every URN: choose it before the first
   * `pulumi up`.
   */
  GROUP = 'group',
}

/** What a `Cdk8sStack` registers, and how. */
export interface Cdk8sStackArgs {
  /**
   * Every chart of this app. Exactly one of `app` and `chart` is given.
   *
   * @default - `chart`
   */
  readonly app?: App;
  /**
   * This chart, and charts inside it. What it depends on in other charts is given by `dependsOn`.
   *
   * @default - `app`
   */
  readonly chart?: Chart;
  /**
   * How objects are registered.
   *
   * @default RegistrationMode.INDIVIDUAL
   */
  readonly mode?: RegistrationMode;
  /**
   * How Pulumi comes to own objects that are there already, such as those of kubeadm; the first rule that
   * means an object counts. The annotation `cdk8s-groundwork/adopt` of an object goes first. A rule that
   * means no object throws.
   *
   * @default - every object is created
   */
  readonly adopt?: AdoptionRule[];
  /**
   * The provider for objects with `Adoption.UPSERT`: one of @pulumi/kubernetes with
   * `upsertExistingObjects: true`.
   *
   * @default - none; upserting throws
   */
  readonly upsertProvider?: pulumi.ProviderResource;
  /**
   * How Pulumi waits for objects, instead of the policies of this package; the first rule that means an
   * object counts. The annotation `cdk8s-groundwork/await` of an object goes first: `skip`, `default` (as
   * the provider does), one expression of `pulumi.com/waitFor`, or a JSON list of them; and
   * `cdk8s-groundwork/await-timeout`, in seconds. A rule that means no object throws.
   *
   * @default - definitions until they are Established; what constructs of this package wait for between
   * phases; 15 minutes for their pods; no Service for its pods, no LoadBalancer and no Ingress for an
   * address that nothing gives
   */
  readonly awaits?: AwaitRule[];
  /**
   * Objects that stay in the cluster when they leave the program or the stack is destroyed. A selector
   * that means no object throws. An object that stays cannot be replaced either: take it off this list
   * first.
   *
   * @default - those of the pod network (phases `10-cni-operator` and `20-cni`): without it a cluster
   * cannot even be emptied
   */
  readonly retain?: ObjectSelector[];
  /**
   * Folder with the manifests that others publish and phases need; `report/fetched.txt` lists them. Each
   * is compared with its sha256, and its objects are registered like all others. Nothing is downloaded.
   *
   * @default - none; a cluster that needs one throws and names its URL and sha256
   */
  readonly fetched?: string;
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
   * other one waits behind. When they are there, everything that pods and the network need is there.
   */
  public readonly ready: pulumi.Resource[];

  /**
   * @param name name of the component; resources begin with it
   * @param args what to register
   * @param opts options; the provider is passed here
   */
  constructor(name: string, args: Cdk8sStackArgs, opts?: pulumi.ComponentResourceOptions) {
    // Everything that can be wrong is found here, before the component itself is registered.
    const plan = planOf(name, scopeOf(name, args), {
      adopt: args.adopt ?? [],
      awaits: args.awaits ?? [],
      retain: args.retain,
      fetched: args.fetched,
      hasUpsertProvider: args.upsertProvider !== undefined,
    });
    const units =
      args.mode === RegistrationMode.GROUP ? groupUnits(name, plan) : objectUnits(name, plan, args);
    // Findings are no secret, and a policy pack knows nothing but what is registered.
    const findings = findingsOf(plan.cluster);
    super('cdk8s-groundwork:index:Cdk8sStack', name, { findings }, opts);
    for (const warning of warningsOf(plan, args.mode === RegistrationMode.GROUP)) {
      void pulumi.log.warn(warning, this);
    }
    const made = new Map<string, pulumi.Resource>();
    for (const { key, after, register } of units) {
      made.set(key, register({ parent: this, dependsOn: after.map((one) => made.get(one)!) }));
    }
    const resources = new Map(
      units.flatMap(({ key, objects }) => objects.map((one) => [one, made.get(key)!] as const)),
    );
    this.resources = Object.fromEntries(resources);
    this.ready = [...new Set(plan.ready.map((key) => resources.get(key)!))];
    this.registerOutputs({});
  }
}

/** What becomes one resource. */
interface Unit {
  readonly key: string;
  /** Keys of units that it comes after. */
  readonly after: readonly string[];
  /** Keys of the objects in it. */
  readonly objects: readonly string[];
  readonly register: (opts: pulumi.ResourceOptions) => pulumi.Resource;
}

function objectUnits(name: string, { objects }: Plan, { upsertProvider }: Cdk8sStackArgs): Unit[] {
  const inputs = revealed(objects.map((object) => ({ object, inputs: object.inputs })));
  return objects.map((object, index): Unit => {
    const { key, after, adoption, retained } = object;
    return {
      key,
      after,
      objects: [key],
      register: (opts) =>
        new KubeObject(
          `${name}:${identityName(object)}`,
          inputs[index]!,
          {
            ...opts,
            retainOnDelete: retained,
            ...(adoption === Adoption.IMPORT ? { import: idOf(object) } : {}),
            ...(adoption === Adoption.UPSERT ? { provider: upsertProvider } : {}),
          },
          adoption === Adoption.PATCH,
        ),
    };
  });
}

function groupUnits(name: string, plan: Plan): Unit[] {
  const groups = groupsOf(name, plan);
  const inputs = groups.map(({ objects }) => revealed(objects));
  refuseOutputs(name, groups, inputs);
  return groups.map(({ key, after, objects, retained }, index): Unit => ({
    key,
    after,
    objects: objects.map(({ object }) => object.key),
    register: (opts) =>
      new ConfigGroup(
        `${name}:${key}`,
        { objs: inputs[index], resourcePrefix: name },
        { ...opts, retainOnDelete: retained },
      ),
  }));
}

function scopeOf(name: string, { app, chart }: Cdk8sStackArgs): App | Chart {
  if ((app === undefined) === (chart === undefined)) {
    throwProblems(name, [
      {
        prop: 'app and chart',
        allowed: 'exactly one of them',
        got: app === undefined ? undefined : 'both',
        remedy: 'pass the app, or one chart of it',
      },
    ]);
  }
  return (app ?? chart)!;
}

/** The objects with Outputs where they hold placeholders; what is wrong with all of them in one error. */
function revealed(
  objects: ReadonlyArray<{ readonly object: PlannedObject; readonly inputs: object }>,
): Array<Record<string, any>> {
  const errors: string[] = [];
  const results = objects.map(({ object, inputs }) => {
    try {
      return revealTokens(inputs, object.origin);
    } catch (error) {
      errors.push((error as Error).message);
      return {};
    }
  });
  if (errors.length > 0) {
    throw new Error(errors.join('\n'));
  }
  return results;
}

/** The provider marks only the data of Secrets in its groups as secret, whatever it is given. */
function refuseOutputs(
  name: string,
  groups: readonly ObjectGroup[],
  inputs: ReadonlyArray<ReadonlyArray<Record<string, any>>>,
): void {
  throwProblems(
    name,
    groups.flatMap(({ objects }, index) =>
      objects.flatMap(({ object: { kind, key } }, at) => {
        const output = kind === 'Secret' ? undefined : outputIn(inputs[index]![at], []);
        return output === undefined
          ? []
          : [
              {
                prop: `${key} ${output}`,
                allowed: 'known in group mode',
                got: 'an Output, which would stand in the state in clear',
                remedy: 'move it to a Secret, or use RegistrationMode.INDIVIDUAL',
              },
            ];
      }),
    ),
  );
}

/** Where in a value the first Output is. */
function outputIn(value: unknown, at: readonly string[]): string | undefined {
  if (pulumi.Output.isInstance(value)) {
    return at.join('.');
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, item]) => outputIn(item, [...at, key]))
        .find((found) => found !== undefined)
    : undefined;
}

/** As the provider names what is in the cluster. */
function idOf({ namespace, name }: PlannedObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
