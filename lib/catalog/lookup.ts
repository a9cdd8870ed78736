/**
 * Finds an entry of a table, or throws an error that names what the table does hold.
 *
 * @param table the table
 * @param key what the user asked for
 * @param what the name of the thing as the user wrote it, the subject of the error
 * @param remedy what to do instead, without a final period
 */
export function lookUp<T>(
  table: Readonly<Record<string, T>>,
  key: string,
  what: string,
  remedy: string,
): T {
  // Keys come from users: `constructor` must be as unknown as any other wrong word.
  if (Object.prototype.hasOwnProperty.call(table, key)) {
    return table[key];
  }
  const supported = Object.keys(table).join(', ');
  throw new Error(`${what} must be one of ${supported}, got ${key}; ${remedy}`);
}
