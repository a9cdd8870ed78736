import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './markdown';
import { readTree } from '../../lib/testing/tree';

export const examplesRoot = join(projectRoot, 'examples');

const folders = readdirSync(examplesRoot)
  .filter((name) => statSync(join(examplesRoot, name)).isDirectory())
  .sort();
const isPulumi = (name: string) => existsSync(join(examplesRoot, name, 'Pulumi.yaml'));

/** The folders of the examples that write files. */
export const exampleNames = folders.filter((name) => !isPulumi(name));

/** The folders of those that are run by Pulumi and write none. */
export const pulumiExampleNames = folders.filter(isPulumi);

/** Runs an example as its user would, into the given folder, and returns what it wrote. */
export function runExample(name: string, outdir: string): Record<string, string> {
  const before = process.env.CDK8S_OUTDIR;
  const quiet = [
    jest.spyOn(console, 'log').mockImplementation(),
    jest.spyOn(process.stderr, 'write').mockReturnValue(true),
  ];
  process.env.CDK8S_OUTDIR = outdir;
  try {
    jest.isolateModules(() => jest.requireActual(join(examplesRoot, name, 'main.ts')));
  } finally {
    quiet.forEach((spy) => spy.mockRestore());
    process.env.CDK8S_OUTDIR = before;
    if (before === undefined) {
      delete process.env.CDK8S_OUTDIR;
    }
  }
  return readTree(outdir);
}
