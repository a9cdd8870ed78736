import type { EdgeGraph } from './edge-graph';
import type { StackObject } from './stack-object';
import { problemAt } from '../../cluster';

/**
 * A stable order in which everything comes after what it depends on: by phase, then by identity,
 * objects without a phase last; only an edge moves an object forward. A circle throws and names its
 * objects with the reason of every step.
 *
 * @param path what errors begin with
 */
export function inOrder<T extends Pick<StackObject, 'key' | 'phase'>>(
  path: string,
  objects: readonly T[],
  graph: EdgeGraph,
): T[] {
  const byKey = new Map(objects.map((object) => [object.key, object]));
  const rank = new Map([...objects].sort(byPhaseThenKey).map(({ key }, index) => [key, index]));
  const done = new Set<string>();
  const ordered: T[] = [];
  const visit = (start: string) => {
    // A stack of our own: a chain of thousands of objects is longer than the engine's.
    const way = [{ key: start, next: dependenciesOf(start) }];
    const onWay = new Set([start]);
    while (way.length > 0) {
      const { key, next } = way[way.length - 1]!;
      const earlier = next.pop();
      if (earlier === undefined) {
        way.pop();
        onWay.delete(key);
        done.add(key);
        ordered.push(byKey.get(key)!);
      } else if (onWay.has(earlier)) {
        const from = way.findIndex((step) => step.key === earlier);
        throw circle(path, [...way.slice(from).map((step) => step.key), earlier], graph);
      } else if (!done.has(earlier)) {
        way.push({ key: earlier, next: dependenciesOf(earlier) });
        onWay.add(earlier);
      }
    }
  };
  // Taken from the end, so the last one is the first to be visited.
  const dependenciesOf = (key: string) =>
    [...graph.after(key).keys()]
      .filter((earlier) => byKey.has(earlier) && !done.has(earlier))
      .sort((a, b) => rank.get(b)! - rank.get(a)!);
  for (const key of rank.keys()) {
    if (!done.has(key)) {
      visit(key);
    }
  }
  return ordered;
}

function byPhaseThenKey(
  a: Pick<StackObject, 'key' | 'phase'>,
  b: Pick<StackObject, 'key' | 'phase'>,
): number {
  return compare(a.phase ?? '~', b.phase ?? '~') || compare(a.key, b.key);
}

/** By code point: the order must not depend on the language of the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function circle(path: string, way: readonly string[], graph: EdgeGraph): Error {
  const steps = way
    .slice(1)
    .map((key, index) => `${key} (${graph.after(way[index]!).get(key)})`)
    .join(' after ');
  return problemAt(path, {
    prop: 'order',
    allowed: 'free of circles',
    got: `${way[0]} after ${steps}`,
    remedy: 'remove the explicit dependency, or the reference, that closes the circle',
  });
}
