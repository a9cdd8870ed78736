import { identityKey, type ObjectIdentity } from './identity';
import { podLabels, podSpecOf } from './pods';
import type { StackObject } from './stack-object';

/** Finds objects by what others call them. */
export class ObjectIndex {
  private readonly byKey: ReadonlyMap<string, StackObject>;
  private readonly byKind = new Map<string, StackObject[]>();
  private readonly workloads: readonly StackObject[];

  public constructor(public readonly all: readonly StackObject[]) {
    this.byKey = new Map(all.map((object) => [object.key, object]));
    this.workloads = all.filter((object) => podSpecOf(object) !== undefined);
    for (const object of all) {
      const known = this.byKind.get(object.kind);
      if (known === undefined) {
        this.byKind.set(object.kind, [object]);
      } else {
        known.push(object);
      }
    }
  }

  /** Every object of a kind, whatever its group. */
  public ofKind(kind: string): readonly StackObject[] {
    return this.byKind.get(kind) ?? [];
  }

  /** The object of this identity, if it is part of the program. */
  public find(identity: ObjectIdentity): StackObject | undefined {
    return this.byKey.get(identityKey(identity));
  }

  /** The definition of a kind, if it is part of the program. */
  public definitionOf({ group, kind }: ObjectIdentity): StackObject | undefined {
    return this.ofKind('CustomResourceDefinition').find(
      ({ manifest: { spec } }) => spec?.group === group && spec?.names?.kind === kind,
    );
  }

  /** What runs behind a Service. */
  public behind(service: StackObject): readonly StackObject[] {
    const selector = Object.entries(service.manifest.spec?.selector ?? {});
    return selector.length === 0
      ? []
      : this.workloads.filter((workload) => {
          const labels = podLabels(workload);
          return (
            workload.namespace === service.namespace &&
            selector.every(([label, value]) => labels[label] === value)
          );
        });
  }
}
