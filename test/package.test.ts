import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  failureOf,
  freshProject,
  installed,
  linkPeers,
  loadedBy,
  pack,
  REGISTERED,
  run,
  STRICT,
  writePulumiProgram,
} from './support/consumer';
import { codeBlocks } from './support/markdown';
import { tempDir } from './support/temp-app';
import {
  compileTest,
  keepTest,
  replaceIn,
  runTest,
  writeTestingPage,
} from './support/testing-page';

jest.setTimeout(600_000);

/** The first program of README.md is what a new user types first. */
function readmeProgram(): string {
  const [first] = codeBlocks('README.md');
  if (!first || first.code.startsWith('// fragment')) {
    throw new Error('README.md has no ```ts block, or its first one is not a complete program');
  }
  return first.code;
}

test('the packed tarball serves a fresh project that has nothing else', () => {
  const program = readmeProgram();
  const folder = tempDir();
  const { file: tarball, files } = pack(folder);
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  expect(own).toEqual(expect.arrayContaining(['.jsii', 'LICENSE', 'README.md', 'build/index.js']));
  // Sources would be compiled by the consumer, under the consumer's settings.
  expect(own.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);

  const others = ['cdk8s', 'constructs', 'typescript', '@types/node'].map(installed);
  const consumer = freshProject(folder, 'consumer', [tarball, ...others]);
  writeFileSync(join(consumer, 'main.ts'), program);
  run(consumer, 'npx', '--no-install', 'tsc', ...STRICT, 'main.ts');
  run(consumer, 'node', 'main.js');
  expect(readdirSync(join(consumer, 'dist'), { recursive: true })).not.toHaveLength(0);

  // The command line comes with it, and what it alone needs is not loaded by the library.
  const words = ['npx', '--no-install', 'cdk8s-groundwork'] as const;
  const secrets = join(folder, 'secrets.json');
  run(consumer, ...words, 'secrets', 'new', '--out', secrets);
  run(consumer, ...words, 'seal', 'dist', '--secrets', secrets, '--out', 'sealed');
  expect(readdirSync(join(consumer, 'sealed')).sort()).toEqual([
    '.groundwork-sealed',
    'admin.conf',
    'cp-1',
    'cp-2',
    'cp-3',
    'w-1',
    'w-2',
  ]);
  const loaded = loadedBy(consumer, 'cdk8s-groundwork');
  expect(loaded).toContain('/build/index.js');
  const onDemand = /\/build\/(cli|pulumi|testing)\/|@peculiar|@pulumi|reflect-metadata|pako/;
  expect(loaded).not.toMatch(onDemand);

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

  // The test kit needs neither a test framework nor Pulumi; its matchers for jest say what they need.
  expect(loadedBy(consumer, 'cdk8s-groundwork/testing')).not.toMatch(
    /\/node_modules\/(@?jest|expect|@pulumi|@peculiar)\b/,
  );
  expect(failureOf(consumer, 'cdk8s-groundwork/testing/jest')).toContain(
    'Error: [cdk8s-groundwork/testing/jest] expect and afterEach must be global, as jest has them in a test; ' +
      'elsewhere call expect.extend(groundworkMatchers) and removeFoldersAfter(afterEach) of cdk8s-groundwork/testing\n',
  );

  // The tests of docs/testing.md compile, pass with what they kept, and fail when that is other.
  const page = writeTestingPage(consumer);
  compileTest(consumer, page.plain);
  keepTest(consumer, page.plain);
  runTest(consumer, page.plain);
  replaceIn(consumer, 'expected/20-cni.k8s.yaml', 'mtu: 1500', 'mtu: 1450');
  expect(() => runTest(consumer, page.plain)).toThrow(
    /1 file is not as in .*expected .*\n *20-cni\.k8s\.yaml:\n *line \d+:\n *- +mtu: 1450\n *\+ +mtu: 1500\n[^]*1 failed, 4 passed/,
  );

  // Without Pulumi's packages, or without some: one error that names them and how they are installed.
  expect(existsSync(join(consumer, 'node_modules/@pulumi'))).toBe(false);
  expect(failureOf(consumer, 'cdk8s-groundwork/pulumi')).toContain(
    'Error: [cdk8s-groundwork/pulumi] needs @pulumi/command, @pulumi/kubernetes, @pulumi/pulumi, @pulumi/random, ' +
      '@pulumi/tls, which cannot be found; run: npm install "@pulumi/command@~1.2" "@pulumi/kubernetes@^4.29.0" ' +
      '"@pulumi/pulumi@^3.142.0" "@pulumi/random@^4.15.0" "@pulumi/tls@^5.0.1"\n',
  );
  linkPeers(consumer, 'kubernetes', 'pulumi', 'tls');
  expect(failureOf(consumer, 'cdk8s-groundwork/pulumi')).toContain(
    'Error: [cdk8s-groundwork/pulumi] needs @pulumi/command, @pulumi/random, which cannot be found; ' +
      'run: npm install "@pulumi/command@~1.2" "@pulumi/random@^4.15.0"\n',
  );

  expect(failureOf(consumer, 'cdk8s-groundwork/pulumi/policies')).toContain(
    'Error: [cdk8s-groundwork/pulumi/policies] needs @pulumi/policy, which cannot be found; ' +
      'run: npm install "@pulumi/policy@^1.21.0"\n',
  );

  // With them: the root still loads none, and README.md's program compiles and registers a cluster.
  linkPeers(consumer, 'command', 'random');
  expect(loadedBy(consumer, 'cdk8s-groundwork')).not.toMatch(onDemand);
  // Whoever registers charts of their own waits for no room, and for none of the 200 classes of kinds.
  const underPulumi = loadedBy(consumer, 'cdk8s-groundwork/pulumi');
  expect(underPulumi).toContain('/build/pulumi/adapter/');
  expect(underPulumi).not.toMatch(
    /\/build\/(cli|cni|dns|doctor|etcd|ingress|loadbalancer|proxy|storage)\/|@pulumi\/kubernetes\/index\.js/,
  );
  writePulumiProgram(consumer);
  run(consumer, 'npx', '--no-install', 'tsc', ...STRICT, 'up.ts');
  const registered = run(consumer, 'node', 'preview.js').split('\n');
  expect(registered).toEqual(expect.arrayContaining(REGISTERED));
  compileTest(consumer, page.pulumi);
  runTest(consumer, page.pulumi);
});
