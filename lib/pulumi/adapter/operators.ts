import { isCustom, pluralOf, type ObjectIdentity } from './identity';
import type { ObjectIndex } from './object-index';
import { podSpecOf, runsAtOnce, serviceAccountOf } from './pods';
import type { StackObject } from './stack-object';

const WRITES = ['create', 'update', 'patch', '*'];

/** What a workload may do with one resource of one group. */
interface Right {
  readonly workload: StackObject;
  readonly group: string;
  /** Plural, `plural/part`, or `*`. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/**
 * Who acts on custom resources, by what the roles of its account allow: it watches them, and it may
 * change them or what they say of their state. Where nobody may, whoever watches. A right on every
 * group says nothing of this one: a program that copies or cleans the whole cluster has it.
 */
export class Operators {
  private readonly rights: readonly Right[];

  public constructor(private readonly index: ObjectIndex) {
    this.rights = index.all
      .filter(runsAtOnce)
      .flatMap((workload) => rightsOf(workload, index))
      .filter(({ group }) => isCustom(group) && group !== '*');
  }

  /** The workloads that act on an object; none for a built-in kind. */
  public of(object: ObjectIdentity): readonly StackObject[] {
    if (!isCustom(object.group)) {
      return [];
    }
    const plural = pluralIn(this.index, object);
    const here = this.rights.filter(({ group }) => group === object.group);
    const watching = workloadsOf(here, [plural], ['watch', '*']);
    const parts = [plural, `${plural}/status`, `${plural}/finalizers`];
    const writing = new Set(workloadsOf(here, parts, WRITES));
    const acting = watching.filter((workload) => writing.has(workload));
    return acting.length > 0 ? acting : watching;
  }
}

/** The plural under which the API serves an object, as its definition says it or as it is usually formed. */
export function pluralIn(index: ObjectIndex, object: ObjectIdentity): string {
  return index.definitionOf(object)?.manifest.spec?.names?.plural ?? pluralOf(object.kind);
}

function workloadsOf(
  rights: readonly Right[],
  resources: readonly string[],
  verbs: readonly string[],
): StackObject[] {
  const found = rights.filter(
    (right) =>
      (right.resource === '*' || resources.includes(right.resource)) &&
      right.verbs.some((verb) => verbs.includes(verb)),
  );
  return [...new Set(found.map(({ workload }) => workload))];
}

function rightsOf(workload: StackObject, index: ObjectIndex): Right[] {
  const account = serviceAccountOf(podSpecOf(workload));
  return [...index.ofKind('RoleBinding'), ...index.ofKind('ClusterRoleBinding')]
    .filter((binding) =>
      (binding.manifest.subjects ?? []).some(
        (subject: any) =>
          subject.kind === 'ServiceAccount' &&
          subject.name === account &&
          (subject.namespace ?? binding.namespace) === workload.namespace,
      ),
    )
    .flatMap((binding) => rulesOf(binding, index))
    .flatMap(({ apiGroups = [], resources = [], verbs = [] }) =>
      apiGroups.flatMap((group: string) =>
        resources.map((resource: string) => ({ workload, group, resource, verbs })),
      ),
    );
}

function rulesOf({ group, namespace, manifest }: StackObject, index: ObjectIndex): any[] {
  const { kind, name } = manifest.roleRef ?? {};
  const role = index.find(
    kind === 'Role' ? { group, kind, namespace, name } : { group, kind: 'ClusterRole', name },
  );
  return role?.manifest.rules ?? [];
}
