import { rmSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { firstHunks } from './line-diff';
import { leaksIn, readTree, writeTree, type FileTree } from './tree';

/** How a tree is compared with the one that is kept. */
export interface GoldenTreeOptions {
  /**
   * Whether the kept tree is replaced instead of compared.
   *
   * @default - true when the environment variable UPDATE_GOLDEN is `1`
   */
  readonly update?: boolean;
  /**
   * Which files are kept and compared.
   *
   * @default - all of them
   */
  readonly only?: (path: string) => boolean;
  /**
   * Whether a file that holds a secret is refused, before anything is kept or compared.
   *
   * @default true
   */
  readonly refuseLeaks?: boolean;
}

const MOST_FILES = 10;

/**
 * Compares what was written with a tree that is kept next to the tests, byte for byte. Throws one error
 * with every file that is missing, new or different, the last with its first differing lines. With
 * `UPDATE_GOLDEN=1` in the environment the kept tree becomes what was written; look at the difference
 * before it is committed.
 *
 * @param written an output folder, or its files as `GroundworkApp.files` returns them
 * @param folder where the tree is kept; its other content goes away with an update, which is refused where
 * the test itself or the project is in it
 * @param options which files, and whether to update
 *
 * @example
 * // fragment
 * import { expectGoldenTree } from 'cdk8s-groundwork/testing';
 * expectGoldenTree(new GroundworkApp().files(), 'test/expected');
 */
export function expectGoldenTree(
  written: string | Readonly<FileTree>,
  folder: string,
  options: GoldenTreeOptions = {},
): void {
  const {
    update = process.env.UPDATE_GOLDEN === '1',
    only = () => true,
    refuseLeaks = true,
  } = options;
  const tree = selected(typeof written === 'string' ? readTree(written) : written, only);
  const leaks = refuseLeaks ? leaksIn(tree) : [];
  if (leaks.length > 0) {
    throw new Error(
      `${count(leaks.length, 'secret')} in what was written:\n  ${leaks.join('\n  ')}`,
    );
  }
  if (Object.keys(tree).length === 0) {
    // An empty tree would be like one that is kept nowhere.
    throw new Error(`nothing was written that could be compared with ${folder}`);
  }
  if (typeof written === 'string' && resolve(written) === resolve(folder)) {
    // It would always be like itself.
    throw new Error(`written must be another folder than ${folder}, where the tree is kept`);
  }
  if (update) {
    const held = [process.cwd(), testFile()].find((path) => path && isIn(path, folder));
    if (held !== undefined) {
      throw new Error(
        `an update would remove everything in ${folder}, and ${held} with it; keep the tree in a folder of its own`,
      );
    }
    rmSync(folder, { recursive: true, force: true });
    writeTree(folder, tree);
    return;
  }
  const kept = selected(readTree(folder), only);
  const found = differing(kept, tree);
  if (found.length > 0) {
    const more = found.length > MOST_FILES ? [`and ${found.length - MOST_FILES} more files`] : [];
    const lines = [...found.slice(0, MOST_FILES), ...more].join('\n');
    throw new Error(
      `${count(found.length, 'file')} not as in ${folder} (- kept, + written); ` +
        `if that is meant, run again with UPDATE_GOLDEN=1\n${lines.replace(/^/gm, '  ')}`,
    );
  }
}

/** The file of the test that runs, as jest and vitest say it. */
function testFile(): string | undefined {
  const { expect } = globalThis as { expect?: { getState?(): { testPath?: string } } };
  return expect?.getState?.().testPath;
}

/** Whether a path is a folder, or somewhere below it. */
function isIn(path: string, folder: string): boolean {
  const way = relative(resolve(folder), path);
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

function selected(tree: Readonly<FileTree>, only: (path: string) => boolean): FileTree {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => only(path)));
}

function differing(kept: FileTree, written: FileTree): string[] {
  const paths = [...new Set([...Object.keys(kept), ...Object.keys(written)])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [kept[path], written[path]];
    if (before === after) {
      return [];
    }
    if (before === undefined || after === undefined) {
      return [`${path}: ${before === undefined ? 'is new' : 'was not written'}`];
    }
    if (before.replace(/\r\n/g, '\n') === after.replace(/\r\n/g, '\n')) {
      // Lines would look the same with - and +.
      return [
        `${path}: has other line ends, \\r\\n where ${before.length > after.length ? 'it is kept' : 'it was written'}; ` +
          'keep git from changing them, with -text for this folder in the .gitattributes of the project',
      ];
    }
    return [[`${path}:`, ...firstHunks(before, after)].join('\n  ')];
  });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? ' is' : 's are'}`;
}
