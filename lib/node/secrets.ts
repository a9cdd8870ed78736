import type { Cluster, Machine } from '../cluster';
import { paths } from './paths';

/** Who needs a secret. */
type Audience = 'all' | 'control-planes' | 'first';

interface SecretRow {
  /** Path below the machine's secrets directory. */
  readonly path: string;
  readonly audience: Audience;
  /** What the content must look like. */
  readonly format: string;
  /** Whether this cluster needs it; a row without is always needed. */
  readonly when?: (cluster: Cluster) => boolean;
}

const FIRST_ONLY: ReadonlyArray<[string, string]> = [
  ['pki/ca.key', 'PEM private key'],
  ['pki/etcd/ca.crt', 'PEM certificate'],
  ['pki/etcd/ca.key', 'PEM private key'],
  ['pki/front-proxy-ca.crt', 'PEM certificate'],
  ['pki/front-proxy-ca.key', 'PEM private key'],
  ['pki/sa.key', 'PEM private key'],
  ['pki/sa.pub', 'PEM public key'],
];

/**
 * What is delivered outside of synth. Private keys of authorities go to the first control plane only;
 * the others fetch theirs from it, encrypted with the certificate key.
 */
const secretRows: readonly SecretRow[] = [
  { path: 'bootstrap-token', audience: 'all', format: '[a-z0-9]{6}[.][a-z0-9]{16}' },
  { path: 'pki/ca.crt', audience: 'all', format: 'PEM certificate' },
  { path: 'certificate-key', audience: 'control-planes', format: '[0-9a-f]{64}' },
  {
    path: 'encryption-key',
    audience: 'control-planes',
    format: '[A-Za-z0-9+/]{43}=',
    when: (cluster) => cluster._summary('nodes')?.controlPlane.encryptsAtRest ?? false,
  },
  ...FIRST_ONLY.map(([path, format]): SecretRow => ({ path, audience: 'first', format })),
];

/** Paths, below the secrets directory, of what one machine needs before it joins. */
export function secretsOf(cluster: Cluster, machine: Machine): string[] {
  return pathsOf(cluster, machine, (row) => row.audience !== 'first');
}

/** Paths of what it needs besides when it founds the cluster. */
export function foundingSecretsOf(cluster: Cluster, machine: Machine): string[] {
  return pathsOf(cluster, machine, (row) => row.audience === 'first');
}

function pathsOf(
  cluster: Cluster,
  machine: Machine,
  wanted: (row: SecretRow) => boolean,
): string[] {
  return rowsOf(cluster)
    .filter((row) => wanted(row) && machinesOf(cluster, row.audience).includes(machine))
    .map((row) => row.path);
}

/** The table of all secrets, for whoever delivers them; a row per secret, columns apart by two spaces. */
export function secretsManifest(cluster: Cluster): string {
  const rows = rowsOf(cluster).map((row) => [
    row.path,
    '0600',
    row.audience === 'all'
      ? '*'
      : machinesOf(cluster, row.audience)
          .map((m) => m.name)
          .join(','),
    row.format,
  ]);
  const table = [['path', 'mode', 'machines', 'format'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return [
    `# What each machine must hold below ${paths.secrets}/ before it boots: owner root, directories 0700.`,
    '# An asterisk means every machine of the cluster.',
    ...table.map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    '',
  ].join('\n');
}

function rowsOf(cluster: Cluster): SecretRow[] {
  return secretRows.filter(({ when }) => when === undefined || when(cluster));
}

function machinesOf(cluster: Cluster, audience: Audience): Machine[] {
  switch (audience) {
    case 'all':
      return cluster.machines;
    case 'control-planes':
      return cluster.controlPlanes;
    case 'first':
      return cluster.controlPlanes.slice(0, 1);
  }
}
