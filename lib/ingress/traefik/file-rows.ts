import { tuned, type TuningRow } from '../../cluster';

/** A value in one of Traefik's files: where it stands, and why it is what it is. */
export type FileRow = TuningRow<unknown>;

interface Tree {
  [key: string]: unknown;
}

/** A maker of rows for one file; their keys begin with the name of the file in the ConfigMap. */
export function rowsOf(file: string, defaultSource: string) {
  return (path: string, value: unknown, upstream: string, why: string, source = defaultSource) =>
    tuned(`ConfigMap.data.${file}.${path}`, value, upstream, why, source);
}

/** The content of a file from its rows: each dotted path becomes a place in nested objects with sorted keys. */
export function treeOf(file: string, rows: readonly FileRow[]): Tree {
  const prefix = `ConfigMap.data.${file}.`;
  const root: Tree = {};
  for (const { key, value } of [...rows].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const steps = key.slice(prefix.length).split('.');
    const last = steps.pop()!;
    let place = root;
    for (const step of steps) {
      place[step] ??= {};
      place = place[step] as Tree;
    }
    // Each place has a list of its own; YAML would name the first and point to it.
    place[last] = Array.isArray(value) ? [...(value as unknown[])] : value;
  }
  return root;
}

/** The same rows at other places: each `*` of a path is one of the names. */
export function spelledOut(rows: readonly FileRow[], names: readonly string[]): FileRow[] {
  return rows.flatMap((row) =>
    row.key.includes('*')
      ? names.map((name) => ({ ...row, key: row.key.replace('*', name) }))
      : [row],
  );
}
