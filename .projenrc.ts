import { cdk8s, javascript, JsonFile } from 'projen';

const name = 'cdk8s-groundwork';
const cdk8sVersion = '2.70.106';
const constructsVersion = '10.8.1';

/**
 * What a user of ./pulumi brings along, and what we build and test with. The lowest of theirs: pulumi
 * that all others want, kubernetes where creating an object that exists is an error, random with
 * RandomBytes. command is ~1.2 because npm's highest version, 4.5.0, is an older release with a wrong
 * number. The newest pulumi that declares Node 20 is 3.248.0.
 */
const pulumiPeers: Record<string, { theirs: string; ours: string }> = {
  '@pulumi/command': { theirs: '~1.2', ours: '~1.2' },
  '@pulumi/kubernetes': { theirs: '^4.29.0', ours: '4.34.2' },
  // For ./pulumi/policies only, which needs no other.
  '@pulumi/policy': { theirs: '^1.21.0', ours: '^1.21.0' },
  '@pulumi/pulumi': { theirs: '^3.142.0', ours: '3.248.0' },
  '@pulumi/random': { theirs: '^4.15.0', ours: '^4.21.2' },
  '@pulumi/tls': { theirs: '^5.0.1', ours: '^5.6.1' },
};

/** What can be imported besides the root: subpath → source in lib, without its ending. */
const subpaths: Record<string, string> = {
  pulumi: 'pulumi/index',
  'pulumi/policies': 'pulumi/policies/index',
  testing: 'testing/index',
  // Apart, because importing it is what registers the matchers.
  'testing/jest': 'testing/jest',
  // Apart from the rest, because it needs Pulumi's packages.
  'testing/pulumi': 'testing/pulumi',
};
const perSubpath = <T>(entry: (subpath: string, source: string) => [string, T]) =>
  Object.fromEntries(Object.entries(subpaths).map(([subpath, source]) => entry(subpath, source)));
/** Tests see the sources under the public names. */
const moduleNameMapper = {
  [`^${name}$`]: '<rootDir>/lib/index.ts',
  ...perSubpath((subpath, source) => [`^${name}/${subpath}$`, `<rootDir>/lib/${source}.ts`]),
};

const project = new cdk8s.ConstructLibraryCdk8s({
  name,
  description:
    'One typed spec of a self-managed Kubernetes cluster becomes its networking layer as manifests and everything each machine boots with',
  keywords: ['cdk8s', 'kubernetes', 'calico', 'kube-proxy', 'etcd', 'cloud-init', 'kubeadm'],
  author: 'cdk8s-groundwork maintainers',
  authorAddress: 'maintainers@cdk8s-groundwork.invalid',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-groundwork/cdk8s-groundwork.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenVersion: '0.103.25',

  cdk8sVersion,
  constructsVersion,
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.16.0',

  // Compiled output lies apart from the sources, so that jest never picks up a stale .js;
  // dist/ belongs to the examples.
  srcdir: 'lib',
  libdir: 'build',
  entrypoint: 'build/index.js',
  artifactsDirectory: 'dist-packages',
  tsconfig: {
    // node20 knows that Node can load packages whose typings are written for ES modules.
    compilerOptions: { module: 'node20', types: ['node'] },
  },
  tsconfigDev: {
    compilerOptions: {
      types: ['jest', 'node'],
      // As moduleNameMapper, for tsc.
      paths: {
        [name]: ['../lib/index.ts'],
        ...perSubpath((subpath, source) => [`${name}/${subpath}`, [`../lib/${source}.ts`]]),
      },
    },
  },

  github: false,
  release: false,
  sampleCode: false,
  npmignoreEnabled: false,
  integrationTestAutoDiscover: false,
  gitignore: ['/dist/', '/dist-packages/', '/.test-results/', '.npmignore', '.jsii.tabl.json'],

  // jsii wants every run-time dependency that is not a jsii module inside the package.
  // Only `secrets new` and `secrets renew` load @peculiar/x509 and what it asks for, only
  // `audit-ingress`, `diff`, `./pulumi` and `./testing` load yaml, and only `diff` loads microdiff.
  // Only the report loads dagre and marked.
  bundledDeps: [
    '@dagrejs/dagre@^3.1.3',
    '@peculiar/x509@^2.2.0',
    'ip-address@^10',
    // The last major that Node 20 can load from CommonJS.
    'marked@^15.0.12',
    'microdiff@^1.6.0',
    'pako@^3.0.3',
    'reflect-metadata@^0.2.2',
    'smol-toml@^1',
    'uuid@^11',
    'yaml@^2',
  ],
  bin: { [name]: 'build/cli/main.js' },
  // projen would build with the lowest versions that users may have.
  peerDependencyOptions: { pinnedDevDependency: false },
  peerDeps: Object.entries(pulumiPeers).map(([peer, { theirs }]) => `${peer}@${theirs}`),
  devDeps: [
    ...Object.entries(pulumiPeers).map(([peer, { ours }]) => `${peer}@${ours}`),
    '@bufbuild/cel@^0.6.1',
    `cdk8s@${cdk8sVersion}`,
    `constructs@${constructsVersion}`,
    '@types/node@^20',
    'ajv@^8',
    'fast-check@^4',
    'kubernetes-types@1.30.0',
    'node-html-parser@^7.1.0',
  ],

  prettier: true,
  prettierOptions: {
    settings: {
      printWidth: 100,
      singleQuote: true,
      trailingComma: javascript.TrailingComma.ALL,
    },
  },
  eslintOptions: {
    dirs: ['lib'],
    devdirs: ['test', 'examples', 'bench'],
    prettier: true,
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] },
  },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    configFilePath: 'jest.config.json',
    passWithNoTests: false,
    // The default leaves one core to a main process that only waits: half of a small machine.
    extraCliOptions: ['--maxWorkers=100%'],
    junitReporting: false,
    coverageText: false,
    jestConfig: {
      collectCoverage: false,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // These tiers need programs or machines of their own and have their own commands.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/tools/', '<rootDir>/test/boot/'],
      modulePathIgnorePatterns: ['<rootDir>/dist-packages/'],
      moduleNameMapper,
    },
  },
});

