// A part of a value, against the whole. What is not named is not compared.

/** One place where a value is not as expected. */
export interface Difference {
  /** Where, for example `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** What should be there, in words. */
  readonly expected: string;
  /** What is there, in words. */
  readonly got: string;
  /** How many expected values are missed here. */
  readonly weight: number;
}

/**
 * The places where a value is not as a part of it is expected to be; none when it is.
 *
 * - Of an object only the named fields are compared; `undefined` means that the field is absent.
 * - The items of a list are looked for in this order; others may stand between them. An empty list
 *   is expected to be empty.
 * - A regular expression is matched against a string, a matcher such as `expect.stringContaining`
 *   is asked.
 *
 * @param expected the part
 * @param got the whole
 * @param path where in the whole both are
 */
export function differences(expected: unknown, got: unknown, path = ''): Difference[] {
  if (isMatcher(expected)) {
    return expected.asymmetricMatch(got) ? [] : [difference(path, expected, got)];
  }
  if (expected instanceof RegExp) {
    const matches =
      typeof got === 'string' && new RegExp(expected.source, expected.flags).test(got);
    return matches ? [] : [difference(path, expected, got)];
  }
  if (Array.isArray(expected)) {
    return listDifferences(expected, got, path);
  }
  if (isObject(expected)) {
    return isObject(got)
      ? Object.entries(expected).flatMap(([key, value]) =>
          differences(value, got[key], join(path, key)),
        )
      : [difference(path, expected, got)];
  }
  return Object.is(expected, got) ? [] : [scalarDifference(path, expected, got)];
}

/** How far a value is from being as expected; 0 when it is. */
export function distance(found: readonly Difference[]): number {
  return found.reduce((sum, { weight }) => sum + weight, 0);
}

/** One difference per line: `path: expected a, got b`. */
export function differenceLines(found: readonly Difference[], most = 8): string[] {
  const shown = found
    .slice(0, most)
    .map(({ path, expected, got }) => `${path || 'it'}: expected ${expected}, got ${got}`);
  return found.length > most ? [...shown, `and ${found.length - most} more`] : shown;
}

function listDifferences(expected: readonly unknown[], got: unknown, path: string): Difference[] {
  if (!Array.isArray(got) || (expected.length === 0 && got.length > 0)) {
    return [difference(path, expected, got)];
  }
  let from = 0;
  return expected.flatMap((item) => {
    const rest = got.slice(from).map((candidate, offset) => {
      const index = from + offset;
      return { index, found: differences(item, candidate, `${path}[${index}]`) };
    });
    const match = rest.find(({ found }) => found.length === 0);
    if (match !== undefined) {
      from = match.index + 1;
      return [];
    }
    const nearest = isObject(item) ? least(rest, ({ found }) => distance(found)) : undefined;
    return nearest !== undefined && distance(nearest.found) < weigh(item)
      ? nearest.found
      : [difference(`${path}[]`, item, got.slice(from))];
  });
}

/** The first of those with the least value. */
export function least<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || value(item) < value(best) ? item : best),
    undefined,
  );
}

function difference(path: string, expected: unknown, got: unknown): Difference {
  return { path, expected: inWords(expected), got: inWords(got), weight: weigh(expected) };
}

/** Of texts with several lines the first line that differs. */
function scalarDifference(path: string, expected: unknown, got: unknown): Difference {
  if (
    typeof expected !== 'string' ||
    typeof got !== 'string' ||
    !`${expected}${got}`.includes('\n')
  ) {
    return difference(path, expected, got);
  }
  const [wanted, there] = [expected.split('\n'), got.split('\n')];
  const line = wanted.findIndex((text, index) => text !== there[index]);
  const at = line < 0 ? wanted.length : line;
  return difference(`${path}, line ${at + 1}`, wanted[at], there[at]);
}

function weigh(expected: unknown): number {
  const values = isMatcher(expected) || expected instanceof RegExp ? [] : inner(expected);
  return Math.max(
    1,
    values.reduce((sum: number, value) => sum + weigh(value), 0),
  );
}

const inner = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

const LONGEST = 160;

/** A value as a message shows it, on one line and not too long. */
export function inWords(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  const text =
    value instanceof RegExp || isMatcher(value)
      ? nameOf(value)
      : (JSON.stringify(value, (_, item) =>
          isMatcher(item) || item instanceof RegExp
            ? nameOf(item)
            : // What JSON does not have, and would leave out or refuse.
              /^(function|bigint|symbol)$/.test(typeof item)
              ? String(item)
              : item,
        ) as string);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function nameOf(value: RegExp | Matcher): string {
  if (value instanceof RegExp) {
    return String(value);
  }
  // Of jest's only some name themselves whole; the others say what they are, and have a sample.
  const kind = String(value);
  return (
    value.toAsymmetricMatcher?.() ??
    (/^\w+$/.test(kind) ? `${kind} ${inWords(value.sample)}` : 'a match')
  );
}

/** As frameworks make them: `expect.any(String)`. */
interface Matcher {
  readonly sample?: unknown;
  asymmetricMatch(value: unknown): boolean;
  toAsymmetricMatcher?(): string;
}

function isMatcher(value: unknown): value is Matcher {
  return isObject(value) && typeof value.asymmetricMatch === 'function';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path === '' ? key : `${path}.${key}`;
}
