// Prints what registering objects through Cdk8sStack costs, against registering the same resources bare: in
// the same order, with the same edges, without cdk8s and without this package. Both run under Pulumi's real
// language runner, with an engine that answers at once, so that only the program is measured. Machines
// differ and are shared, so the figures that count are ratios of runs that took turns. Run with
// `npm run bench:pulumi`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Run, StubEngine } from '../test/pulumi/engine/stub-engine';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PROGRAM = join(__dirname, 'pulumi-program.ts');
const BUDGET = 1.3;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function run(way: string, objects: number, file: string): Promise<Run> {
  const env = { BENCH_WAY: way, BENCH_OBJECTS: String(objects), BENCH_FILE: file };
  const made = await new StubEngine().run(PROGRAM, { env });
  if (made.exitCode !== 0) {
    throw new Error([made.printed, ...made.logs.map(({ message }) => message)].join('\n'));
  }
  return made;
}

/** What the stack registered, for those who register it bare. */
function bare({ registrations }: Run): object[] {
  const objects = registrations.filter(({ custom }) => custom);
  const place = new Map(objects.map(({ urn }, index) => [urn, index]));
  return objects.map(({ name, type, version, inputs, dependencies }) => ({
    ...{ name, type, version, inputs },
    dependsOn: dependencies.map((urn) => place.get(urn)!),
  }));
}

function row(what: string, own: number, other: number, unit: string): void {
  const ratio = own / other;
  const verdict = ratio <= BUDGET ? 'kept' : 'missed';
  console.log(
    `${what.padEnd(34)}${own.toFixed(2).padStart(9)} ${unit} against ${other.toFixed(2).padStart(8)} ${unit}` +
      `   ratio ${ratio.toFixed(2)}, budget ${BUDGET.toFixed(2)}, ${verdict}`,
  );
}

async function measure(objects: number, folder: string): Promise<void> {
  const file = join(folder, `${objects}.json`);
  const warm = await run('stack', objects, file);
  writeFileSync(file, JSON.stringify(bare(warm)));
  const [own, other, nothing]: [Run[], Run[], Run[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await run('stack', objects, file));
    other.push(await run('bare', objects, file));
    nothing.push(await run('none', objects, file));
  }
  const of = (runs: Run[], figure: 'seconds' | 'cpuSeconds' | 'peakMiB') =>
    median(runs.map((each) => each[figure] ?? NaN));
  console.log(`${objects} objects, median of ${ROUNDS} alternating runs`);
  row('  the whole run', of(own, 'seconds'), of(other, 'seconds'), 's');
  row('  its processor time', of(own, 'cpuSeconds'), of(other, 'cpuSeconds'), 's');
  row('  its memory at its highest', of(own, 'peakMiB'), of(other, 'peakMiB'), 'MiB');
  const idle = of(nothing, 'cpuSeconds');
  const [more, less] = [of(own, 'cpuSeconds') - idle, of(other, 'cpuSeconds') - idle];
  console.log(
    `  an empty program takes ${idle.toFixed(2)} s of processor time; beyond it are ${more.toFixed(2)} s ` +
      `against ${less.toFixed(2)} s, loading cdk8s and this package among them`,
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'));
  try {
    for (const objects of [50, 500]) {
      await measure(objects, folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
