import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustBe } from './failure';
import { parseManifest, type Manifest } from '../node/sealing/manifest';

/** Reads the manifest of an output folder. */
export function readManifest(outdir: string): Manifest {
  const file = join(outdir, 'nodes', 'secrets.manifest');
  if (!existsSync(file)) {
    throw mustBe(
      `output folder ${outdir}`,
      'one that holds nodes/secrets.manifest',
      'none',
      'render the cluster first, or name the folder it was rendered to',
    );
  }
  const manifest = parseManifest(readFileSync(file, 'utf8'));
  if (manifest === undefined) {
    throw mustBe(
      file,
      'as this release of cdk8s-groundwork writes it',
      'something else',
      'render the cluster again with the same release',
    );
  }
  return manifest;
}
