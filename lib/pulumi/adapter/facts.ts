import type { StackObject } from './stack-object';
import { LoadBalancerKind, Phase, type Cluster, type Wait } from '../../cluster';

/** What one object has to say before it counts as there. */
export interface DeclaredWait {
  /** Types of conditions in its status that must be True. */
  readonly conditions: readonly string[];
  /** Longest wait in seconds. */
  readonly seconds: number;
}

/** What manifests alone do not say: what the constructs of a Cluster know of each other. */
export interface StackFacts {
  /** What is waited for, by the key of the object that says it. */
  readonly waits: ReadonlyMap<string, DeclaredWait>;
  /** Definitions (`plural.group`) that the workloads of a phase make, and which phase. */
  readonly definers: ReadonlyMap<string, Phase>;
  /** API groups that are answered once an object is ready, and its key. */
  readonly servers: ReadonlyMap<string, string>;
  /** Keys of objects that are ready when pods have a network. */
  readonly network: readonly string[];
  /** Whether Services of type LoadBalancer get an address; absent where no Cluster says it. */
  readonly balancesLoad?: boolean;
}

/**
 * Reads the waits that the constructs of a cluster declare, in the terms of the objects at hand. What
 * somebody else must have brought before a phase is not waited for: the provider tries for a minute.
 */
export function factsOf(cluster: Cluster | undefined, objects: readonly StackObject[]): StackFacts {
  const waits = new Map<string, DeclaredWait>();
  const definers = new Map<string, Phase>();
  const servers = new Map<string, string>();
  const network: string[] = [];
  for (const phase of cluster === undefined ? [] : Object.values(Phase)) {
    let seconds = 0;
    for (const wait of cluster!._waits('after', phase)) {
      const [kind, name] = wait.resource.split('/') as [string, string];
      if (kind === 'crd') {
        if (
          !objects.some(
            (object) => object.kind === 'CustomResourceDefinition' && object.name === name,
          )
        ) {
          definers.set(name, phase);
        }
        continue;
      }
      // One wait begins when the one before it ended; what is created at once waits for their sum.
      seconds += wait.minutes * 60;
      const said = whoSays(wait, objects);
      if (said === undefined) {
        continue;
      }
      const { key } = said.object;
      const before = waits.get(key);
      const conditions = new Set([...(before?.conditions ?? []), said.condition]);
      waits.set(key, { conditions: [...conditions], seconds });
      if (wait.serves !== undefined) {
        servers.set(wait.serves, key);
      } else if (phase === Phase.CNI) {
        network.push(key);
      }
    }
  }
  return {
    waits,
    definers,
    servers,
    network,
    balancesLoad: cluster && cluster.loadBalancer !== LoadBalancerKind.NONE,
  };
}

/** The object of ours that says it: the one waited for, or the one it follows, in a condition of its own. */
function whoSays(
  wait: Wait,
  objects: readonly StackObject[],
): { object: StackObject; condition: string } | undefined {
  const { resource, follows, namespace, condition, followedCondition } = wait;
  const itself = find(objects, resource, namespace);
  if (itself !== undefined) {
    return { object: itself, condition };
  }
  const followed = find(objects, follows, namespace);
  return followed === undefined || followedCondition === undefined
    ? undefined
    : { object: followed, condition: followedCondition };
}

function find(
  objects: readonly StackObject[],
  resource: string | undefined,
  namespace: string | undefined,
): StackObject | undefined {
  return objects.find(
    (object) =>
      object.namespace === namespace && `${object.kind.toLowerCase()}/${object.name}` === resource,
  );
}
