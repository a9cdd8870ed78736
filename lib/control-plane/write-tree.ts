import * as fs from 'fs';
import * as path from 'path';

/** Lists what the last run wrote, so that the next one can take away what it no longer renders. */
const LIST = '.groundwork-files';
const STAGING = '.groundwork-staging';

/**
 * Makes the output folder hold exactly these files of ours: all are written aside first and then
 * moved, so that a full disk or a wrong permission leaves the previous output as it was. Files that
 * are not ours stay.
 */
export function replaceTree(outdir: string, files: Readonly<Record<string, string>>): void {
  const staging = path.join(outdir, STAGING);
  fs.rmSync(staging, { recursive: true, force: true });
  const list = `${Object.keys(files).sort().join('\n')}\n`;
  const previous = previousFiles(outdir);
  try {
    for (const [file, content] of Object.entries({ ...files, [LIST]: list })) {
      write(path.join(staging, file), content);
    }
    for (const file of [...Object.keys(files), LIST]) {
      move(path.join(staging, file), path.join(outdir, file));
    }
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
  previous.filter((file) => !(file in files)).forEach((file) => remove(outdir, file));
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
    .filter((file) => file !== '' && !path.isAbsolute(file) && !file.split('/').includes('..'));
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
