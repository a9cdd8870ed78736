import { join } from 'node:path';
import { expectGoldenTree, leaksIn, ObjectSet } from '../lib/testing';
import { exampleNames, examplesRoot, runExample } from './support/examples';
import { validateStrictly } from './support/strict-schema';
import { tempDir } from './support/temp-app';
import { describeWithUpstream } from './support/upstream';

describe.each(exampleNames)('example %s', (name) => {
  const expected = join(examplesRoot, name, 'expected');
  // The page says what report.md and explain.md say, in markup: one of them is looked at in a review.
  const isKept = (path: string) => !path.endsWith('report/index.html') || name === 'two-sites';

  test('writes its golden tree, byte for byte', () => {
    expectGoldenTree(runExample(name, tempDir()), expected, { only: isKept });
  });

  test('writes the same bytes a second time, into the same folder', () => {
    const outdir = tempDir();
    expect(runExample(name, outdir)).toEqual(runExample(name, outdir));
  });

  test('holds no secret', () => {
    expect(leaksIn(runExample(name, tempDir()))).toEqual([]);
  });

  test('has nothing below doctor/, nodes/ or report/ that kubectl or the cdk8s CLI would take for a manifest', () => {
    const taken = Object.keys(runExample(name, tempDir())).filter(
      (path) => /^(doctor|nodes|report)\//.test(path) && /\.(ya?ml|json)$/.test(path),
    );
    expect(taken).toEqual([]);
  });

  describeWithUpstream('strict validation', () => {
    test('every object is valid without unknown fields', () => {
      const written = ObjectSet.fromTree(runExample(name, tempDir()));
      expect(written.all).not.toHaveLength(0);
      // Those of kustomize and Flux are no objects of the cluster; test/control-plane looks at them.
      const objects = written.all.filter(({ apiVersion }) => !apiVersion.startsWith('kustomize.'));
      expect(objects.flatMap((object) => validateStrictly(object))).toEqual([]);
    });
  });
});
