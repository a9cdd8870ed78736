import type { Decision } from './decision';

/** A row of a room's tuning table: a decision before it has a value and a place. */
export interface TuningRow<V> {
  readonly key: string;
  readonly value: V;
  readonly upstream: string;
  readonly why: string;
  readonly source: string;
}

/** A room's tuning table. Rendering reads values from it; the report prints its reasons. */
export class Tuning<T extends Readonly<Record<string, TuningRow<unknown>>>> {
  public constructor(private readonly rows: T) {}

  /** The value of one row, with its own type. */
  public get<K extends keyof T>(name: K): T[K]['value'] {
    return this.rows[name]!.value;
  }

  /** All rows as decisions of one construct. */
  public decisions(path: string): Decision[] {
    return decisionsOf(path, Object.values(this.rows));
  }
}

/** Rows as decisions of the construct at this path. */
export function decisionsOf(path: string, rows: ReadonlyArray<TuningRow<unknown>>): Decision[] {
  return rows.map(({ key, value, upstream, why, source }) => ({
    path,
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    upstream,
    why,
    source,
  }));
}

/** A row with its value's own type kept; the order is that of the explain page's columns. */
export function tuned<V>(
  key: string,
  value: V,
  upstream: string,
  why: string,
  source: string,
): TuningRow<V> {
  return { key, value, upstream, why, source };
}

/** The row of a value that is the spec's own, so that the report leaves none out. */
export function askedFor(key: string, value: string, upstream: string): TuningRow<string> {
  return tuned(key, value, upstream, 'asked for in the spec', 'the spec');
}
