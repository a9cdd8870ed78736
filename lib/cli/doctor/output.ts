import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DoctorReport } from '../../cluster';
import { mustBe } from '../failure';

/** Everything that a run leaves; a folder with anything else is somebody else's. */
const OURS = ['doctor.json', 'doctor.md', 'index.html', 'junit.xml', 'recordings'];

/** Refuses to replace anything but an earlier run. */
export function refuseOther(target: string): void {
  if (!existsSync(target)) {
    return;
  }
  const allowed = 'a folder that does not exist yet, or an earlier run of doctor';
  const remedy = 'choose another folder';
  if (!statSync(target).isDirectory()) {
    throw mustBe(`--out ${target}`, allowed, 'a file', remedy);
  }
  const foreign = readdirSync(target).find((name) => !OURS.includes(name));
  if (foreign !== undefined) {
    throw mustBe(`--out ${target}`, allowed, `one that holds ${foreign}`, remedy);
  }
}

/** Writes everything beside the target and then puts it in its place: all of it or nothing. */
export function writeRun(target: string, files: Readonly<Record<string, string>>): void {
  const aside = `${target}.writing-${process.pid}`;
  const previous = `${target}.previous-${process.pid}`;
  try {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(aside, file)), { recursive: true });
      writeFileSync(join(aside, file), content);
    }
    if (existsSync(target)) {
      renameSync(target, previous);
    }
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(target) && existsSync(previous)) {
      renameSync(previous, target);
    }
    throw mustBe(
      `--out ${target}`,
      'a folder that can be written to',
      (error as Error).message,
      'nothing was changed',
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
