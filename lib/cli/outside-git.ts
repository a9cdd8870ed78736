import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { mustBe } from './failure';

const REMEDY = 'choose a folder outside of it, or have git ignore the path first';

/**
 * Refuses to write secrets where git would pick them up: inside a work tree, unless every one of the
 * paths is ignored. Without git on this machine the work tree is recognised and always refused.
 */
export function refuseInsideGit(what: string, paths: readonly string[]): void {
  const absolute = paths.map((path) => resolve(path));
  const folder = existingParent(absolute[0]!);
  const tree = workTreeOf(folder);
  if (tree === undefined) {
    return;
  }
  const seen = tree.ask ? notIgnored(folder, absolute) : absolute;
  if (seen.length > 0) {
    throw mustBe(
      what,
      'outside of every git work tree, or ignored by it',
      `${seen[0]} inside ${tree.root}`,
      tree.ask ? REMEDY : 'choose a folder outside of it; git itself could not be asked',
    );
  }
}

function workTreeOf(folder: string): { root: string; ask: boolean } | undefined {
  const { status, stdout } = git(folder, ['rev-parse', '--show-toplevel']);
  if (status === 0) {
    return { root: stdout.trim(), ask: true };
  }
  // No git here, or one that does not trust the folder's owner: look for ourselves.
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) {
      return { root: at, ask: false };
    }
    if (dirname(at) === at) {
      return undefined;
    }
  }
}

/** A tracked path counts as not ignored, whatever the ignore files say. */
function notIgnored(folder: string, paths: readonly string[]): string[] {
  const { stdout } = git(folder, ['check-ignore', '-z', '--stdin'], paths.join('\0'));
  const ignored = new Set(stdout.split('\0'));
  return paths.filter((path) => !ignored.has(path));
}

function git(folder: string, args: readonly string[], input = '') {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env;
  const result = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8', input, env });
  return { status: result.status, stdout: result.stdout ?? '' };
}

function existingParent(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder)) {
    folder = dirname(folder);
  }
  return folder;
}
