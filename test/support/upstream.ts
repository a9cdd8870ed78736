import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ObjectSet } from '../../lib/testing/objects';

const root = resolve(__dirname, '../..');

/** The folder with upstream's own data files, if it is here. */
export function upstreamDir(): string | undefined {
  const dir = process.env.GROUNDWORK_UPSTREAM ?? resolve(root, '../shared/upstream');
  return existsSync(dir) ? resolve(dir) : undefined;
}

/** The path of one of these files. */
export function upstreamFile(...path: string[]): string {
  const dir = upstreamDir();
  if (!dir) {
    throw new Error(`upstream data not found; ${REMEDY}`);
  }
  return join(dir, ...path);
}

/** The objects of one of upstream's manifests. */
export function upstreamManifest(file: string): ObjectSet {
  return ObjectSet.fromYaml(readFileSync(upstreamFile('manifests', file), 'utf8'));
}

const REMEDY = 'set GROUNDWORK_UPSTREAM to the folder that holds openapi/, crds/ and manifests/';

/**
 * A group of tests that compares with upstream's data. Where the data is absent it says so and
 * shows as skipped; with GROUNDWORK_REQUIRE_UPSTREAM=1 its absence is a failure.
 */
export function describeWithUpstream(name: string, tests: () => void): void {
  if (upstreamDir()) {
    describe(name, tests);
    return;
  }
  if (process.env.GROUNDWORK_REQUIRE_UPSTREAM === '1') {
    test(name, () => {
      throw new Error(`upstream data is required here and was not found; ${REMEDY}`);
    });
    return;
  }
  process.stderr.write(`skipped, no upstream data: ${name}\n`);
  test.skip(name, () => undefined);
}
