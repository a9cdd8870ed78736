import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { parseAllDocuments } from 'yaml';
import type { KubeManifest } from './identity';
import type { StackObject } from './stack-object';
import {
  Phase,
  throwProblems,
  type Cluster,
  type FetchedManifest,
  type Problem,
} from '../../cluster';
import { fetchedOf } from '../../control-plane/render';

/** An object before it is known who it is. */
export type Found = Pick<StackObject, 'manifest' | 'phase' | 'origin' | 'chart'>;

/**
 * The objects of manifests that somebody else publishes and a phase needs, from files on disk. Nothing
 * is downloaded here: a program must do the same every time it runs. A file that is missing, or is not
 * the one that was pinned, throws.
 *
 * @param where what errors begin with
 * @param phases those that have objects
 * @param folder where the files lie
 */
export function fetchedObjects(
  where: string,
  cluster: Cluster | undefined,
  phases: ReadonlySet<Phase | undefined>,
  folder: string | undefined,
): Found[] {
  const problems: Problem[] = [];
  const found: Found[] = [];
  for (const phase of Object.values(Phase).filter((one) => phases.has(one))) {
    for (const manifest of cluster === undefined ? [] : fetchedOf(cluster, phase)) {
      const text = fileText(manifest, folder);
      if (typeof text !== 'string') {
        problems.push(text);
      } else {
        const { file } = manifest;
        found.push(
          ...documents(text).map((one) => ({ manifest: one, phase, origin: file, chart: file })),
        );
      }
    }
  }
  throwProblems(where, problems);
  return found;
}

function fileText(manifest: FetchedManifest, folder: string | undefined): string | Problem {
  const { label, file, url, sha256 } = manifest;
  const remedy = `download ${url} as ${file} (sha256 ${sha256})`;
  if (folder === undefined) {
    return {
      prop: 'fetched',
      allowed: `the folder with ${file} (${label}), which this package does not carry`,
      got: undefined,
      remedy,
    };
  }
  const full = path.join(folder, file);
  if (!fs.existsSync(full)) {
    return {
      prop: `fetched ${folder}`,
      allowed: `a folder with ${file} (${label})`,
      got: 'none',
      remedy,
    };
  }
  const text = fs.readFileSync(full);
  const sum = createHash('sha256').update(text).digest('hex');
  return sum === sha256
    ? text.toString('utf8')
    : { prop: `sha256 of ${full}`, allowed: sha256, got: sum, remedy };
}

function documents(text: string): KubeManifest[] {
  return parseAllDocuments(text)
    .map((document) => (document as { toJS(): unknown }).toJS())
    .filter((one): one is KubeManifest => typeof one === 'object' && one !== null);
}
