import {
  judgeFinding,
  judgeNoFindings,
  type FindingPart,
  type FindingSource,
  type Judgement,
  type NoFindingsOptions,
} from './findings';
import { kindOf } from './names';
import { ObjectSet } from './objects';

/** What `groundworkMatchers` add to `expect(…)`, as types. */
export interface GroundworkMatchers<R = unknown> {
  /**
   * A cluster, a rendered spec or a list of findings has this finding; as `expectFinding`.
   *
   * @param id for example `GW-PROXY-001`
   * @param part what else must hold, for example its `path` or a regular expression for its `message`
   */
  toHaveFinding(id: string, part?: FindingPart): R;
  /**
   * A cluster, a rendered spec or a list of findings has no error and no warning that nobody
   * acknowledged; as `expectNoFindings`.
   *
   * @param options from which severity on
   */
  toHaveNoFindings(options?: NoFindingsOptions): R;
  /**
   * An `ObjectSet`, a rendered spec or a list of objects has an object that is as this part of it says;
   * as `ObjectSet.findLike`, but there may be several.
   *
   * @param part fields that matter
   */
  toHaveObject(part: object): R;
}

type ObjectSource = ObjectSet | { readonly objects: ObjectSet } | readonly object[];

/** For `expect.extend(groundworkMatchers)`, in jest and in vitest. */
export const groundworkMatchers = {
  toHaveFinding: (source: FindingSource, id: string, part?: FindingPart): Judgement =>
    judgeFinding(source, id, part),

  toHaveNoFindings: (source: FindingSource, options?: NoFindingsOptions): Judgement =>
    judgeNoFindings(source, options),

  toHaveObject: (source: ObjectSource, part: object): Judgement => {
    const objects = objectsOf(source);
    const found = objects.allLike(part);
    return {
      pass: found.length > 0,
      message: () =>
        found.length === 0
          ? objects.nearestMiss(part)
          : `expected no such object, got ${new ObjectSet(found).names.join(', ')}`,
    };
  },
};

function objectsOf(source: ObjectSource): ObjectSet {
  if (source instanceof ObjectSet) {
    return source;
  }
  if (Array.isArray(source)) {
    return new ObjectSet(source);
  }
  const { objects } = (source ?? {}) as { readonly objects?: unknown };
  if (!(objects instanceof ObjectSet)) {
    throw new Error(
      `objects have an ObjectSet, a rendered spec and a list of them, not ${kindOf(source)}; of a construct take ObjectSet.of`,
    );
  }
  return objects;
}
