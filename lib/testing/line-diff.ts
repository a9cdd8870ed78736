/** How far a common line is looked for: enough for what a review reads, and quick on long files. */
const WINDOW = 200;
const MOST_HUNKS = 3;
const MOST_LINES = 6;
const LONGEST = 200;

/** The first places where two texts differ, as `line N:` and lines with `-` and `+`. */
export function firstHunks(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const shown: string[] = [];
  let [i, j, hunks] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
      continue;
    }
    if (hunks === MOST_HUNKS) {
      return [...shown, 'and more below'];
    }
    const [gone, come] = nextCommon(a, b, i, j);
    shown.push(
      `line ${i + 1}:`,
      ...shorten(a.slice(i, i + gone), '-'),
      ...shorten(b.slice(j, j + come), '+'),
    );
    [i, j, hunks] = [i + gone, j + come, hunks + 1];
  }
  return shown;
}

/** How many lines of both are passed over until they have one in common; all, when they have none. */
function nextCommon(
  a: readonly string[],
  b: readonly string[],
  i: number,
  j: number,
): [number, number] {
  for (let sum = 1; sum <= WINDOW; sum += 1) {
    for (let gone = 0; gone <= sum; gone += 1) {
      const [x, y] = [i + gone, j + sum - gone];
      if (x < a.length && y < b.length && a[x] === b[y]) {
        return [gone, sum - gone];
      }
    }
  }
  return [a.length - i, b.length - j];
}

function shorten(lines: readonly string[], sign: string): string[] {
  const shown = lines
    .slice(0, MOST_LINES)
    .map((line) => `${sign} ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`);
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...shown, `${sign} and ${more} more lines`] : shown;
}
