import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DoctorReport } from '../../cluster';
import { mustBe } from '../failure';

/** Everything that a run leaves; a folder with anything else is somebody else's. */
const OURS = ['doctor.json', 'doctor.md', 'index.html', 'junit.xml', 'recordings'];

/** Refuses to replace anything but an earlier run, and a place where nothing can be written an hour later. */
export function refuseOther(target: string): void {
  refuseUnwritable(target);
  if (!existsSync(target)) {
    return;
  }
  const allowed = 'a folder that does not exist yet, or an earlier run of doctor';
  const remedy = 'choose another folder';
  if (!statSync(target).isDirectory()) {
    throw mustBe(`--out ${target}`, allowed, 'a file', remedy);
  }
  const names = readdirSync(target);
  // Others have an index.html as well, and no run is without its result.
  const foreign = names.includes('doctor.json')
    ? names.find((name) => !OURS.includes(name))
    : names[0];
  if (foreign !== undefined) {
    throw mustBe(`--out ${target}`, allowed, `one that holds ${foreign}`, remedy);
  }
}

/** The folder is put in place from beside it, so that its parent has to let us. */
function refuseUnwritable(target: string): void {
  let folder = dirname(resolve(target));
  while (!existsSync(folder)) {
    folder = dirname(folder);
  }
  try {
    // What is no folder refuses to be looked into.
    readdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw mustBe(
      `--out ${target}`,
      'in a folder that can be written to',
      (error as Error).message,
      'choose another folder',
    );
  }
}

/** Writes everything beside the target and then puts it in its place: all of it or nothing. */
export function writeRun(target: string, files: Readonly<Record<string, string>>): void {
  const aside = `${target}.writing-${process.pid}`;
  const previous = `${target}.previous-${process.pid}`;
  let isWhole = false;
  try {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(aside, file)), { recursive: true });
      writeFileSync(join(aside, file), content);
    }
    isWhole = true;
    if (existsSync(target)) {
      renameSync(target, previous);
    }
    renameSync(aside, target);
  } catch (error) {
    if (!isWhole) {
      rmSync(aside, { recursive: true, force: true });
    }
    if (!existsSync(target) && existsSync(previous)) {
      renameSync(previous, target);
    }
    throw mustBe(
      `--out ${target}`,
      'a folder that can be written to',
      (error as Error).message,
      // A mounted folder cannot be replaced. What took an hour to measure is not thrown away for that.
      isWhole ? `what was measured is in ${aside}` : 'nothing was changed',
    );
  }
  rmSync(previous, { recursive: true, force: true });
}

/** The result of another run, from its file or its folder. */
export function readReport(path: string): DoctorReport {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'doctor.json') : path;
  const report = jsonOf(readFileSync(file, 'utf8'));
  if (typeof report?.cluster !== 'string' || !Array.isArray(report.measurements)) {
    throw mustBe(`--compare ${path}`, 'doctor.json of a run', 'another file', 'name one of --out');
  }
  return report as DoctorReport;
}

function jsonOf(text: string): Partial<DoctorReport> | undefined {
  try {
    return (JSON.parse(text) as Partial<DoctorReport> | null) ?? undefined;
  } catch {
    return undefined;
  }
}
