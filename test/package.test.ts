import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { examplesRoot } from './support/examples';
import { codeBlocks, projectRoot } from './support/markdown';
import { tempDir } from './support/temp-app';

jest.setTimeout(300_000);

/** The first program of README.md is what a new user types first. */
function readmeProgram(): string {
  const [first] = codeBlocks('README.md');
  if (!first || first.code.startsWith('// fragment')) {
    throw new Error('README.md has no ```ts block, or its first one is not a complete program');
  }
  return first.code;
}

/** The program under Pulumi, and the provider that it makes machines with. */
function pulumiProgram(): string {
  const program = codeBlocks('README.md').find(({ code }) => /from 'cdk8s-groundwork.pulumi'/.test(code));
  if (!program || program.code.startsWith('// fragment')) {
    throw new Error('README.md has no complete program that imports cdk8s-groundwork/pulumi');
  }
  return program.code;
}

/** Pulumi's packages as they are installed here: one copy, and no download of 140 MB. */
function linkPeers(consumer: string, ...names: string[]): void {
  mkdirSync(join(consumer, 'node_modules/@pulumi'), { recursive: true });
  for (const name of names) {
    const folder = join('node_modules/@pulumi', name);
    symlinkSync(join(projectRoot, folder), join(consumer, folder));
  }
}

