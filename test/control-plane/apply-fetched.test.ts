import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GroundworkApp, Phase } from '../../lib';
import { gatewayApiManifest, gatewayFabricManifest } from '../../lib/catalog';
import type { FetchedManifest } from '../../lib/cluster';
import { tempDir } from '../support/temp-app';
import { applied, apply } from './apply-run';
import { osloPlane } from './oslo-plane';

const BYTES = 'kind: CustomResourceDefinition\n';
const manifest: FetchedManifest = {
  label: 'kinds of somebody else',
  file: 'kinds-1.2.3.yaml',
  url: 'https://kinds.example/v1.2.3/kinds.yaml',
  sha256: createHash('sha256').update(BYTES).digest('hex'),
  definitions: ['things.kinds.example', 'stuff.kinds.example'],
};

/** Stands in for curl: notes the call and writes what it is told to into the file named by -o. */
const CURL = `#!/usr/bin/env bash
printf 'curl %s\n' "$*" >> "$CALLS"
[ "$SERVED" != nothing ] || exit 22
while [ "$1" != -o ]; do shift; done
printf '%s' "$SERVED" > "$2"
`;

function run(args: string[] = [], served = BYTES, cwd?: string) {
  return apply(args, {
    cwd,
    extend: ({ cluster }) => cluster._fetch(Phase.INGRESS, manifest),
    programs: { curl: CURL.replaceAll('$SERVED', served) },
  });
}

const order = (calls: string[], ...texts: string[]) =>
  texts.map((text) => calls.findIndex((call) => call.includes(text)));

test('what is fetched is applied and served before the objects of its phase, and not before earlier ones', () => {
  const { status, calls } = run();
  expect(status).toBe(0);
  const at = order(
    calls,
    '-f 30-network-policy',
    `curl -fsSL --proto =http,https --connect-timeout 10 --max-time 300`,
    'kinds-1.2.3.yaml',
    'get crd/things.kinds.example',
    'get crd/stuff.kinds.example',
    '-f 50-ingress',
  );
  expect(at).not.toContain(-1);
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(calls.find((call) => call.startsWith('curl'))).toMatch(
    /-o \S+\/kinds-1\.2\.3\.yaml https:\/\/kinds\.example\/v1\.2\.3\/kinds\.yaml$/,
  );
  expect(applied(calls).find((call) => call.includes('kinds-1.2.3'))).toMatch(
    /^apply --server-side --force-conflicts --field-manager=cdk8s-groundwork -f /,
  );
});

test('other bytes than those that were pinned are not applied, nor is the phase', () => {
  const other = createHash('sha256').update('other').digest('hex');
  const { status, stderr, calls } = run([], 'other');
  expect(status).toBe(1);
  expect(stderr).toContain(
    `has sha256:${other}, pinned is sha256:${manifest.sha256}; nothing of it was applied\n`,
  );
  expect(calls.some((call) => /^apply.*(kinds|50-ingress)/.test(call))).toBe(false);
});

test('what cannot be fetched stops the script and says how to go on', () => {
  const { status, stderr, calls } = run([], 'nothing');
  expect(status).toBe(1);
  expect(stderr).toBe(
    'apply.sh: https://kinds.example/v1.2.3/kinds.yaml cannot be fetched; download it and pass its folder with --fetched\n',
  );
  expect(applied(calls).at(-1)).toContain('30-network-policy');
});

test('a folder takes the place of the internet, and its files are compared as well', () => {
  const folder = tempDir();
  const absent = run(['--fetched', folder]);
  expect(absent.status).toBe(1);
  expect(absent.stderr).toBe(
    `apply.sh: ${folder}/kinds-1.2.3.yaml is missing; download it from https://kinds.example/v1.2.3/kinds.yaml\n`,
  );
  writeFileSync(join(folder, manifest.file), BYTES);
  const { status, calls } = run(['--fetched', folder]);
  expect(status).toBe(0);
  expect(calls.some((call) => call.startsWith('curl'))).toBe(false);
  expect(applied(calls).map((call) => call.split(' ').at(-1))).toContain(
    `${folder}/kinds-1.2.3.yaml`,
  );
  expect(run(['--fetched', basename(folder)], BYTES, dirname(folder)).status).toBe(0);
  writeFileSync(join(folder, manifest.file), 'changed');
  expect(run(['--fetched', folder]).stderr).toContain('nothing of it was applied');
  expect(run(['--fetched']).stderr).toContain("no folder ''");
  const nowhere = run(['--fetched', `${folder}/nowhere`]);
  expect(nowhere.status).toBe(1);
  expect(nowhere.stderr).toContain(`no folder '${folder}/nowhere'`);
});

test('a phase that is left out fetches nothing', () => {
  const { status, calls } = apply(['--from', '50-ingress'], {
    extend: ({ cluster }) => cluster._fetch(Phase.CNI, manifest),
    programs: { curl: CURL },
  });
  expect(status).toBe(0);
  expect(calls.some((call) => call.startsWith('curl'))).toBe(false);
});

test('the report lists what is fetched, for those who apply otherwise', () => {
  const { outdir } = run();
  const list = readFileSync(join(outdir, 'report/fetched.txt'), 'utf8');
  expect(list).toContain(`\n${manifest.sha256}  kinds-1.2.3.yaml\n`);
  expect(list).toContain(
    '# kinds of somebody else, before phase 50-ingress: https://kinds.example/v1.2.3/kinds.yaml\n',
  );
});

test('two constructs that need the same file fetch it once; a mirror serves it', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const { cluster } = osloPlane(app, { downloadBaseUrl: 'http://mirror.example.no' });
  cluster._fetch(Phase.INGRESS, manifest);
  cluster._fetch(Phase.INGRESS, manifest, gatewayApiManifest);
  const files = app.files();
  expect(files['apply.sh'].match(/^ {2}fetched .*$/gm)).toEqual([
    `  fetched kinds-1.2.3.yaml sha256:${manifest.sha256} http://mirror.example.no/kinds.example/v1.2.3/kinds.yaml`,
    `  fetched ${gatewayApiManifest.file} sha256:${gatewayApiManifest.sha256} http://mirror.example.no/github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml`,
  ]);
});

test('without anything to fetch there is neither curl nor a list', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app);
  const files = app.files();
  expect(files['apply.sh']).not.toMatch(/curl|fetched/);
  expect(files['report/fetched.txt']).toBeUndefined();
});

test('a wait can be for something in a namespace', () => {
  const wait = { resource: 'crd/edge', condition: 'Ready', minutes: 1, namespace: 'gw' };
  const { calls } = apply([], {
    extend: ({ cluster }) => cluster._wait('after', Phase.INGRESS, wait),
  });
  expect(calls.find((call) => call.includes('crd/edge'))).toBe(
    "get crd/edge -n gw -o jsonpath={range .status.conditions[?(@.type=='Ready')]}{.status} {.observedGeneration}{end}",
  );
  const follows = apply([], {
    extend: ({ cluster }) =>
      cluster._wait('after', Phase.INGRESS, { ...wait, follows: 'crd/edge' }),
  });
  expect(follows.calls).toContain('get crd/edge -n gw -o jsonpath={.metadata.generation}');
});

test.each([gatewayApiManifest, gatewayFabricManifest])('the catalogue: $label', (row) => {
  expect(row.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(row.url).toMatch(/^https:\/\/[^/]+\/(kubernetes-sigs|nginx)\/.*v\d+\.\d+\.\d+\/.*\.yaml$/);
  expect(row.file).toMatch(/^[a-z0-9.-]+\.yaml$/);
  expect([...row.definitions].sort()).toEqual(row.definitions);
});
