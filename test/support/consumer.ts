import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { examplesRoot } from './examples';
import { codeBlocks, projectRoot } from './markdown';

/** The compiler as the strictest consumer runs it. */
export const STRICT = [
  ...['--strict', '--skipLibCheck', 'false', '--types', 'node'],
  ...['--module', 'node20', '--target', 'es2022'],
];

/** A tarball of the package as it is compiled now. */
export interface Packed {
  readonly file: string;
  /** What is in it, from the package's root. */
  readonly files: readonly string[];
}

/** Packs into a folder. */
export function pack(folder: string): Packed {
  const [packed] = JSON.parse(
    run(projectRoot, 'npm', 'pack', '--json', '--silent', '--pack-destination', folder),
  );
  return {
    file: join(folder, packed.filename),
    files: packed.files.map(({ path }: { path: string }) => path),
  };
}

/** A fresh project below a folder, with these packages. */
export function freshProject(folder: string, name: string, packages: readonly string[]): string {
  const consumer = join(folder, name);
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name, private: true }));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  run(consumer, 'npm', 'install', ...quiet, ...packages);
  return consumer;
}

/** `name@version` of what is installed here. */
export function installed(name: string): string {
  const file = join(projectRoot, 'node_modules', name, 'package.json');
  return `${name}@${JSON.parse(readFileSync(file, 'utf8')).version}`;
}

/** Runs a program to its end and returns what it printed; throws with all of it when it fails. */
export function run(cwd: string, command: string, ...args: string[]): string {
  try {
    // Said, because what a test changes in it is seen by the test alone.
    const { env } = process;
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', env });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

/** What an entry of the package loads, file after file. */
export function loadedBy(consumer: string, entry: string): string {
  const script = `require('${entry}'); Object.keys(require.cache).join('\\n')`;
  return run(consumer, 'node', '-p', script);
}

/** What is printed when an entry of the package cannot be loaded. */
export function failureOf(consumer: string, entry: string): string {
  const script = `require('${entry}')`;
  return spawnSync('node', ['-e', script], { cwd: consumer, encoding: 'utf8' }).stderr;
}

/** Pulumi's packages as they are installed here: one copy, and no download of 140 MB. */
export function linkPeers(consumer: string, ...names: string[]): void {
  mkdirSync(join(consumer, 'node_modules/@pulumi'), { recursive: true });
  for (const name of names) {
    const folder = join('node_modules/@pulumi', name);
    symlinkSync(join(projectRoot, folder), join(consumer, folder));
  }
}

/** README.md's program under Pulumi, `up.ts`, its preview, and the provider that it makes machines with. */
export function writePulumiProgram(consumer: string): void {
  const program = codeBlocks('README.md').find(({ code }) => code.includes("groundwork/pulumi'"));
  if (!program || program.code.startsWith('// fragment')) {
    throw new Error('README.md has no complete program that imports cdk8s-groundwork/pulumi');
  }
  writeFileSync(join(consumer, 'up.ts'), program.code);
  writeFileSync(join(consumer, 'preview.js'), PREVIEW);
  const target = join(consumer, 'node_modules/@pulumi/openstack');
  compileInto(target, join(examplesRoot, 'pulumi-openstack/openstack'));
  writeFileSync(join(target, 'package.json'), '{ "main": "index.js", "types": "index.ts" }');
}

/** The program that hosts examples, with these of them; returns its path without an ending. */
export function writeExamples(consumer: string, ...names: readonly string[]): string {
  const programs = 'test/pulumi/programs';
  compileInto(join(consumer, programs), join(projectRoot, programs));
  for (const name of names) {
    compileInto(join(consumer, 'examples', name), join(examplesRoot, name));
  }
  return join(consumer, programs, 'examples');
}

/** Copies the TypeScript of a folder, with JavaScript beside it. */
function compileInto(target: string, source: string): void {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(source, file), 'utf8');
    const compilerOptions = {
      ...{ module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
      esModuleInterop: true,
    };
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    mkdirSync(dirname(join(target, file)), { recursive: true });
    writeFileSync(join(target, file), text);
    writeFileSync(join(target, file.replace(/ts$/, 'js')), outputText);
  }
}

/** Runs up.js as a preview without an engine, where no value of a resource is known. */
const PREVIEW = `
const { runtime } = require('@pulumi/pulumi');
const mocks = {
  newResource: ({ type, name }) => {
    console.log(type + ' ' + name);
    return { id: undefined, state: {} };
  },
  call: () => ({}),
};
Promise.resolve(runtime.setMocks(mocks, 'consumer', 'preview', true)).then(() => require('./up.js'));
`;

/** Some of what the preview prints: machines, and objects of the cluster. */
export const REGISTERED = [
  ...[1, 2, 3].map((n) => `openstack:compute/instance:Instance oslo-cp-${n}`),
  'kubernetes:apps/v1:DaemonSet oslo:DaemonSet:kube-system/kube-proxy',
  'kubernetes:operator.tigera.io/v1:Installation oslo:Installation:default',
];
