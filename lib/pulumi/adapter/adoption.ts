import { ADOPT_ANNOTATION, annotation } from './annotations';
import { selects, type ObjectSelector } from './selector';
import type { StackObject } from './stack-object';
import type { Problem } from '../../cluster';

/** How Pulumi comes to own an object. */
export enum Adoption {
  /** It is created. When it is there already the API server refuses it, and so does Pulumi. */
  CREATE = 'create',
  /**
   * Only the rendered fields become Pulumi's, by server-side apply, also those that somebody else owns;
   * the object stays somebody else's. A `…Patch` resource. Deleting one takes its fields away, so it is
   * kept on destroy.
   */
  PATCH = 'patch',
  /**
   * The object that is there becomes Pulumi's. Where it differs from what is rendered it is changed in the same
   * update, and the preview shows how; before Pulumi 3.174 the update stops instead. Kept on destroy.
   */
  IMPORT = 'import',
  /**
   * Created, or brought to what is rendered when it is there: by a provider of yours that has
   * `upsertExistingObjects`. Kept on destroy.
   */
  UPSERT = 'upsert',
}

/** A way of adoption for the objects that are meant. */
export interface AdoptionRule extends ObjectSelector {
  /** The way. */
  readonly mode: Adoption;
}

/** How Pulumi comes to own this object: by its own annotation, else by the first rule that means it. */
export function adoptionOf(object: StackObject, rules: readonly AdoptionRule[]): Adoption {
  const own = annotation(object.manifest, ADOPT_ANNOTATION);
  return (own as Adoption) ?? rules.find((rule) => selects(rule, object))?.mode ?? Adoption.CREATE;
}

/** What is wrong with the ways of adoption that objects ask for. */
export function adoptionProblems(
  objects: readonly StackObject[],
  rules: readonly AdoptionRule[],
  hasUpsertProvider: boolean,
): Problem[] {
  const modes = Object.values(Adoption);
  return objects.flatMap((object): Problem[] => {
    const mode = adoptionOf(object, rules);
    const prop = `${object.key} ${ADOPT_ANNOTATION}`;
    if (!modes.includes(mode)) {
      return [{ prop, allowed: `one of ${modes.join(', ')}`, got: mode, remedy: 'correct it' }];
    }
    return mode === Adoption.UPSERT && !hasUpsertProvider
      ? [
          {
            prop: 'upsertProvider',
            allowed: `given for ${object.key}, which is to be upserted`,
            got: undefined,
            remedy: 'pass a kubernetes.Provider with upsertExistingObjects: true',
          },
        ]
      : [];
  });
}
