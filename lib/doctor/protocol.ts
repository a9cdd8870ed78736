/**
 * What collectors print and analysers read: lines of `key<TAB>value`, UTF-8, in any number and in the
 * order in which things were seen. A key that comes again is one more line of the same thing, so that
 * the output of a program is its lines under one key, untouched.
 *
 * Fixed keys: `collector` (name and version of the protocol, always first), `node`, `network` (`host`
 * or `pod`), `missing` (a program or file that was not there), `end` (always last). A recording without
 * `end` was cut off, and what it lacks says nothing.
 */
export const PROTOCOL = 1;

/** The network that a collector ran in. */
export type Network = 'host' | 'pod';

/** What one collector said once. */
export interface Recording {
  readonly collector: string;
  readonly node: string;
  readonly network: Network;
  /** Programs and files that were not there. */
  readonly missing: readonly string[];
  /** Whether it came to its end. */
  readonly complete: boolean;
  /** Key → its lines. */
  readonly lines: Readonly<Record<string, readonly string[]>>;
}

/**
 * Every recording of a text, which may hold several behind each other, as logs of one pod do. Lines that
 * are none of the protocol, such as complaints of a shell, are passed over.
 */
export function readRecordings(text: string): Recording[] {
  const groups: string[][] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('collector\t')) {
      groups.push([]);
    }
    groups.at(-1)?.push(line);
  }
  return groups.flatMap((group) => recordingOf(group) ?? []);
}

function recordingOf(group: readonly string[]): Recording | undefined {
  const lines = Object.create(null) as Record<string, string[]>;
  for (const line of group) {
    const tab = line.indexOf('\t');
    if (tab > 0) {
      (lines[line.slice(0, tab)] ??= []).push(line.slice(tab + 1).replace(/\r$/, ''));
    }
  }
  const [collector, version] = (lines.collector?.[0] ?? '').split(' ');
  const network = lines.network?.[0];
  if (
    version !== String(PROTOCOL) ||
    lines.node === undefined ||
    !(network === 'host' || network === 'pod')
  ) {
    return undefined;
  }
  return {
    collector: collector!,
    node: lines.node[0]!,
    network,
    missing: lines.missing ?? [],
    complete: lines.end?.[0] === collector,
    lines,
  };
}

/** The lines of a key; none where it did not come. */
export function linesOf({ lines }: Recording, key: string): readonly string[] {
  return lines[key] ?? [];
}

/** The first line of a key. */
export function lineOf(recording: Recording, key: string): string | undefined {
  return linesOf(recording, key)[0];
}

/** The first line of a key as a number, where it is one. */
export function numberOf(recording: Recording, key: string): number | undefined {
  return toNumber(lineOf(recording, key));
}

/** A whole or decimal number, and nothing beside it. */
export function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
