import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorCommand } from '../lib/cli/commands/doctor';
import { exitCodes } from '../lib/cli/doctor/verdict';
import { steps, worstOfStep } from '../lib/cli/doctor/steps';
import { VerdictLevel } from '../lib/cluster';
import { checks, type Check } from '../lib/doctor/checks';
import { projectRoot } from './support/markdown';

const file = join(projectRoot, 'docs', 'doctor.md');

function table(columns: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replace(/\|/g, '\\|')).join(' | ')} |`;
  return [row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Parts of the page that are written from the code. */
const written: Readonly<Record<string, string>> = {
  steps: table(
    ['step', 'with `--load`', 'at worst, for each machine that runs it'],
    steps.map((step) => [`\`${step.name}\``, step.load ?? '', worstOfStep(step)]),
  ),
  checks: table(
    ['check', 'what must hold', 'why', 'finding of the review'],
    Object.entries<Check>(checks).map(([id, { title, why, findingId }]) => [
      ...[`\`${id}\``, title, why, findingId ?? ''],
    ]),
  ),
  options: table(
    ['option', 'what it does'],
    Object.entries(doctorCommand.options).map(([name, { value, help }]) => [
      `\`--${name}${value === undefined ? '' : ` <${value}>`}\``,
      help,
    ]),
  ),
};

test('docs/doctor.md has the steps, checks and options of the code', () => {
  const page = () => readFileSync(file, 'utf8');
  const filled = Object.entries(written).reduce(
    (text, [name, part]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- /${name} -->)`),
        (_, begin: string, end: string) => `${begin}\n${part}\n\n${end}`,
      ),
    page(),
  );
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(file, filled);
  }
  expect(page()).toBe(filled);
});

test('it explains every verdict and every exit code', () => {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' | ')[0]!.replace('| ', ''));
  expect(rows).toEqual(expect.arrayContaining(Object.values(VerdictLevel)));
  expect(rows).toEqual(expect.arrayContaining([...Object.values(exitCodes), 1, 2].map(String)));
});

test('every check that it names by hand is one', () => {
  const named = readFileSync(file, 'utf8').match(/DOC-[A-Z-]+[A-Z]/g)!;
  expect(named.filter((id) => !(id in checks))).toEqual([]);
});
