import { requirePeers } from '../../lib/pulumi/require-peers';
import manifest from '../../package.json';

const ALL = ['command', 'kubernetes', 'policy', 'pulumi', 'random', 'tls'].map(
  (name) => `@pulumi/${name}`,
);

const message = (...missing: string[]) => messageOf('pulumi', missing);

function messageOf(
  subpath: Parameters<typeof requirePeers>[0],
  missing: string[],
): string | undefined {
  try {
    requirePeers(subpath, manifest, (name) => !missing.includes(name));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('every package of Pulumi is an optional peer', () => {
  expect(Object.keys(manifest.peerDependenciesMeta).sort()).toEqual(ALL);
  expect(Object.values(manifest.peerDependenciesMeta)).toEqual(ALL.map(() => ({ optional: true })));
  expect(manifest.peerDependencies).toEqual({
    '@pulumi/command': '~1.2',
    '@pulumi/kubernetes': '^4.29.0',
    '@pulumi/policy': '^1.21.0',
    '@pulumi/pulumi': '^3.142.0',
    '@pulumi/random': '^4.15.0',
    '@pulumi/tls': '^5.0.1',
    cdk8s: '^2.70.106',
    constructs: '^10.8.1',
  });
});

test('nothing is said when all are there', () => {
  expect(message()).toBeUndefined();
});

test('exactly the missing ones are named, with the command that installs them', () => {
  expect(message('@pulumi/tls')).toBe(
    '[cdk8s-groundwork/pulumi] needs @pulumi/tls, which cannot be found; run: npm install "@pulumi/tls@^5.0.1"',
  );
  expect(message('@pulumi/command', '@pulumi/random')).toBe(
    '[cdk8s-groundwork/pulumi] needs @pulumi/command, @pulumi/random, which cannot be found; ' +
      'run: npm install "@pulumi/command@~1.2" "@pulumi/random@^4.15.0"',
  );
});

test('policy packs need one package, and nobody else needs it', () => {
  expect(messageOf('pulumi/policies', ALL)).toBe(
    '[cdk8s-groundwork/pulumi/policies] needs @pulumi/policy, which cannot be found; run: npm install "@pulumi/policy@^1.21.0"',
  );
  expect(message('@pulumi/policy')).toBeUndefined();
});
