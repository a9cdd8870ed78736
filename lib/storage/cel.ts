import type { StorageChoices } from './choices';
import { ZONE_LABEL } from './names';

/** A list of texts. */
export function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}

/** CEL reads strings as JSON writes them. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** Whether a requirement `e` keeps within the places. */
export const INSIDE = 'e.key in variables.places && e.values.all(v, v in variables.places[e.key])';

/** Topology key → its values inside, as a CEL map. */
export function placesOf(
  { classes, zones }: StorageChoices,
  more: Readonly<Record<string, readonly string[]>> = {},
): string {
  const places = new Map<string, Set<string>>([
    [ZONE_LABEL, new Set(zones.map(({ name }) => name))],
    ...Object.entries(more).map(([key, values]) => [key, new Set(values)] as const),
  ]);
  for (const { topology } of classes) {
    if (topology !== undefined) {
      const known = places.get(topology.key) ?? new Set();
      places.set(topology.key, new Set([...known, ...topology.values]));
    }
  }
  const entries = [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${text(key)}: ${list([...values].sort())}`);
  return `{${entries.join(', ')}}`;
}

/** Drivers of which only the word of the spec says where they keep data. */
export function driversByWord({ classes }: StorageChoices): string[] {
  return [
    ...new Set(classes.filter((c) => c.topology === undefined).map((c) => c.options.provisioner)),
  ].sort();
}
