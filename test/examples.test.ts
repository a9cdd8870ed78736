import { cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findLeaks } from '../lib/testing';
import { exampleNames, examplesRoot, runExample } from './support/examples';
import { validateStrictly } from './support/strict-schema';
import { tempDir } from './support/temp-app';
import { readTree } from './support/tree';
import { describeWithUpstream } from './support/upstream';

describe.each(exampleNames)('example %s', (name) => {
  const expected = join(examplesRoot, name, 'expected');
  // The page says what report.md and explain.md say, in markup: one of them is looked at in a review.
  const isKept = (path: string) => !path.endsWith('report/index.html') || name === 'two-sites';

  test('writes its golden tree, byte for byte', () => {
    const outdir = tempDir();
    const written = runExample(name, outdir);
    if (process.env.UPDATE_GOLDEN === '1') {
      rmSync(expected, { recursive: true, force: true });
      cpSync(outdir, expected, {
        recursive: true,
        filter: (source) => isKept(relative(outdir, source)),
      });
    }
    const golden = readTree(expected);
    expect(Object.keys(written).filter(isKept)).toEqual(Object.keys(golden));
    for (const [path, content] of Object.entries(golden)) {
      // Compared one by one, so that a difference is shown for the file it is in.
      expect({ path, content: written[path] }).toEqual({ path, content });
    }
  });

  test('writes the same bytes a second time, into the same folder', () => {
    const outdir = tempDir();
    expect(runExample(name, outdir)).toEqual(runExample(name, outdir));
  });

  test('holds no secret', () => {
    const leaks = Object.entries(runExample(name, tempDir())).flatMap(([path, text]) =>
      findLeaks(path, text),
    );
    expect(leaks).toEqual([]);
  });

  test('has nothing below doctor/, nodes/ or report/ that kubectl or the cdk8s CLI would take for a manifest', () => {
    const taken = Object.keys(runExample(name, tempDir())).filter(
      (path) => /^(doctor|nodes|report)\//.test(path) && /\.(ya?ml|json)$/.test(path),
    );
    expect(taken).toEqual([]);
  });

  describeWithUpstream('strict validation', () => {
    test('every object is valid without unknown fields', () => {
      const manifests = Object.entries(runExample(name, tempDir())).filter(([path]) =>
        path.endsWith('.k8s.yaml'),
      );
      const objects = manifests.flatMap(([path, text]) =>
        parseAllDocuments(text).map((doc) => [path, doc.toJS()] as const),
      );
      expect(objects.length).toBeGreaterThan(0);
      const faults = objects.flatMap(([path, object]) =>
        validateStrictly(object).map(
          (fault) => `${path} ${object.kind}/${object.metadata.name}: ${fault}`,
        ),
      );
      expect(faults).toEqual([]);
    });
  });
});
