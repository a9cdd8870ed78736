import { ConfigGroup } from '@pulumi/kubernetes/yaml/v2';
import * as pulumi from '@pulumi/pulumi';
import type { App, Chart } from 'cdk8s';
import { Adoption } from './adoption';
import { groupsOf, type ObjectGroup } from './groups';
import { identityName } from './identity';
import { KubeObject } from './kube-object';
import { planOf, type Plan, type PlannedObject } from './plan';
import { RegistrationMode, type Cdk8sStackArgs } from './stack-args';
import { throwProblems } from '../../cluster';
import { revealTokens } from '../outputs';

/** What becomes one resource. */
export interface Unit {
  readonly key: string;
  /** Keys of units that it comes after. */
  readonly after: readonly string[];
  /** Keys of the objects in it. */
  readonly objects: readonly string[];
  readonly register: (
    opts: pulumi.ResourceOptions,
    upsertProvider?: pulumi.ProviderResource,
  ) => pulumi.Resource;
}

/** A stack of which everything is decided and found free of errors, and nothing is registered. */
export interface Prepared {
  readonly plan: Plan;
  /** In the order of registration. */
  readonly units: readonly Unit[];
  readonly inGroups: boolean;
}

/**
 * Every error of a stack comes from here, so that none leaves a program half registered: who registers
 * other resources first, such as machines, prepares before that.
 *
 * @param name name of the component
 * @param hasUpsertProvider whether there is one, or will be when the units are registered
 */
export function prepare(name: string, args: Cdk8sStackArgs, hasUpsertProvider: boolean): Prepared {
  const { adopt = [], awaits = [], retain, fetched } = args;
  const plan = planOf(name, scopeOf(name, args), {
    adopt,
    awaits,
    retain,
    fetched,
    hasUpsertProvider,
  });
  const inGroups = args.mode === RegistrationMode.GROUP;
  return { plan, units: inGroups ? groupUnits(name, plan) : objectUnits(name, plan), inGroups };
}

function objectUnits(name: string, { objects }: Plan): Unit[] {
  const inputs = revealed(objects.map((object) => ({ object, inputs: object.inputs })));
  return objects.map((object, index): Unit => {
    const { key, after, adoption, retained } = object;
    return {
      key,
      after,
      objects: [key],
      register: (opts, upsertProvider) =>
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
