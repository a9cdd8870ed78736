/** The name at the end of a URN; it may hold `::` itself. */
export function nameIn(urn: string): string {
  return urn.split('::').slice(3).join('::');
}

/** The names at the ends of URNs, sorted. */
export function namesIn(urns: readonly string[]): string[] {
  return urns.map(nameIn).sort();
}
