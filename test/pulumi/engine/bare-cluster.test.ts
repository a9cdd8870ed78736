import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PREVIEWED, UPDATED, writeProject } from './bare';
import { requireFreshBuild } from './fresh-build';
import { unknownUrns, waitsFor } from './graph';
import type { Run } from './stub-engine';
import { plain, type Registration } from './wire';
import { CONFIG, exampleEngine, objectsByStack } from './world';
import { exampleNames, pulumiExampleNames } from '../../support/examples';
import { tempDir } from '../../support/temp-app';
import { undefinedKinds } from '../programs/definitions';

// What test/tools/pulumi.tools.ts gives to a real engine, where there is one.

jest.setTimeout(1_800_000);

let update: Run;
let preview: Run;

beforeAll(async () => {
  requireFreshBuild();
  const folder = tempDir();
  writeProject(folder);
  const { main } = parse(readFileSync(join(folder, 'Pulumi.yaml'), 'utf8'));
  const run = (names: readonly string[], dryRun: boolean) =>
    exampleEngine().run(main, {
      ...CONFIG,
      dryRun,
      config: { ...CONFIG.config, examples: names.join(',') },
    });
  [update, preview] = await Promise.all([
    run(UPDATED, false),
    run([...UPDATED, ...Object.keys(PREVIEWED)], true),
  ]);
});

const objectsOf = ({ registrations }: Run) =>
  registrations.filter(({ type }) => type.startsWith('kubernetes:'));
const manifests = (objects: readonly Registration[]) => objects.map(({ inputs }) => plain(inputs));

test('every example takes part, and those that make machines are previewed', () => {
  for (const { exitCode, logs, registrations } of [update, preview]) {
    const errors = logs.filter(({ severity }) => severity === 'error');
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] });
    expect(unknownUrns(registrations)).toEqual([]);
  }
  const all = [...UPDATED, ...Object.keys(PREVIEWED)].sort();
  expect(all).toEqual([...exampleNames, ...pulumiExampleNames].sort());
  expect(objectsByStack(update.registrations).map(({ name }) => name)).toEqual(
    expect.arrayContaining([...exampleNames, 'tromso', 'labels']),
  );
  expect(objectsByStack(preview.registrations).map(({ name }) => name)).toEqual(
    expect.arrayContaining([...exampleNames, 'tromso', 'bergen', 'helsinki', 'oslo']),
  );
});

test('nothing is waited for that only a controller would make come true', () => {
  const waiting = manifests(objectsOf(update)).filter(({ kind, metadata: { annotations } }) =>
    kind === 'CustomResourceDefinition'
      ? annotations['pulumi.com/skipAwait'] !== undefined
      : annotations['pulumi.com/skipAwait'] !== 'true' ||
        annotations['pulumi.com/waitFor'] !== undefined,
  );
  expect(waiting).toEqual([]);
  expect(objectsOf(update).length).toBeGreaterThan(250);
});

test('kinds and namespaces that an example does not bring along are there before it', () => {
  const waits = waitsFor(update.registrations);
  const stacks = new Map(
    objectsByStack(update.registrations).map((stack) => [stack.name, stack.objects]),
  );
  const component = (name: string) =>
    update.registrations.find(
      ({ name: own, type }) => own === name && type === 'cdk8s-groundwork:index:Cdk8sStack',
    )!;
  let stoodIn = 0;
  for (const name of exampleNames) {
    const needs = stacks.get(`${name}-needs`)!;
    const objects = [...manifests(needs), ...manifests(stacks.get(name)!)];
    expect([name, undefinedKinds(objects)]).toEqual([name, []]);
    const namespaces = objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name);
    const elsewhere = objects
      .map(({ metadata }) => metadata.namespace ?? 'kube-system')
      .filter((place) => ![...namespaces, 'default', 'kube-system'].includes(place));
    expect([name, elsewhere]).toEqual([name, []]);
    // Children wait for their component, which waits for what it depends on.
    const before = waits.get(component(name).urn)!;
    expect(needs.filter(({ urn }) => !before.has(urn))).toEqual([]);
    stoodIn += needs.length;
  }
  expect(stoodIn).toBeGreaterThan(10);
});