project.addFields({
  type: 'commonjs',
  files: ['build/**/*.js', 'build/**/*.d.ts', '.jsii', 'API.md'],
  exports: {
    '.': './build/index.js',
    ...perSubpath((subpath, source) => [`./${subpath}`, `./build/${source}.js`]),
    './package.json': './package.json',
    './.jsii': './.jsii',
  },
  peerDependenciesMeta: Object.fromEntries(
    Object.keys(pulumiPeers).map((peer) => [peer, { optional: true }]),
  ),
  // For consumers that still resolve modules the way Node 10 did.
  typesVersions: {
    '*': perSubpath((subpath, source) => [subpath, [`build/${source}.d.ts`]]),
  },
});

// The lock file names no registry, so it works behind any mirror.
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
// 1.13.0 lacks some of its platform builds, which makes `npm ci` refuse the lock file.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// --- Rooms -----------------------------------------------------------------------------------
// Who may import whom: each room lists the rooms it may read. The root index counts as 'index.ts'.
const base = ['catalog', 'cluster'];
const features = 'cni proxy dns ingress loadbalancer etcd node storage doctor'.split(' ');
const composed = [...base, ...features, 'report'];
const rooms: Record<string, string[]> = {
  catalog: [],
  cluster: ['catalog'],
  ...Object.fromEntries(features.map((room) => [room, base])),
  report: base,
  'control-plane': composed,
  'index.ts': [...composed, 'control-plane'],
  cli: [...composed, 'control-plane', 'index.ts'],
  pulumi: [...composed, 'control-plane', 'index.ts', 'testing'],
  testing: ['index.ts'],
};
const zones = Object.entries(rooms).map(([room, readable]) => ({
  target: `./lib/${room}`,
  from: './lib',
  except: [room, ...readable].map((other) => `./${other}`),
  message: `lib/${room} may import ${readable.length ? readable.join(', ') : 'no other room'} only.`,
}));

// Packages that stand in devDependencies: a user's machine does not have them.
const testOnly = {
  regex: '^(ajv|fast-check|kubernetes-types|node-html-parser|@(bufbuild|kubernetes)/[^/]+)(/|$)',
  allowTypeImports: true,
  message: 'Only its types may be imported: it is not installed with the package.',
};

project.eslint?.addRules({ 'import/no-restricted-paths': ['error', { zones }] });
project.eslint?.addOverride({
  files: ['lib/**'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [testOnly] }] },
});
// Whether the package's own name resolves, and hence its place in the order, depends on build/;
// tsc checks these imports.
project.eslint?.addOverride({
  files: ['examples/**', 'test/**', 'bench/**'],
  rules: { 'import/order': 'off', 'import/no-unresolved': 'off' },
});

