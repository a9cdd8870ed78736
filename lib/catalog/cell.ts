/** One catalogue fact: what it is, where it was read, and on which day. */
export interface Cell<T> {
  /** The fact. */
  readonly value: T;
  /** Where it was read. A fact that nobody has checked says `believed` here. */
  readonly source: string;
  /** The ISO day on which the source was read, so that an old fact can be seen to be old. */
  readonly date: string;
}

/**
 * Makes one catalogue fact.
 *
 * @param value the fact
 * @param source where it was read
 * @param date the ISO day on which it was read
 */
export function cell<T>(value: T, source: string, date: string): Cell<T> {
  return { value, source, date };
}
