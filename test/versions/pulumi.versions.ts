import { delimiter, join } from 'node:path';
import manifest from '../../package.json';
import {
  freshProject,
  installed,
  pack,
  REGISTERED,
  run,
  STRICT,
  writeExamples,
  writePulumiProgram,
} from '../support/consumer';
import { tempDir } from '../support/temp-app';
import { unknownUrns } from '../pulumi/engine/graph';
import { leaks } from '../pulumi/engine/leaks';
import { CANARIES, CONFIG, exampleEngine, objectsByStack } from '../pulumi/engine/world';

// What npm installs for a user depends on the day and on Node. npm test builds on one set of versions; here
// the packed tarball meets the two ends of the range that package.json promises.

const peers = Object.entries(manifest.peerDependencies).filter(
  // Policy packs are programs of their own.
  ([name]) => name.startsWith('@pulumi/') && name !== '@pulumi/policy',
);

// A machine that does other things at the same time takes ten times as long.
jest.setTimeout(1_800_000);

const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

test('the program of README.md under Pulumi compiles and registers a cluster with the oldest', async () => {
  // The lowest version of a range is the one that is written in it.
  const lowest = peers.map(([name, range]) => `${name}@${range.replace(/^[~^]/, '')}`);
  // It wants a TypeScript before 6.
  const { folder, versions } = upWith('typescript@5.9', ...lowest);
  expect(versions).toContain('@pulumi/pulumi 3.142.0');
  await runsExamples(folder, process.execPath);
});

test('the same with the newest, on Node 22', async () => {
  // What the npm package called node installs by a script of its own. npm runs on it as well: it takes
  // the newest versions that declare the Node it runs on.
  const runtime = `node-${process.platform}-${process.arch}`;
  const project = freshProject(tempDir(), 'runtime', [`${runtime}@22`]);
  const programs = join(project, 'node_modules', runtime, 'bin');
  process.env.PATH = [programs, PATH].join(delimiter);
  const { folder, versions } = upWith(
    installed('typescript'),
    ...peers.map(([name, range]) => `${name}@${range}`),
  );
  expect(versions).toMatch(/^node v22\./);
  // The last one that declares Node 20 is 3.248.0.
  expect(Number(/@pulumi\/pulumi 3\.(\d+)/.exec(versions)?.[1])).toBeGreaterThan(248);
  await runsExamples(folder, join(programs, 'node'));
});

/** Compiles and previews the program in a fresh project; says with what. */
function upWith(...packages: string[]): { folder: string; versions: string } {
  const above = tempDir();
  const others = ['cdk8s', 'constructs', '@types/node'].map(installed);
  const consumer = freshProject(above, 'consumer', [pack(above).file, ...others, ...packages]);
  const versions = versionsIn(consumer);
  console.log(versions);
  writePulumiProgram(consumer);
  run(consumer, 'npx', '--no-install', 'tsc', ...STRICT, 'up.ts');
  const registered = run(consumer, 'node', 'preview.js').split('\n');
  expect(registered).toEqual(expect.arrayContaining(REGISTERED));
  return { folder: consumer, versions };
}

/** An example of each kind through the language runner of the SDK that is installed there. */
async function runsExamples(folder: string, node: string): Promise<void> {
  const program = writeExamples(folder, 'oslo', 'pulumi-openstack');
  const engine = exampleEngine();
  const options = { ...CONFIG, elsewhere: { folder, node } };
  const [first, second] = [await engine.run(program, options), await engine.run(program, options)];
  for (const { exitCode, logs, printed } of [first, second]) {
    const errors = logs.filter(({ severity }) => severity === 'error');
    expect({ exitCode, errors, printed }).toMatchObject({ exitCode: 0, errors: [] });
  }
  const objects = Object.fromEntries(
    objectsByStack(first.registrations).map((stack) => [stack.name, stack.objects.length]),
  );
  expect(objects).toEqual({
    'cdk8s-oslo': expect.any(Number),
    'cdk8s-tokens': 5,
    oslo: expect.any(Number),
  });
  expect(Math.min(objects['cdk8s-oslo']!, objects.oslo!)).toBeGreaterThan(30);
  expect(unknownUrns(first.registrations)).toEqual([]);
  expect(second.registrations.filter(({ step }) => step !== 'same')).toEqual([]);
  // Half a token is too short to be looked for.
  const secrets = [...Object.values(CANARIES), ...first.secrets].filter(
    (text) => text.length >= 12,
  );
  const logs = first.logs.filter(({ severity }) => severity !== 'debug');
  expect(leaks({ ...first, logs }, secrets)).toEqual([]);
}

function versionsIn(consumer: string): string {
  const names = JSON.stringify(peers.map(([name]) => name));
  const script = `${names}.map((name) => name + ' ' + require(name + '/package.json').version)`;
  return run(consumer, 'node', '-p', `['node ' + process.version, ...${script}].join(', ')`);
}