/** The stand-in of an example, as the package whose place it takes. */
function installStandIn(consumer: string): void {
  const source = join(examplesRoot, 'pulumi-openstack/openstack');
  const target = join(consumer, 'node_modules/@pulumi/openstack');
  mkdirSync(target);
  writeFileSync(join(target, 'package.json'), '{ "main": "index.js", "types": "index.ts" }');
  for (const file of readdirSync(source)) {
    const text = readFileSync(join(source, file), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    writeFileSync(join(target, file), text);
    writeFileSync(join(target, file.replace(/ts$/, 'js')), outputText);
  }
}

/** What the root of the package, or another entry of it, loads. */
function loadedBy(consumer: string, entry: string): string {
  const script = `require('${entry}'); Object.keys(require.cache).join('\\n')`;
  return run(consumer, 'node', '-p', script);
}

function failureOf(consumer: string, script: string): string {
  return spawnSync('node', ['-e', script], { cwd: consumer, encoding: 'utf8' }).stderr;
}

/** Runs up.js as a preview without an engine: no value of a resource is known. */
const PREVIEW = `
const { runtime } = require('@pulumi/pulumi');
const mocks = {
  newResource: ({ type, name }) => {
    console.log(type + ' ' + name);
    return { id: undefined, state: {} };
  },
  call: () => ({}),
};
runtime.setMocks(mocks, 'consumer', 'preview', true).then(() => require('./up.js'));
`;

function run(cwd: string, command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

function installed(name: string): string {
  const { version } = JSON.parse(
    readFileSync(join(projectRoot, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return `${name}@${version}`;
}

test('the packed tarball serves a fresh project that has nothing else', () => {
  const program = readmeProgram();
  const folder = tempDir();
  const [packed] = JSON.parse(
    run(projectRoot, 'npm', 'pack', '--json', '--silent', '--pack-destination', folder),
  );
  const files: string[] = packed.files.map(({ path }: { path: string }) => path);
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  expect(own).toEqual(expect.arrayContaining(['.jsii', 'LICENSE', 'README.md', 'build/index.js']));
  // Sources would be compiled by the consumer, under the consumer's settings.
  expect(own.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);

  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  writeFileSync(
    join(consumer, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true }),
  );
  writeFileSync(join(consumer, 'main.ts'), program);
  const others = ['cdk8s', 'constructs', 'typescript', '@types/node'].map(installed);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  run(consumer, 'npm', 'install', ...quiet, join(folder, packed.filename), ...others);

  const strict = ['--strict', '--skipLibCheck', 'false', '--types', 'node'];
  const target = ['--module', 'node20', '--target', 'es2022'];
  run(consumer, 'npx', '--no-install', 'tsc', ...strict, ...target, 'main.ts');
  run(consumer, 'node', 'main.js');
  expect(readdirSync(join(consumer, 'dist'), { recursive: true })).not.toHaveLength(0);

  // The command line comes with it, and what it alone needs is not loaded by the library.
  const words = ['npx', '--no-install', 'cdk8s-groundwork'] as const;
  run(consumer, ...words, 'secrets', 'new', '--out', join(folder, 'secrets.json'));
  run(
    consumer,
    ...words,
    'seal',
    'dist',
    '--secrets',
    join(folder, 'secrets.json'),
    '--out',
    'sealed',
  );
  expect(readdirSync(join(consumer, 'sealed')).sort()).toEqual([
    '.groundwork-sealed',
    'admin.conf',
    'cp-1',
    'cp-2',
    'cp-3',
    'w-1',
    'w-2',
  ]);
  expect(loadedBy(consumer, 'cdk8s-groundwork')).toContain('/build/index.js');
  const onDemand = /\/build\/(cli|pulumi|testing)\/|@peculiar|@pulumi|reflect-metadata|fflate/;
  expect(loadedBy(consumer, 'cdk8s-groundwork')).not.toMatch(onDemand);

  // The same program with a wrong fact: it fails, says what is wrong, and writes nothing.
  const wrong = readFileSync(join(consumer, 'main.js'), 'utf8').replace(
    "'10.244.0.0/16'",
    "'10.96.0.0/16'",
  );
  writeFileSync(join(consumer, 'wrong.js'), wrong);
  const outdir = join(consumer, 'wrong');
  const { status, stderr } = spawnSync('node', ['wrong.js'], {
    cwd: consumer,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: outdir },
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain('[oslo/cluster] serviceCidr must be apart from podCidr 10.96.0.0/16');
  expect(existsSync(outdir)).toBe(false);

  // Without Pulumi's packages: one error that names them and how they are installed.
  const load = "require('cdk8s-groundwork/pulumi')";
  expect(existsSync(join(consumer, 'node_modules/@pulumi'))).toBe(false);
  expect(failureOf(consumer, load)).toContain(
    'Error: [cdk8s-groundwork/pulumi] needs @pulumi/command, @pulumi/kubernetes, @pulumi/pulumi, @pulumi/random, ' +
      '@pulumi/tls, which cannot be found; run: npm install "@pulumi/command@~1.2" "@pulumi/kubernetes@^4.29.0" ' +
      '"@pulumi/pulumi@^3.142.0" "@pulumi/random@^4.15.0" "@pulumi/tls@^5.0.1"\n',
  );
  linkPeers(consumer, 'kubernetes', 'pulumi', 'tls');
  expect(failureOf(consumer, load)).toContain(
    'Error: [cdk8s-groundwork/pulumi] needs @pulumi/command, @pulumi/random, which cannot be found; ' +
      'run: npm install "@pulumi/command@~1.2" "@pulumi/random@^4.15.0"\n',
  );

  // With them: the program of README.md compiles, and registers its machines.
  linkPeers(consumer, 'command', 'random');
  installStandIn(consumer);
  expect(loadedBy(consumer, 'cdk8s-groundwork')).not.toMatch(onDemand);
  writeFileSync(join(consumer, 'up.ts'), pulumiProgram());
  run(consumer, 'npx', '--no-install', 'tsc', ...strict, ...target, 'up.ts');
  writeFileSync(join(consumer, 'preview.js'), PREVIEW);
  const registered = run(consumer, 'node', 'preview.js').split('\n');
  expect(registered).toEqual(
    expect.arrayContaining([
      ...[1, 2, 3].map((n) => `openstack:compute/instance:Instance oslo-cp-${n}`),
      'kubernetes:apps/v1:DaemonSet oslo:DaemonSet:kube-system/kube-proxy',
    ]),
  );
});