// --- Tasks -----------------------------------------------------------------------------------
for (const folder of ['examples', 'bench']) {
  new javascript.TypescriptConfig(project, {
    fileName: `${folder}/tsconfig.json`,
    include: ['**/*.ts'],
    extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
    compilerOptions: { noEmit: true, rootDir: '..' },
  });
}

// ts-jest only transpiles; this is what finds a type error in a test or an example.
const typecheck = project.addTask('typecheck', {
  description: 'Type-check tests, examples and bench',
  steps: ['test', 'examples', 'bench'].map((folder) => ({
    exec: `tsc -p ${folder}/tsconfig.json`,
  })),
});
project.testTask.prependSpawn(typecheck);
// jsii takes every peer for a jsii module and stops at one that is not, optional or not. It reads
// package.json without them; nothing else does.
for (const task of [project.compileTask, project.watchTask]) {
  task.env('NODE_OPTIONS', '--require ./projenrc/hide-optional-peers.js');
}
// jsii leaves the output of deleted sources behind, and it would be packed.
project.compileTask.prependExec('rm -rf build .jsii');
// npm sets the bit at installation; this is for npx in a clone.
project.compileTask.exec('chmod +x build/cli/main.js');
// The test task itself does not compile: `build` has done so by then, `npm test` does it here.
project.package.setScript('pretest', 'projen compile');

project.addTask('start', {
  description: 'Compile, then render the flagship example into dist/',
  steps: [
    { spawn: 'compile' },
    { exec: 'ts-node --transpile-only --project examples/tsconfig.json examples/oslo/main.ts' },
  ],
});

// Tiers with files of their own: same settings, other files.
function addTier(tier: string, description: string, testTimeout: number, options: string[] = []) {
  const config = `jest.${tier}.config.json`;
  new JsonFile(project, config, {
    obj: {
      testMatch: [`<rootDir>/test/${tier}/**/*.${tier}.ts`],
      moduleNameMapper,
      testTimeout,
      transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
    },
  });
  project.addTask(`test:${tier}`, {
    description,
    steps: [{ exec: ['jest --ci', ...options, `--config ${config}`].join(' '), receiveArgs: true }],
  });
}
addTier('tools', 'Let real programs judge the output; says which of them are missing', 120_000);
addTier(
  'versions',
  "Run the tarball under the oldest and the newest of Pulumi's packages",
  600_000,
);
// One file after the other: each boots as many machines as there is room for.
addTier('boot', 'Boot the output on emulated machines', 1_200_000, ['--runInBand']);

project.addTask('bench', {
  description: 'Compile, then print how far the library is from its budgets',
  steps: [
    { spawn: 'compile' },
    { exec: 'ts-node --transpile-only --project bench/tsconfig.json bench/budgets.ts' },
  ],
});

project.addTask('bench:pulumi', {
  description: 'Compile, then print what the adapter for Pulumi costs, against bare registration',
  steps: [
    { spawn: 'compile' },
    { exec: 'ts-node --transpile-only --project bench/tsconfig.json bench/pulumi.ts' },
  ],
});

project.addTask('bench:lookup', {
  description: 'Print what it costs to find one Service among many, in each mode of kube-proxy',
  steps: [
    { exec: 'ts-node --transpile-only --project bench/tsconfig.json bench/service-lookup.ts' },
  ],
});

project.addTask('bench:lookup:ipvs', {
  description: 'Print the same for IPVS, counted in instructions of a Debian guest',
  steps: [
    { exec: 'ts-node --transpile-only --project bench/tsconfig.json bench/service-lookup-ipvs.ts' },
  ],
});

project.addTask('bench:edge', {
  description:
    'Print at which rate of slow clients a replica of the edge falls, against the computed one',
  steps: [
    { exec: 'ts-node --transpile-only --project bench/tsconfig.json bench/edge-break-even.ts' },
  ],
});

project.addTask('test:golden:update', {
  description: 'Renew the golden trees of the examples',
  env: { UPDATE_GOLDEN: '1' },
  steps: [{ exec: 'jest --ci examples checks-doc' }],
});

project.addTask('format', {
  description: 'Rewrite sources in the house format',
  // Not the golden trees of the examples: they are output.
  steps: [{ exec: 'prettier --write .projenrc.ts "{lib,test,examples,bench}/**/*.ts"' }],
});

project.synth();
