import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const loaded = run(
    consumer,
    'node',
    '-p',
    "require('cdk8s-groundwork'); Object.keys(require.cache).join('\\n')",
  );
  expect(loaded).toContain('/build/index.js');
  expect(loaded).not.toMatch(/\/build\/(cli|testing)\/|@peculiar|reflect-metadata|fflate/);

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
});
