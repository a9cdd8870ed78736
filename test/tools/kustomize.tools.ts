import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Yaml } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import type { AppliedObject } from '../../lib/control-plane/apply-phase';
import { fluxFiles } from '../../lib/control-plane/gitops/flux';
import { tempDir } from '../support/temp-app';

// The kustomize in kubectl reads the folders that Flux applies. Flux must see the objects of before, and on
// some of them one annotation more.

const there = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
const real = there ? test : test.skip;
if (!there) {
  // Which kubectl it is does not matter, so none of a package is demanded.
  process.stderr.write('skipped, kubectl is not on the PATH: real kustomize\n');
}

const objects: AppliedObject[] = [
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'edges.example.org'],
  ['v1', 'Namespace', 'one'],
  ['v1', 'Namespace', 'two'],
  ['v1', 'PersistentVolume', 'disk'],
  ['storage.k8s.io/v1', 'StorageClass', 'local'],
].map(([apiVersion, kind, name]) => ({
  apiVersion: apiVersion!,
  kind: kind!,
  metadata: { name: name!, annotations: { 'example.org/own': 'stays' } },
}));

real('definitions, namespaces and volumes are not pruned, and else nothing changes', () => {
  const root = tempDir();
  const phase = { phase: '60-storage-policy', file: '60-storage-policy/all.k8s.yaml', waits: [] };
  const settings = { path: '.', namespace: 'flux-system' } as Parameters<typeof fluxFiles>[0];
  const files = {
    ...fluxFiles(settings, undefined, [{ ...phase, objects }], []),
    [phase.file]: objects.map((one) => Yaml.stringify(one)).join('---\n'),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', join(root, phase.phase)], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const built = parseAllDocuments(stdout).map((one) => one.toJS());
  const kept = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };
  const wanted = objects.map(({ apiVersion, kind, metadata }) => ({
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      annotations: { 'example.org/own': 'stays', ...(kind === 'StorageClass' ? {} : kept) },
    },
  }));
  const byName = (a: AppliedObject, b: AppliedObject) =>
    a.metadata.name < b.metadata.name ? -1 : 1;
  expect(built.sort(byName)).toEqual(wanted.sort(byName));
});
