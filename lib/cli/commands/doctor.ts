import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseRunDocument,
  doctorFiles,
  loads,
  type Load,
  type RunDocument,
} from '../../doctor/run-document';
import { measuredHtml, measuredMarkdown, takesMeasured, withMeasured } from '../../report';
import type { Arguments, Command, Surroundings } from '../command';
import { cleanly, type ClusterRun, type Ended } from '../doctor/cluster-run';
import { junitXml } from '../doctor/junit';
import { readReport, refuseOther, writeRun } from '../doctor/output';
import { plainly } from '../doctor/plain';
import { chosen, hear, readRecordingFiles } from '../doctor/recordings';
import type { Step } from '../doctor/step';
import { steps } from '../doctor/steps';
import { changeLines, summaryLines } from '../doctor/summary';
import { exitCode, exitCodes, judge, openQuestions } from '../doctor/verdict';
import { Failure, mustBe } from '../failure';
import { refuseInsideOutput } from '../outside-output';

const OUT = 'doctor-run';
const WAIT_SECONDS = 120;

/** Measures a running cluster beside its spec. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary:
    'measure a running cluster with pods of its own, and say what is not as the spec intends',
  positionals: ['outdir'],
  options: {
    kubeconfig: { type: 'string', value: 'file', help: "as kubectl's own; so is its default" },
    context: { type: 'string', value: 'name', help: "as kubectl's own" },
    kubectl: { type: 'string', value: 'program', help: 'kubectl where it is not on the PATH' },
    load: {
      type: 'string',
      value: loads.join(','),
      help: 'measure also what costs something: iperf, fio beside etcd, CPU time; none by default',
    },
    only: {
      type: 'string',
      value: 'steps',
      help: `some of ${steps.map(({ name }) => name).join(', ')}`,
    },
    machines: { type: 'string', value: 'names', help: 'some machines of the spec; all by default' },
    out: {
      type: 'string',
      value: 'folder',
      help: `where results go, ${OUT} by default; an earlier run there is replaced`,
    },
    compare: {
      type: 'string',
      value: 'run',
      help: 'put an earlier run beside this one: its folder or doctor.json',
    },
    from: {
      type: 'string',
      value: 'folder',
      help: 'judge the recordings of an earlier run again, without a cluster',
    },
    timeout: {
      type: 'string',
      value: 'seconds',
      help: `how long to wait for the pods, ${WAIT_SECONDS} by default`,
    },
    keep: { type: 'boolean', help: 'leave the pods in the cluster' },
    yes: {
      type: 'boolean',
      help: 'do not ask before pods are deployed; needed where nobody can be asked',
    },
  },
  async run(args, surroundings) {
    const around = plainly(surroundings);
    const outdir = args.positionals[0]!;
    const out = (args.text('out') || OUT).replace(/(?<=.)\/+$/, '');
    refuseInsideOutput(`--out ${out}`, out, outdir);
    refuseOther(out);
    const whole = readDocument(outdir);
    const document = chosenMachines(whole, args.text('machines'));
    const wantedSteps = chosenSteps(args);
    const page = readPage(outdir);
    // Read before anything is replaced: it may be the run that this one takes the place of.
    const earlier = args.text('compare') === '' ? undefined : readReport(args.text('compare'));
    const { recordings: files, leftOver } = await gather(args, around, {
      outdir,
      document,
      machines: namesOf(whole),
      steps: wantedSteps,
    });
    if (files === undefined) {
      return exitCodes.interrupted;
    }
    const wanted =
      args.text('only') === '' ? undefined : wantedSteps.flatMap((one) => one.collectors);
    const named = namesOf(document);
    const heard = chosen(hear(files), {
      collectors: wanted,
      leftOut: namesOf(whole).filter((name) => !named.includes(name)),
    });
    const report = judge(document.expectations, heard, wanted);
    const open = openQuestions(report, heard.recordings);
    writeRun(out, {
      ...Object.fromEntries(
        Object.entries(files).map(([name, text]) => [`recordings/${name}`, text]),
      ),
      'doctor.json': `${JSON.stringify(report, undefined, 2)}\n`,
      'doctor.md': measuredMarkdown(report, earlier),
      'index.html':
        page === undefined ? measuredHtml(report, earlier) : withMeasured(page, report, earlier),
      'junit.xml': junitXml(report, open),
    });
    summaryLines(report, open).forEach((line) => around.out(line));
    if (earlier !== undefined) {
      changeLines(earlier, report).forEach((line) => around.out(line));
    }
    around.out(`wrote ${out}: index.html, doctor.md, doctor.json, junit.xml and recordings`);
    return leftOver ? 1 : exitCode(report, heard.recordings);
  },
};

function namesOf({ expectations }: RunDocument): string[] {
  return expectations.machines.map(({ name }) => name);
}

/** Recordings of an earlier run, or of this one. */
async function gather(
  args: Arguments,
  around: Surroundings,
  wanted: Pick<ClusterRun, 'outdir' | 'document' | 'machines' | 'steps'>,
): Promise<Ended> {
  const from = args.text('from');
  if (from !== '') {
    return { recordings: readRecordingFiles(from), leftOver: false };
  }
  const optional = (name: string) => args.text(name) || undefined;
  return cleanly(around, {
    ...wanted,
    program: optional('kubectl') ?? 'kubectl',
    kubeconfig: optional('kubeconfig'),
    context: optional('context'),
    waitSeconds: secondsOf(args.text('timeout')),
    keep: args.flag('keep'),
    sure: args.flag('yes'),
  });
}

