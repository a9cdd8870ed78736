import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Phase } from '../../../lib';
import type { FetchedManifest } from '../../../lib/cluster';
import { planOf } from '../../../lib/pulumi/adapter/plan';
import { osloCluster } from '../../support/oslo';
import { tempDir } from '../../support/temp-app';
import { add, after, NO_OPTIONS } from './planned';

const TEXT = `# kinds of somebody else
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.kinds.example
spec:
  group: kinds.example
  names: { kind: Thing, plural: things }
  scope: Namespaced
---
apiVersion: v1
kind: Namespace
metadata:
  name: things
`;

const manifest: FetchedManifest = {
  label: 'kinds of somebody else',
  file: 'kinds-1.2.3.yaml',
  url: 'https://kinds.example/v1.2.3/kinds.yaml',
  sha256: createHash('sha256').update(TEXT).digest('hex'),
  definitions: ['things.kinds.example'],
};

function app(phase: Phase = Phase.INGRESS, mirror?: string): App {
  const made = new App();
  const chart = new Chart(made, 'chart');
  osloCluster(chart, { downloadBaseUrl: mirror })._fetch(Phase.INGRESS, manifest);
  add(chart, { is: 'Thing things/one', api: 'kinds.example/v1', phase });
  return made;
}

const get = `download ${manifest.url} as kinds-1.2.3.yaml (sha256 ${manifest.sha256})`;

test('what others publish is registered from the folder, like all other objects', () => {
  const fetched = tempDir();
  writeFileSync(join(fetched, manifest.file), TEXT);
  const plan = planOf('net', app(), { ...NO_OPTIONS, fetched });
  const definition = 'apiextensions.k8s.io/CustomResourceDefinition:things.kinds.example';
  expect(plan.objects.map(({ key, phase, origin }) => [key, phase, origin])).toEqual([
    ['Namespace:things', Phase.INGRESS, 'kinds-1.2.3.yaml'],
    [definition, Phase.INGRESS, 'kinds-1.2.3.yaml'],
    ['kinds.example/Thing:things/one', Phase.INGRESS, 'chart/Thing-things-one'],
  ]);
  expect(after(plan, 'kinds.example/Thing:things/one')).toEqual({
    'Namespace:things': 'its namespace',
    [definition]: 'its kind is defined there',
  });
  expect(plan.objects[1]!.inputs.metadata.annotations['pulumi.com/waitFor']).toBe(
    'condition=Established',
  );
});

test('without a folder, without the file, and with another file, the error says what to download', () => {
  const folder = tempDir();
  const planIn = (fetched?: string, mirror?: string) => () =>
    planOf('net', app(Phase.INGRESS, mirror), { ...NO_OPTIONS, fetched });
  expect(planIn()).toThrow(
    new Error(
      `[net] fetched must be the folder with kinds-1.2.3.yaml (kinds of somebody else), which this package does not carry, got nothing; ${get}`,
    ),
  );
  expect(planIn(folder)).toThrow(
    new Error(
      `[net] fetched ${folder} must be a folder with kinds-1.2.3.yaml (kinds of somebody else), got none; ${get}`,
    ),
  );
  writeFileSync(join(folder, manifest.file), `${TEXT}\n`);
  const sum = createHash('sha256').update(`${TEXT}\n`).digest('hex');
  expect(planIn(folder)).toThrow(
    new Error(
      `[net] sha256 of ${join(folder, manifest.file)} must be ${manifest.sha256}, got ${sum}; ${get}`,
    ),
  );
  expect(planIn(undefined, 'https://mirror.example')).toThrow('download https://mirror.example/');
});

test('a phase without objects needs nothing', () => {
  expect(() => planOf('net', app(Phase.STORAGE_POLICY), NO_OPTIONS)).not.toThrow();
});
