import * as fs from 'fs';
import * as path from 'path';
import { problemAt } from '../cluster';

/** Lists what the last run wrote, so that the next one can take away what it no longer renders. */
const LIST = '.groundwork-files';
const STAGING = '.groundwork-staging';

/**
 * Makes the output folder hold exactly these files of ours: all are written aside first and then
 * moved, so that a full disk or a wrong permission leaves the previous output as it was. Files that
 * are not ours stay.
 */
export function replaceTree(outdir: string, files: Readonly<Record<string, string>>): void {
  checkTargets(outdir, Object.keys(files));
  const staging = path.join(outdir, STAGING);
  const previous = previousFiles(outdir);
  try {
    fs.rmSync(staging, { recursive: true, force: true });
    // The list goes first and knows both runs: whatever is moved later will be cleaned up one day.
    write(path.join(staging, LIST), listOf([...previous, ...Object.keys(files)]));
    for (const [file, content] of Object.entries(files)) {
      write(path.join(staging, file), content);
    }
    for (const file of [LIST, ...Object.keys(files)]) {
      move(path.join(staging, file), path.join(outdir, file));
    }
    previous.filter((file) => !(file in files)).forEach((file) => remove(outdir, file));
    write(path.join(outdir, LIST), listOf(Object.keys(files)));
  } catch (error) {
    throw wrongOutdir(outdir, 'a folder that can be written to', (error as Error).message);
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

/** What would stop a move half-way is found before the first one. */
function checkTargets(outdir: string, files: readonly string[]): void {
  if (fs.existsSync(outdir) && !fs.statSync(outdir).isDirectory()) {
    throw wrongOutdir(outdir, 'a folder', 'a file of that name');
  }
  for (const file of files) {
    const full = path.join(outdir, file);
    if (fs.existsSync(full) && fs.statSync(full).isDirectory()) {
      throw wrongOutdir(outdir, `free of a folder named ${file}`, 'one');
    }
    for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) {
      const parent = path.join(outdir, folder);
      if (fs.existsSync(parent) && !fs.statSync(parent).isDirectory()) {
        throw wrongOutdir(outdir, `free of a file named ${folder}`, 'one');
      }
    }
  }
}

function wrongOutdir(outdir: string, allowed: string, got: string): Error {
  const remedy = 'give GroundworkApp another outdir, or move what is in the way';
  return problemAt('app', { prop: `outdir ${outdir}`, allowed, got, remedy });
}

function listOf(files: readonly string[]): string {
  return `${[...new Set(files)].sort().join('\n')}\n`;
}

function previousFiles(outdir: string): string[] {
  const list = path.join(outdir, LIST);
  if (!fs.existsSync(list)) {
    return [];
  }
  // A path that leaves the folder was not written by us: never delete it.
  return fs
    .readFileSync(list, 'utf8')
    .split('\n')
    .filter((file) => file !== '' && staysInside(file));
}

/** Whether a path below a folder really is below it. */
export function staysInside(file: string): boolean {
  return !path.isAbsolute(file) && path.posix.normalize(file) === file && !file.startsWith('..');
}

function write(target: string, content: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
}

function move(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.renameSync(from, to);
}

/** Removes a file and the folders that it leaves empty. */
function remove(outdir: string, file: string): void {
  fs.rmSync(path.join(outdir, file), { force: true });
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) {
    const full = path.join(outdir, folder);
    if (!fs.existsSync(full) || fs.readdirSync(full).length > 0) {
      return;
    }
    fs.rmdirSync(full);
  }
}