function readDocument(outdir: string): RunDocument {
  const path = join(outdir, doctorFiles.run);
  if (!existsSync(path)) {
    throw mustBe(
      path,
      'a file that a synth wrote',
      'none',
      'name the output folder of a cluster with a doctor, and synthesize it with this release',
    );
  }
  const text = readFileSync(path, 'utf8');
  try {
    return parseRunDocument(text, path);
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

/** The report that the synth wrote; clusters without GroundworkApp have none. */
function readPage(outdir: string): string | undefined {
  const path = join(outdir, 'report', 'index.html');
  if (!existsSync(path)) {
    return undefined;
  }
  const html = readFileSync(path, 'utf8');
  if (!takesMeasured(html)) {
    throw mustBe(
      path,
      'a report that has a place for what is measured',
      'one without',
      'synthesize again with this release',
    );
  }
  return html;
}

/** The words of a list with commas, each one of those that are allowed. */
function listOf<T extends string>(option: string, text: string, allowed: readonly T[]): T[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const wrong = words.find((word) => !(allowed as readonly string[]).includes(word));
  if (wrong !== undefined) {
    throw mustBe(`--${option}`, `of ${allowed.join(', ')}`, wrong, 'separate several with commas');
  }
  return words as T[];
}

function chosenSteps(args: Arguments): Step[] {
  const typed = listOf<Load>('load', args.text('load'), loads);
  // What was recorded costs nothing to judge.
  const asked = args.text('from') === '' ? typed : loads;
  const only = listOf(
    'only',
    args.text('only'),
    steps.map(({ name }) => name),
  );
  for (const { name, load } of steps) {
    if (load !== undefined && only.includes(name) && !asked.includes(load)) {
      throw mustBe(
        `--only ${name}`,
        `given with --load ${load}`,
        'without',
        'say both: it costs something',
      );
    }
  }
  return steps.filter(
    ({ name, load }) =>
      (load === undefined || asked.includes(load)) && (only.length === 0 || only.includes(name)),
  );
}

function chosenMachines(document: RunDocument, text: string): RunDocument {
  const { expectations } = document;
  const names = listOf(
    'machines',
    text,
    expectations.machines.map(({ name }) => name),
  );
  const machines = expectations.machines.filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  return { ...document, expectations: { ...expectations, machines } };
}

function secondsOf(text: string): number {
  const seconds = text === '' ? WAIT_SECONDS : Number(text.replace(/s$/, ''));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw mustBe('--timeout', '1 to 3600 whole seconds', text, 'leave it out for 120');
  }
  return seconds;
}
