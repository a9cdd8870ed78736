import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from './effect';

const LONGEST = 160;
/** What tells items of a list apart, by the kinds that have such lists. */
const NAMES = ['name', 'containerPort', 'port', 'type', 'key', 'cidr'];

/** Stands for an item that is all there is to say of it. */
export const HERE = '';

type Keyed = Record<string, unknown>;

/** Every value in which two documents differ, lists of named items compared by name. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  return isDeepStrictEqual(before, after)
    ? []
    : [...differences(keyed(before), keyed(after)), ...reordered(before, after, [])];
}

/** Lists of which the same items stand in another order: for arguments, rules and first addresses it counts. */
function reordered(before: unknown, after: unknown, path: readonly string[]): FieldChange[] {
  if (!isRecord(before) || !isRecord(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [];
  }
  const [old, now] = [itemsOf(before), itemsOf(after)];
  const both = [...old.keys()].filter((name) => now.has(name));
  const order = [...now.keys()].filter((name) => old.has(name));
  const own: FieldChange[] =
    Array.isArray(before) && both.some((name, n) => name !== order[n])
      ? [{ path: pathOf(path), type: 'changed', before: shown(before), after: shown(after) }]
      : [];
  return [
    ...own,
    ...both.flatMap((name) => reordered(old.get(name), now.get(name), [...path, name])),
  ];
}

function itemsOf(value: object): Map<string, unknown> {
  return new Map(
    Array.isArray(value)
      ? labelsOf(value).map((label, n) => [label, value[n]])
      : Object.entries(value),
  );
}

function isRecord(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}

function differences(before: unknown, after: unknown): FieldChange[] {
  return library()({ '': before }, { '': after }).flatMap((difference) => {
    const { type } = difference;
    const path = pathOf(difference.path.slice(1));
    if (type === 'CHANGE' && isLong(difference.oldValue) && isLong(difference.value)) {
      const { oldValue, value } = difference;
      return lineChange(oldValue, value).map((change) => ({ ...change, path }));
    }
    return {
      path,
      type: type === 'CREATE' ? 'added' : type === 'REMOVE' ? 'removed' : 'changed',
      ...('oldValue' in difference ? { before: shown(difference.oldValue) } : {}),
      ...('value' in difference ? { after: shown(difference.value) } : {}),
    };
  });
}

/** Text of several lines is shown by those in which it differs. */
function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.trim().includes('\n');
}

function pathOf(parts: ReadonlyArray<string | number>): string {
  return parts
    .map((part) => (typeof part === 'number' ? `[${part}]` : part))
    .map((part) => (part.startsWith('[') ? part : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function library() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only diff needs it
  return (require('microdiff') as typeof import('microdiff')).default;
}

/** Lists as records of their items. */
function keyed(value: unknown): unknown {
  if (Array.isArray(value)) {
    const labels = labelsOf(value);
    return Object.fromEntries(
      value.map((item, n) => [labels[n], labels[n] === bySelf(item) ? HERE : keyed(item)]),
    );
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keyed(item)]))
    : value;
}

/** Items by a name that all have; without one by what they are when they are plain, else by their place. */
function labelsOf(items: readonly unknown[]): string[] {
  const name = NAMES.find((one) => hasDistinct(items, one));
  if (name !== undefined) {
    return items.map((item) => `[${(item as Keyed)[name]}]`);
  }
  const selves = items.map(bySelf);
  return selves.every((self) => self !== undefined) && new Set(selves).size === items.length
    ? (selves as string[])
    : items.map((_, n) => `[${n}]`);
}

function bySelf(item: unknown): string | undefined {
  return isRecord(item) ? undefined : `[${item}]`;
}

function hasDistinct(items: readonly unknown[], name: string): boolean {
  const values = items.map((item) => (item as Keyed | null)?.[name]);
  return (
    values.length > 0 &&
    values.every((value) => typeof value === 'string' || typeof value === 'number') &&
    new Set(values).size === values.length
  );
}

/** A value in one line, short enough for a table. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(unkeyed(value));
  return shortened(text.trim().replaceAll('\n', ' / '));
}

/** Lists that were compared by name, as lists again. */
function unkeyed(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([key]) => key.startsWith('['))
    ? entries.map(([key, item]) => (item === HERE ? key.slice(1, -1) : unkeyed(item)))
    : Object.fromEntries(entries.map(([key, item]) => [key, unkeyed(item)]));
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Lines that are gone and lines that are new, without comments. */
export function lineChange(before: string, after: string): FieldChange[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const gone = old.filter((line) => !now.includes(line));
  const come = now.filter((line) => !old.includes(line));
  if (gone.length + come.length > 0) {
    return [{ path: '', type: 'changed', before: told(gone), after: told(come) }];
  }
  return isDeepStrictEqual(old, now)
    ? []
    : [
        {
          path: '',
          type: 'changed',
          before: '(these lines)',
          after: '(in another order or number)',
        },
      ];
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function told(lines: readonly string[]): string {
  return lines.length === 0 ? '(nothing)' : shortened(lines.join(' / '));
}
