import type { IConstruct } from 'constructs';
import { Adoption, adoptionOf, adoptionProblems, type AdoptionRule } from './adoption';
import { withAnnotations } from './annotations';
import {
  awaitAnnotations,
  awaitPolicy,
  awaitProblems,
  isAwaited,
  type AwaitRule,
  type ExplainedPolicy,
} from './await-policy';
import { collect } from './collect';
import type { EdgeGraph } from './edge-graph';
import { inferEdges } from './edges';
import { factsOf } from './facts';
import type { KubeManifest } from './identity';
import { inOrder } from './order';
import { selectorProblems, selects, type ObjectSelector } from './selector';
import type { StackObject } from './stack-object';
import { allowPlaceholders, Phase, throwProblems, type Cluster } from '../../cluster';
import { clusterOf, validateTree } from '../../control-plane/render';

/** What decides about objects besides the tree. */
export interface PlanOptions {
  readonly adopt: readonly AdoptionRule[];
  readonly awaits: readonly AwaitRule[];
  /** Objects that stay when the stack goes; by default those of the pod network. */
  readonly retain?: readonly ObjectSelector[];
  readonly hasUpsertProvider: boolean;
  /** Folder of fetched manifests. */
  readonly fetched?: string;
}

/** One object as it is registered. */
export interface PlannedObject extends StackObject {
  /** With the annotations that the provider reads, without ours, without a status. */
  readonly inputs: KubeManifest;
  /** Keys of what it comes after. */
  readonly after: readonly string[];
  readonly adoption: Adoption;
  /** Whether it stays when the stack goes; absent where the component decides. */
  readonly retained?: true;
  /** How it is waited for, where anything but the provider decides. */
  readonly awaits?: ExplainedPolicy;
}

/** All of a stack, in the order of registration, before anything is registered. */
export interface Plan {
  readonly objects: readonly PlannedObject[];
  /**
   * Keys of objects that tell when everything is there: those waited for, that no other one waits behind;
   * where nothing is waited for, all that nothing comes after.
   */
  readonly ready: readonly string[];
  readonly graph: EdgeGraph;
  readonly cluster?: Cluster;
}

/** Objects without which a cluster cannot even be emptied. */
const NETWORK: readonly ObjectSelector[] = [{ phase: Phase.CNI_OPERATOR }, { phase: Phase.CNI }];

/**
 * Validates a tree and decides everything about its objects. Every error comes from here, so that none
 * leaves a program half registered.
 *
 * @param path what errors begin with: the name of the component
 * @param scope an App or a Chart
 */
export function planOf(path: string, scope: IConstruct, options: PlanOptions): Plan {
  const { adopt, awaits, retain = [], hasUpsertProvider } = options;
  const cluster = clusterOf(scope) ?? clusterOf(scope.node.root);
  // Values that are not known yet take their places before anything is registered.
  const { objects, explicit } = allowPlaceholders(() => {
    validateTree(scope.node.root, 'nothing was registered');
    return collect(path, scope, cluster, options.fetched);
  });
  throwProblems(path, [
    ...selectorProblems('adopt', adopt, objects),
    ...selectorProblems('awaits', awaits, objects),
    ...selectorProblems('retain', retain, objects),
    ...adoptionProblems(objects, adopt, hasUpsertProvider),
    ...awaitProblems(objects, awaits),
  ]);
  const facts = factsOf(cluster, objects);
  const graph = inferEdges(objects, facts, explicit);
  const planned = inOrder(path, objects, graph).map((object): PlannedObject => {
    const policy = awaitPolicy(object, facts, awaits);
    const adoption = adoptionOf(object, adopt);
    const stays =
      // What was there before this program came stays when it goes.
      adoption !== Adoption.CREATE ||
      (options.retain ?? NETWORK).some((selector) => selects(selector, object));
    return {
      ...object,
      inputs: inputsOf(object, policy, adoption),
      after: [...graph.after(object.key).keys()],
      adoption,
      retained: stays ? true : undefined,
      awaits: policy,
    };
  });
  return { objects: planned, graph, ready: readyOf(planned, graph), cluster };
}

function inputsOf(
  object: StackObject,
  awaits: ExplainedPolicy | undefined,
  adoption: Adoption,
): KubeManifest {
  const { status, ...rest } = withAnnotations(object.manifest, {
    ...awaitAnnotations(object, awaits?.policy),
    // Whoever patches an object of somebody else means it: without this the first conflict is an error.
    ...(adoption === Adoption.PATCH ? { 'pulumi.com/patchForce': 'true' } : {}),
  });
  return rest;
}

function readyOf(planned: readonly PlannedObject[], graph: EdgeGraph): string[] {
  const awaited = planned.filter((object) => isAwaited({ ...object, manifest: object.inputs }));
  if (awaited.length === 0) {
    const followed = new Set(planned.flatMap(({ after }) => after));
    return planned.map(({ key }) => key).filter((key) => !followed.has(key));
  }
  return awaited
    .filter(
      ({ key }) => !awaited.some((other) => other.key !== key && graph.reaches(other.key, key)),
    )
    .map(({ key }) => key);
}
