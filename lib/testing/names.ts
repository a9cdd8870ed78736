import { least } from './partial';

// Names that are asked for and not there: which one was meant?

const MOST = 12;

/** `nearest is b; there are a, b, c`, or that there is none. */
export function thereAre(asked: string, names: readonly string[]): string {
  if (names.length === 0) {
    return 'there is none';
  }
  const sorted = [...new Set(names)].sort();
  const nearest = least(sorted, (name) => edits(asked, name))!;
  if (sorted.length === 1) {
    return `there is only ${nearest}`;
  }
  const more = sorted.length > MOST ? ` and ${sorted.length - MOST} more` : '';
  return `nearest is ${nearest}; there are ${sorted.slice(0, MOST).join(', ')}${more}`;
}

/** What somebody gave instead of what was asked for, in a few words. */
export function kindOf(value: unknown): string {
  const name = value?.constructor?.name;
  return value === undefined || value === null
    ? String(value)
    : name === undefined || name === 'Object'
      ? 'such an object'
      : `a ${name}`;
}

/** How many letters have to be changed, added or taken away to get from one to the other. */
function edits(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
