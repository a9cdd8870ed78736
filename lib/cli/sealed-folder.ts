import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { mustBe } from './failure';

/** Lists what is in the folder, so that the next run knows its own work. */
const LIST = '.groundwork-sealed';

/**
 * Refuses a target that holds anything but an earlier result of ours for the same cluster, or that an
 * interrupted run left in between.
 */
export function refuseForeign(target: string, cluster: string): void {
  for (const leftover of [staging(target), previous(target)]) {
    if (existsSync(leftover)) {
      throw mustBe(
        leftover,
        'absent',
        'a folder that another run, or an interrupted one, put there',
        'it holds secrets: when no other seal is running, remove it',
      );
    }
  }
  if (!existsSync(target)) {
    return;
  }
  const allowed = 'a folder that does not exist yet, or an earlier result of seal';
  const remedy = 'choose another folder, or move what is in it';
  if (!statSync(target).isDirectory()) {
    throw mustBe(`--out ${target}`, allowed, 'a file', remedy);
  }
  const present = filesBelow(target);
  const listed = existsSync(join(target, LIST))
    ? readFileSync(join(target, LIST), 'utf8').split('\n')
    : [];
  const [name, ...own] = listed;
  const foreign = present.filter((file) => file !== LIST && !own.includes(file));
  if (foreign.length > 0) {
    throw mustBe(`--out ${target}`, allowed, `one that holds ${foreign[0]}`, remedy);
  }
  if (name !== undefined && name !== cluster) {
    throw mustBe(
      `--out ${target}`,
      `a folder of cluster ${cluster}`,
      `one of ${name}`,
      'choose another folder for each cluster',
    );
  }
}

/** Writes everything beside the target and then puts it in its place: all of it or nothing. */
export function writeSealed(
  target: string,
  cluster: string,
  files: Readonly<Record<string, string>>,
): void {
  mkdirSync(dirname(target), { recursive: true });
  const aside = staging(target);
  try {
    const names = Object.keys(files).sort();
    // Secrets are written to folders that nobody else could enter from the beginning.
    mkdirSync(aside, { mode: 0o700 });
    for (const [file, content] of Object.entries({
      ...files,
      [LIST]: [cluster, ...names, ''].join('\n'),
    })) {
      writePrivate(join(aside, file), content);
    }
    if (existsSync(target)) {
      renameSync(target, previous(target));
    }
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(target) && existsSync(previous(target))) {
      renameSync(previous(target), target);
    }
    throw mustBe(
      `--out ${target}`,
      'a folder that can be written to',
      (error as Error).message,
      'nothing was changed',
    );
  }
  rmSync(previous(target), { recursive: true, force: true });
}

function writePrivate(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}

function filesBelow(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      // A link is a file of somebody else, wherever it leads.
      .filter((path) => !lstatSync(path).isDirectory())
      .map((path) => relative(folder, path).split(sep).join(posix.sep))
      .sort()
  );
}

function staging(target: string): string {
  return `${target}.sealing`;
}

function previous(target: string): string {
  return `${target}.previous`;
}
