import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorReport, Measurement } from '../../lib/cluster';
import { analyse } from '../../lib/doctor/analysers';
import type { CheckId } from '../../lib/doctor/checks';
import type { Expectations } from '../../lib/doctor/expectations';
import { readRecordings, type Recording } from '../../lib/doctor/protocol';
import { labExpectations } from './lab-cluster';

/** A fixture as it was recorded. */
export function fixture(name: string): string {
  return readFileSync(join(__dirname, 'fixtures', `${name}.txt`), 'utf8');
}

export function recordings(name: string): Recording[] {
  return readRecordings(fixture(name));
}

const usual = labExpectations();

/** What the doctor says of a fixture, with the usual spec or a changed one. */
export function report(name: string, changes: Partial<Expectations> = {}): DoctorReport {
  return analyse({ ...usual, ...changes }, recordings(name));
}

/** All that it says of one check. */
export function verdicts(
  name: string,
  check: CheckId,
  changes: Partial<Expectations> = {},
): Measurement[] {
  return report(name, changes).measurements.filter((one) => one.check === check);
}

/** One line for each measurement of a check: level, subject, sentence. */
export function lines(name: string, check: CheckId, changes: Partial<Expectations> = {}): string[] {
  return verdicts(name, check, changes).map((m) => `${m.level} ${m.subject}: ${m.message}`);
}

/** A recording of cp-1 that was not made by a collector. */
export function composed(collector: string, ...rest: string[]): string {
  return [
    `collector\t${collector} 1`,
    'node\tcp-1',
    'network\thost',
    ...rest,
    `end\t${collector}`,
    '',
  ].join('\n');
}

/** What is said of a text, one line for each measurement of a check: level and sentence. */
export function said(text: string, check: CheckId, changes: Partial<Expectations> = {}): string[] {
  return analyse({ ...usual, ...changes }, readRecordings(text))
    .measurements.filter((one) => one.check === check)
    .map(({ level, message }) => `${level}: ${message}`);
}
