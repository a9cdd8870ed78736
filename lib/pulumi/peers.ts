import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Imported before everything else of this room: Pulumi's packages are optional peers, and the first
// of them that is missing would end the program with its name and no more.

/** The parts of our package.json that say which packages a user of this room brings along. */
export interface PeerTable {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Throws one error that names every package which is missing and the command that installs them.
 * @param table our package.json
 * @param isInstalled whether a package can be loaded from here
 */
export function requirePeers(table: PeerTable, isInstalled: (name: string) => boolean): void {
  const missing = Object.keys(table.peerDependenciesMeta).filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    const packages = missing.map((name) => `"${name}@${table.peerDependencies[name]}"`).join(' ');
    throw new Error(
      `[cdk8s-groundwork/pulumi] needs ${missing.join(', ')}, which cannot be found; ` +
        `run: npm install ${packages}`,
    );
  }
}

function canResolve(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

requirePeers(
  JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as PeerTable,
  canResolve,
);
