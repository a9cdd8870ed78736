import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readRecordings, type Recording } from '../../doctor/protocol';
import { mustBe } from '../failure';

/** Everything that a run brought home, as text: path below the folder of recordings → content. */
export type RecordingFiles = Readonly<Record<string, string>>;

/** What could not be measured on a machine, one sentence a line. */
const TROUBLE = 'trouble.txt';

/** All recordings of a run, and why there are not more. */
export interface Heard {
  readonly recordings: readonly Recording[];
  /** Machine → sentences. */
  readonly trouble: Readonly<Record<string, readonly string[]>>;
}

/** Path of one recording. */
export function recordingFile(node: string, name: string): string {
  return `${node}/${name}.txt`;
}

/** Path of what went wrong on a machine. */
export function troubleFile(node: string): string {
  return `${node}/${TROUBLE}`;
}

/** Files as recordings, in the order of their names, so that the same files give the same report. */
export function hear(files: RecordingFiles): Heard {
  const names = Object.keys(files).sort();
  const troubled = names.filter((name) => name.endsWith(`/${TROUBLE}`));
  return {
    recordings: names
      .filter((name) => !troubled.includes(name))
      .flatMap((name) => readRecordings(files[name]!)),
    trouble: Object.fromEntries(
      troubled.map((name) => [
        name.slice(0, -TROUBLE.length - 1),
        files[name]!.split('\n').filter((line) => line !== ''),
      ]),
    ),
  };
}

/** Which of them somebody asked for: `undefined` is all. */
export interface Asked {
  readonly collectors?: readonly string[];
  /** Machines of the spec that nobody asked for; what it does not have at all is told. */
  readonly leftOut: readonly string[];
}

/** Only what somebody asked for. */
export function chosen({ recordings, trouble }: Heard, { collectors, leftOut }: Asked): Heard {
  return {
    recordings: recordings.filter(
      ({ node, collector }) =>
        !leftOut.includes(node) && (collectors === undefined || collectors.includes(collector)),
    ),
    trouble,
  };
}

/** Every text file below a folder, which may also be the folder of a whole run. */
export function readRecordingFiles(folder: string): RecordingFiles {
  const below = join(folder, 'recordings');
  const root = existsSync(below) ? below : folder;
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw mustBe(`--from ${folder}`, 'a folder with recordings', 'no folder', 'name one of a run');
  }
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.txt'),
  );
  if (names.length === 0) {
    throw mustBe(
      `--from ${folder}`,
      'a folder with recordings',
      'no .txt file in it',
      'name the folder recordings of a run, or one with what collectors printed by hand',
    );
  }
  return Object.fromEntries(
    names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(root, name), 'utf8')]),
  );
}

/**
 * Two short looks at the kernel's counters as one recording of all that was in between: what the first
 * said of before, and what the second said of after.
 */
export function across(first: string, second: string): string {
  const isBefore = (line: string) => line.startsWith('before.');
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  const [head, tail] = [lines(first), lines(second)];
  const start = head.filter((line) => /^(collector|node|network|load|missing)\t/.test(line));
  const rest = tail.filter((line) => /^(after\.|log\.|end\t)/.test(line));
  return [...start, ...head.filter(isBefore), ...rest, ''].join('\n');
}
