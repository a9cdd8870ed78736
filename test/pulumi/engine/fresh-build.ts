import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/markdown';

/**
 * A runner is a process of its own and loads the package as its users do: compiled. `npm test` compiles
 * first; for everyone else there is this.
 */
export function requireFreshBuild(): void {
  const newest = (folder: string, ending: string) =>
    Math.max(
      0,
      ...readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(ending))
        .map((file) => statSync(join(projectRoot, folder, file)).mtimeMs),
    );
  if (newest('build', '.js') < newest('lib', '.ts')) {
    throw new Error('build/ is older than lib/: run `npx projen compile`, as `npm test` does');
  }
}
