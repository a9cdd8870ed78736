import { clientUrls, type Cluster, type Machine } from '../cluster';
import { paths } from './paths';

/** Who needs a secret. */
type Audience = 'all' | 'control-planes' | 'first';

/** One secret that machines need. */
export interface SecretRow {
  /** Path below the machine's secrets directory. */
  readonly path: string;
  readonly audience: Audience;
  /** What the content must look like: `PEM …`, or a pattern of character classes with counts. */
  readonly format: string;
  /** Whether this cluster needs it; a row without is always needed. */
  readonly when?: (cluster: Cluster) => boolean;
}

/** How the manifest is read besides its rows. */
export interface SealFacts {
  /** Largest user-data in bytes, if there is a limit. */
  readonly limit?: number;
  /** Whether long-lived keys stay out of user-data. */
  readonly keysBySsh: boolean;
}

/** What secrets that are no PEM look like. */
export const valueFormats = {
  'bootstrap-token': '[a-z0-9]{6}[.][a-z0-9]{16}',
  'certificate-key': '[0-9a-f]{64}',
  'encryption-key': '[A-Za-z0-9+/]{43}=',
} as const;

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
  { path: 'bootstrap-token', audience: 'all', format: valueFormats['bootstrap-token'] },
  { path: 'pki/ca.crt', audience: 'all', format: 'PEM certificate' },
  {
    path: 'certificate-key',
    audience: 'control-planes',
    format: valueFormats['certificate-key'],
  },
  {
    path: 'encryption-key',
    audience: 'control-planes',
    format: valueFormats['encryption-key'],
    when: (cluster) => cluster._summary('nodes')?.controlPlane.encryptsAtRest ?? false,
  },
  ...FIRST_ONLY.map(([path, format]): SecretRow => ({ path, audience: 'first', format })),
];

/** Paths of everything that any cluster needs. */
export const secretPaths: readonly string[] = secretRows.map(({ path }) => path);

/**
 * Whether it opens the cluster to whoever reads it later. Token and certificate key do not: what they
 * open is gone after a day and after two hours.
 */
function isLongLivedKey({ path, format }: SecretRow): boolean {
  return format === 'PEM private key' || path === 'encryption-key';
}

/** Paths, below the secrets directory, of what one machine needs before it joins. */
export function secretsOf(cluster: Cluster, machine: Machine): string[] {
  return rowsFor(cluster, machine)
    .filter((row) => row.audience !== 'first')
    .map((row) => row.path);
}

/** Paths of what it needs besides when it founds the cluster. */
export function foundingSecretsOf(cluster: Cluster, machine: Machine): string[] {
  return rowsFor(cluster, machine)
    .filter((row) => row.audience === 'first')
    .map((row) => row.path);
}

/** What is put into the user-data of one machine when it is sealed. */
export function userDataSecretsOf(
  cluster: Cluster,
  machine: Machine,
  facts: SealFacts,
): SecretRow[] {
  return rowsFor(cluster, machine).filter((row) => !(facts.keysBySsh && isLongLivedKey(row)));
}

/** Names of the machines that get a long-lived key. */
export function keyHolders(cluster: Cluster): string[] {
  const rows = rowsOf(cluster).filter(isLongLivedKey);
  return cluster.machines
    .filter((machine) => rows.some((row) => machinesOf(cluster, row.audience).includes(machine)))
    .map((machine) => machine.name);
}

function rowsOf(cluster: Cluster): SecretRow[] {
  return secretRows.filter(({ when }) => when?.(cluster) ?? true);
}

function rowsFor(cluster: Cluster, machine: Machine): SecretRow[] {
  return rowsOf(cluster).filter((row) => machinesOf(cluster, row.audience).includes(machine));
}

/**
 * What `seal` reads, and whoever delivers by hand: facts, a row per machine, a row per secret, columns
 * apart by two spaces.
 */
export function secretsManifest(cluster: Cluster, facts: SealFacts): string {
  const settings = [
    ['cluster', cluster.clusterName],
    // Where admin.conf of a person's own machine points.
    ['endpoint', clientUrls(cluster)[0]!],
    ['user-data-limit', facts.limit === undefined ? 'none' : String(facts.limit)],
  ];
  const machines = cluster.machines.map((m) => [m.name, m.address]);
  const secrets = rowsOf(cluster).map((row) => [
    row.path,
    '0600',
    row.audience === 'all'
      ? '*'
      : machinesOf(cluster, row.audience)
          .map((m) => m.name)
          .join(','),
    deliveryOf(row, facts),
    row.format,
  ]);
  return [
    `# What each machine must hold below ${paths.secrets}/ before it boots: owner root, directories 0700.`,
    '# "cdk8s-groundwork seal" reads this file and writes user-data that brings it all.',
    ...table(settings),
    '',
    ...table([['machine', 'address'], ...machines]),
    '',
    '# An asterisk means every machine. What says ssh stays out of user-data with --keys-by-ssh, or always.',
    ...table([['path', 'mode', 'machines', 'delivery', 'format'], ...secrets]),
    '',
  ].join('\n');
}

function deliveryOf(row: SecretRow, { keysBySsh }: SealFacts): string {
  if (!isLongLivedKey(row)) {
    return 'user-data';
  }
  return keysBySsh ? 'ssh' : 'user-data|ssh';
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
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
