import { join } from 'node:path';
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

const peers = Object.entries(manifest.peerDependencies).filter(([name]) =>
  name.startsWith('@pulumi/'),
);
/** The lowest version of a range: what is written in it. */
const oldest = peers.map(([name, range]) => `${name}@${range.replace(/^[~^]/, '')}`);
const newest = peers.map(([name, range]) => `${name}@${range}`);

/** What the npm package called node installs by a script of its own: a runtime. */
const RUNTIME = `node-${process.platform}-${process.arch}`;

test.each([
  { ends: 'the oldest', packages: oldest, runtime: [] },
  { ends: 'the newest, on Node 22', packages: newest, runtime: [`${RUNTIME}@22`] },
])('README.md’s program under Pulumi compiles and registers a cluster with $ends', (versions) => {
  const folder = tempDir();
  const others = ['cdk8s', 'constructs', 'typescript', '@types/node'].map(installed);
  const { file } = pack(folder);
  const consumer = freshProject(folder, 'consumer', [
    ...[file, ...others, ...versions.packages, ...versions.runtime],
  ]);
  writePulumiProgram(consumer);
  const [other] = versions.runtime.map(() => join(consumer, 'node_modules', RUNTIME, 'bin/node'));
  const node = other ?? process.execPath;
  console.log(`node ${run(consumer, node, '--version').trim()}, ${versionsOf(consumer)}`);
  run(consumer, node, 'node_modules/typescript/bin/tsc', ...STRICT, 'up.ts');
  const registered = run(consumer, node, 'preview.js').split('\n');
  expect(registered).toEqual(expect.arrayContaining(REGISTERED));
});

function versionsOf(consumer: string): string {
  const script = `console.log(${JSON.stringify(peers.map(([name]) => name))}
    .map((name) => name + ' ' + require(name + '/package.json').version).join(', '))`;
  return run(consumer, 'node', '-e', script).trim();
}
