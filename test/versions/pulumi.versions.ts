import { delimiter, join } from 'node:path';
import manifest from '../../package.json';
import {
  freshProject,
  installed,
  pack,
  REGISTERED,
  run,
  STRICT,
  writePulumiProgram,
} from '../support/consumer';
import { tempDir } from '../support/temp-app';

// What npm installs for a user depends on the day and on Node. npm test builds on one set of versions; here
// the packed tarball meets the two ends of the range that package.json promises.

const peers = Object.entries(manifest.peerDependencies).filter(
  // Policy packs are programs of their own.
  ([name]) => name.startsWith('@pulumi/') && name !== '@pulumi/policy',
);

const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

test('the program of README.md under Pulumi compiles and registers a cluster with the oldest', () => {
  // The lowest version of a range is the one that is written in it.
  const lowest = peers.map(([name, range]) => `${name}@${range.replace(/^[~^]/, '')}`);
  // It wants a TypeScript before 6.
  const versions = upWith('typescript@5.9', ...lowest);
  expect(versions).toContain('@pulumi/pulumi 3.142.0');
});

test('the same with the newest, on Node 22', () => {
  // What the npm package called node installs by a script of its own. npm runs on it as well: it takes
  // the newest versions that declare the Node it runs on.
  const runtime = `node-${process.platform}-${process.arch}`;
  const project = freshProject(tempDir(), 'runtime', [`${runtime}@22`]);
  process.env.PATH = [join(project, 'node_modules', runtime, 'bin'), PATH].join(delimiter);
  const versions = upWith(
    installed('typescript'),
    ...peers.map(([name, range]) => `${name}@${range}`),
  );
  expect(versions).toMatch(/^node v22\./);
  // The last one that declares Node 20 is 3.248.0.
  expect(Number(/@pulumi\/pulumi 3\.(\d+)/.exec(versions)?.[1])).toBeGreaterThan(248);
});

/** Compiles and previews the program in a fresh project; says with what. */
function upWith(...packages: string[]): string {
  const folder = tempDir();
  const others = ['cdk8s', 'constructs', '@types/node'].map(installed);
  const consumer = freshProject(folder, 'consumer', [pack(folder).file, ...others, ...packages]);
  const versions = versionsIn(consumer);
  console.log(versions);
  writePulumiProgram(consumer);
  run(consumer, 'npx', '--no-install', 'tsc', ...STRICT, 'up.ts');
  const registered = run(consumer, 'node', 'preview.js').split('\n');
  expect(registered).toEqual(expect.arrayContaining(REGISTERED));
  return versions;
}

function versionsIn(consumer: string): string {
  const names = JSON.stringify(peers.map(([name]) => name));
  const script = `${names}.map((name) => name + ' ' + require(name + '/package.json').version)`;
  return run(consumer, 'node', '-p', `['node ' + process.version, ...${script}].join(', ')`);
}
