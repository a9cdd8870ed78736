import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { fetchedObjects, type Found } from './fetched';
import { clusterWideKinds, identityKey, objectIdentity, type KubeManifest } from './identity';
import type { ExplicitOrder, StackObject } from './stack-object';
import { phaseOf, throwProblems, type Cluster } from '../../cluster';
import { objectsOf } from '../../control-plane/render';

/** Everything that a tree renders, and the orders written down in it. */
export interface Collected {
  readonly objects: readonly StackObject[];
  readonly explicit: readonly ExplicitOrder[];
}

/**
 * Renders every chart at or below a construct. Two objects that are the same one throw, as does what is
 * to be fetched and is not at hand.
 *
 * @param path what errors begin with
 * @param scope an App or a Chart
 * @param cluster the cluster of the tree, if there is one
 * @param folder where fetched manifests lie
 */
export function collect(
  path: string,
  scope: IConstruct,
  cluster: Cluster | undefined,
  folder: string | undefined,
): Collected {
  const keys = new Map<IConstruct, string>();
  const rendered = scope.node
    .findAll()
    .filter((node): node is Chart => node instanceof Chart)
    .flatMap((chart) => objectsOf(chart).map((node) => ({ chart, node, manifest: node.toJson() })));
  const phases = new Set(rendered.map(({ node }) => phaseOf(node)));
  const found: Found[] = [
    ...fetchedObjects(path, cluster, phases, folder),
    ...rendered.map(({ chart, node, manifest }) => ({
      manifest,
      phase: phaseOf(node),
      origin: node.node.path,
      chart: chart.node.path,
    })),
  ];
  const clusterWide = clusterWideKinds(found.map(({ manifest }) => manifest));
  const objects = found.map((one) => stackObject(one, clusterWide));
  rendered.forEach(({ node }, index) =>
    keys.set(node, objects[objects.length - rendered.length + index]!.key),
  );
  refuseDuplicates(path, objects);
  return { objects, explicit: explicitOrders(scope, keys) };
}

function stackObject(found: Found, clusterWide: ReadonlySet<string>): StackObject {
  const identity = objectIdentity(found.manifest, clusterWide);
  const { metadata } = found.manifest;
  const manifest: KubeManifest =
    identity.namespace === metadata?.namespace
      ? found.manifest
      : { ...found.manifest, metadata: { ...metadata, namespace: undefined } };
  return { ...identity, ...found, manifest, key: identityKey(identity) };
}

function refuseDuplicates(path: string, objects: readonly StackObject[]): void {
  const origins = new Map<string, string>();
  throwProblems(
    path,
    objects.flatMap(({ key, origin }) => {
      const first = origins.get(key);
      origins.set(key, first ?? origin);
      return first === undefined
        ? []
        : [
            {
              prop: key,
              allowed: 'rendered once',
              got: `it from ${first} and from ${origin}`,
              remedy: 'remove one of the two, or give it another name or namespace',
            },
          ];
    }),
  );
}

/**
 * The dependencies between constructs, as objects. Read before cdk8s spreads them over every pair of
 * objects; what a construct depends on outside of the scope is left to `dependsOn` of Pulumi.
 */
function explicitOrders(scope: IConstruct, keys: ReadonlyMap<IConstruct, string>): ExplicitOrder[] {
  return scope.node.findAll().flatMap((node) =>
    node.node.dependencies.map((dependency) => {
      const earlier = keysBelow(dependency, keys);
      const own = new Set(earlier);
      return { later: keysBelow(node, keys).filter((key) => !own.has(key)), earlier };
    }),
  );
}

/** The objects of a construct. Those of a chart inside it are that chart's own, as in cdk8s. */
function keysBelow(node: IConstruct, keys: ReadonlyMap<IConstruct, string>): string[] {
  const chart = chartOf(node);
  return node.node
    .findAll()
    .filter((child) => child instanceof ApiObject && Chart.of(child) === chart)
    .flatMap((child) => keys.get(child) ?? []);
}

function chartOf(node: IConstruct): Chart | undefined {
  return node.node.scopes.filter((scope): scope is Chart => scope instanceof Chart).pop();
}
