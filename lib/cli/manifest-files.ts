import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, mustBe } from './failure';
import { yaml } from './yaml';

const KINDS = /\.(ya?ml|json)$/i;

/** Every object in these files and in the YAML and JSON files below these folders. */
export function readManifests(paths: readonly string[]): unknown[] {
  const { parseAllDocuments } = yaml();
  const files = paths.flatMap(filesOf);
  return files.flatMap((file) => {
    const documents = [...parseAllDocuments(readFileSync(file, 'utf8'))];
    try {
      return documents.map((document) => {
        if (document.errors.length > 0) {
          throw document.errors[0];
        }
        return document.toJS() as unknown;
      });
    } catch (error) {
      const [sentence] = (error as Error).message.split('\n');
      throw new Failure(`${file} must be YAML or JSON: ${sentence.replace(/:$/, '')}`);
    }
  });
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => KINDS.test(file) && statSync(join(path, file)).isFile())
    .sort();
  if (files.length === 0) {
    throw mustBe(path, 'a folder with .yaml, .yml or .json files', 'none', 'name the right folder');
  }
  return files.map((file) => join(path, file));
}
