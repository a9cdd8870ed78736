import type { StackObject } from './stack-object';
import type { Phase, Problem } from '../../cluster';

/** Which objects are meant: those that agree in everything that is given. */
export interface ObjectSelector {
  /**
   * API group; an empty text is the core group.
   *
   * @default - any
   */
  readonly apiGroup?: string;
  /**
   * Kind, for example `DaemonSet`.
   *
   * @default - any
   */
  readonly kind?: string;
  /**
   * Namespace.
   *
   * @default - any, and none
   */
  readonly namespace?: string;
  /**
   * Name.
   *
   * @default - any
   */
  readonly name?: string;
  /**
   * Phase, of objects of this library.
   *
   * @default - any, and none
   */
  readonly phase?: Phase;
}

/** Whether an object is meant. */
export function selects(selector: ObjectSelector, object: StackObject): boolean {
  const { apiGroup, kind, namespace, name, phase } = selector;
  return (
    (apiGroup === undefined || apiGroup === object.group) &&
    (kind === undefined || kind === object.kind) &&
    (namespace === undefined || namespace === object.namespace) &&
    (name === undefined || name === object.name) &&
    (phase === undefined || phase === object.phase)
  );
}

/** A problem for every selector that means nothing: a name was mistyped, or is no longer rendered. */
export function selectorProblems(
  prop: string,
  selectors: readonly ObjectSelector[],
  objects: readonly StackObject[],
): Problem[] {
  return selectors.flatMap((selector, index) =>
    objects.some((object) => selects(selector, object))
      ? []
      : [
          {
            prop: `${prop}[${index}]`,
            allowed: 'of an object that is rendered',
            got: wordsOf(selector),
            remedy: 'correct it, or take it out',
          },
        ],
  );
}

function wordsOf({ apiGroup, kind, namespace, name, phase }: ObjectSelector): string {
  return Object.entries({ apiGroup, kind, namespace, name, phase })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field} '${value}'`)
    .join(', ');
}
