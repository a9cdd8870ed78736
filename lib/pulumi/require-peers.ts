import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of our package.json that say which packages a user of this room brings along. */
export interface PeerTable {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What each subpath needs of the optional peers. */
const NEEDS = {
  pulumi: (peer: string) => peer !== '@pulumi/policy',
  'pulumi/policies': (peer: string) => peer === '@pulumi/policy',
};

/**
 * Throws one error that names every package which is missing and the command that installs them.
 *
 * @param subpath what was imported
 * @param table our package.json
 * @param isInstalled whether a package can be loaded from here
 */
export function requirePeers(
  subpath: keyof typeof NEEDS,
  table: PeerTable = packageJson(),
  isInstalled: (name: string) => boolean = canResolve,
): void {
  const missing = Object.keys(table.peerDependenciesMeta).filter(
    (name) => NEEDS[subpath](name) && !isInstalled(name),
  );
  if (missing.length > 0) {
    const packages = missing.map((name) => `"${name}@${table.peerDependencies[name]}"`).join(' ');
    throw new Error(
      `[cdk8s-groundwork/${subpath}] needs ${missing.join(', ')}, which cannot be found; ` +
        `run: npm install ${packages}`,
    );
  }
}

function packageJson(): PeerTable {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as PeerTable;
}

function canResolve(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
