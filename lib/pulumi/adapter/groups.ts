import { Adoption } from './adoption';
import { withAnnotations, annotation } from './annotations';
import { EdgeGraph } from './edge-graph';
import type { KubeManifest } from './identity';
import { inOrder } from './order';
import type { Plan, PlannedObject } from './plan';
import { throwProblems } from '../../cluster';

const DEPENDS_ON = 'config.kubernetes.io/depends-on';

/** Objects that are registered as one. */
export interface ObjectGroup {
  /** Phase, or path of the chart. */
  readonly key: string;
  readonly phase?: PlannedObject['phase'];
  readonly objects: ReadonlyArray<{
    readonly object: PlannedObject;
    readonly inputs: KubeManifest;
  }>;
  /** Keys of groups that it comes after. */
  readonly after: readonly string[];
  /** Whether its objects stay when the stack goes. */
  readonly retained?: true;
}

/**
 * The objects of a plan by phase, those without one by chart. Edges inside a group become annotations
 * that the provider reads; edges between objects of two groups become an edge between the groups.
 *
 * @param path what errors begin with
 */
export function groupsOf(path: string, { objects }: Plan): ObjectGroup[] {
  throwProblems(path, objects.flatMap(adoptionProblem));
  const groupOf = new Map(objects.map((object) => [object.key, groupKey(object)]));
  const identities = new Map(objects.map((object) => [object.key, object]));
  const graph = new EdgeGraph();
  for (const { key, after } of objects) {
    for (const earlier of after) {
      graph.require(groupOf.get(key)!, groupOf.get(earlier)!, `${key} after ${earlier}`);
    }
  }
  const members = new Map<string, PlannedObject[]>();
  for (const object of objects) {
    const group = groupOf.get(object.key)!;
    members.set(group, [...(members.get(group) ?? []), object]);
  }
  const groups = [...members].map(([key, inside]): ObjectGroup => ({
    key,
    phase: inside[0]!.phase,
    objects: inside.map((object) => ({
      object,
      inputs: withDependencies(
        object,
        object.after
          .filter((earlier) => groupOf.get(earlier) === key)
          .map((earlier) => identities.get(earlier)!),
      ),
    })),
    after: [...graph.after(key).keys()],
    retained: inside.some(({ retained }) => retained) ? true : undefined,
  }));
  return inOrder(path, groups, graph);
}

function groupKey({ phase, chart }: PlannedObject): string {
  return phase ?? (chart === '' ? 'chart' : chart);
}

function adoptionProblem({ key, adoption }: PlannedObject) {
  return adoption === Adoption.CREATE
    ? []
    : [
        {
          prop: `adopt of ${key}`,
          allowed: 'create in group mode',
          got: adoption,
          remedy: 'register this chart with RegistrationMode.INDIVIDUAL',
        },
      ];
}

/** The order inside a group in the words of the provider: `group/namespaces/<ns>/<kind>/<name>`. */
function withDependencies(
  { inputs }: PlannedObject,
  earlier: readonly PlannedObject[],
): KubeManifest {
  if (earlier.length === 0) {
    return inputs;
  }
  const names = earlier.map(({ group, kind, namespace, name }) =>
    [group, ...(namespace === undefined ? [] : ['namespaces', namespace]), kind, name].join('/'),
  );
  const own = annotation(inputs, DEPENDS_ON);
  const list = [...new Set([...(own?.split(',').map((one) => one.trim()) ?? []), ...names.sort()])];
  return withAnnotations(inputs, { [DEPENDS_ON]: list.join(',') });
}
