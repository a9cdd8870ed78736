import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { findLeaks } from './leaks';

/** Path below a folder, with `/`, → content. */
export type FileTree = Record<string, string>;

/**
 * Every file below a folder, in the order of the paths; nothing when the folder does not exist.
 *
 * @param folder path of the folder
 */
export function readTree(folder: string): FileTree {
  if (!existsSync(folder)) {
    return {};
  }
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => lstatSync(path).isFile())
      .map(
        (path) =>
          [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Writes files below a folder, and the folders they need, and returns the folder. What is there already
 * stays, or is overwritten.
 *
 * @param folder path of the folder
 * @param tree path below it → content
 */
export function writeTree(folder: string, tree: Readonly<FileTree>): string {
  for (const [path, content] of Object.entries(tree)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    // A script can be run from there, too.
    writeFileSync(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
  return folder;
}

/**
 * What `findLeaks` says about all files of a tree; nothing when no file holds a secret.
 *
 * @param tree path → content
 */
export function leaksIn(tree: Readonly<FileTree>): string[] {
  return Object.entries(tree).flatMap(([path, text]) => findLeaks(path, text));
}
