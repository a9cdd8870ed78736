import { createHash } from 'node:crypto';
import { Failure, mustBe } from './failure';
import { adminConf } from './kubeconfig';
import type { Secrets } from './secrets-file';
import type { Manifest, ManifestRow } from './secrets-manifest';
import { fitted, unpack } from '../node/user-data/form';
import { secretEntries, withSecrets, type SecretFile } from '../node/user-data/secret-entries';

/** What synth wrote for one machine. */
export interface MachineSource {
  readonly userData: string;
  readonly metaData: string;
  readonly networkConfig?: string;
}

/** What is sealed, and how. */
export interface SealInput {
  readonly manifest: Manifest;
  readonly machines: ReadonlyMap<string, MachineSource>;
  readonly secrets: Secrets;
  /** Leaves long-lived keys out of user-data even where the manifest does not demand it. */
  readonly keysBySsh: boolean;
}

/** One machine after it was sealed. */
export interface SealedMachine {
  readonly name: string;
  readonly bytes: number;
  readonly compressed: boolean;
  readonly inUserData: readonly string[];
  readonly bySsh: readonly string[];
}

/** Everything that seal writes, and what it says. */
export interface SealResult {
  /** Path below the target folder → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly machines: readonly SealedMachine[];
}

/** Puts the secrets into the user-data of every machine. Nothing random: the same input, the same bytes. */
export function seal(input: SealInput): SealResult {
  refuseUnfit(input);
  const files: Record<string, string> = {};
  const machines: SealedMachine[] = [];
  for (const [name, source] of input.machines) {
    const rows = input.manifest.rows.filter((row) => row.machines.includes(name));
    const apart = rows.filter((row) => goesBySsh(row, input.keysBySsh));
    const inside = rows.filter((row) => !apart.includes(row));
    const plain = sealedText(name, source, secretFiles(inside.map(pathOf), input.secrets));
    const userData = fitted(plain, input.manifest.limit);
    files[`${name}/user-data`] = userData;
    files[`${name}/meta-data`] = renamedInstance(name, source.metaData, plain);
    if (source.networkConfig !== undefined) {
      files[`${name}/network-config`] = source.networkConfig;
    }
    // All of them: for machines without cloud-init, and for a control plane that is to know a new token.
    for (const { path, content } of secretFiles(rows.map(pathOf), input.secrets)) {
      files[`${name}/secrets/${path}`] = content;
    }
    machines.push({
      name,
      bytes: Buffer.byteLength(userData),
      compressed: userData !== plain,
      inUserData: inside.map(pathOf),
      bySsh: apart.map(pathOf),
    });
  }
  refuseOversized(input, machines);
  files['admin.conf'] = adminConf(input.manifest, input.secrets);
  return { files, machines };
}

function goesBySsh(row: ManifestRow, keysBySsh: boolean): boolean {
  return row.delivery === 'ssh' || (keysBySsh && row.delivery.split('|').includes('ssh'));
}

function pathOf({ path }: ManifestRow): string {
  return path;
}

function secretFiles(paths: readonly string[], { files }: Secrets): SecretFile[] {
  return paths.map((path) => {
    const content = files[path]!;
    return { path, content: content.endsWith('\n') ? content : `${content}\n` };
  });
}

function sealedText(name: string, source: MachineSource, secrets: readonly SecretFile[]): string {
  const plain = unpack(source.userData);
  const sealed = plain === undefined ? undefined : withSecrets(plain, secrets);
  if (sealed === undefined) {
    throw mustBe(
      `nodes/${name}/user-data`,
      'as synth wrote it',
      'something else',
      'render the cluster again',
    );
  }
  return sealed;
}

/**
 * Another instance-id than the unsealed user-data had, and another one for other content: cloud-init
 * writes files once for an id, so a machine that was booted too early would never see its secrets.
 */
function renamedInstance(name: string, metaData: string, plain: string): string {
  const line = /^instance-id: ("?)([^"\n]+)\1$/m;
  if (!line.test(metaData)) {
    throw mustBe(
      `nodes/${name}/meta-data`,
      'as synth wrote it',
      'something else',
      'render the cluster again',
    );
  }
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  return metaData.replace(line, (_, quote, id) => `instance-id: ${quote}${id}-${hash}${quote}`);
}

/** What the manifest asks for and the secrets file does not have. */
function refuseUnfit({ manifest, secrets }: SealInput): void {
  const problems = manifest.rows.flatMap(({ path, format }) => {
    const content = secrets.files[path];
    if (content === undefined) {
      return [
        `secret ${path} must be in the secrets file, got nothing; secrets renew adds what a newer release knows, anything else goes below "files" by hand`,
      ];
    }
    // PEM was looked at whole before.
    return format.startsWith('PEM ') || new RegExp(`^(?:${format})$`).test(content.trim())
      ? []
      : [`secret ${path} must match ${format}, got another form; correct it in the secrets file`];
  });
  if (problems.length > 0) {
    throw new Failure(problems.join('\n'));
  }
}

function refuseOversized(input: SealInput, machines: readonly SealedMachine[]): void {
  const { limit } = input.manifest;
  const excess = machines.filter(({ bytes }) => limit !== undefined && bytes > limit);
  if (excess.length === 0) {
    return;
  }
  const remedy = input.keysBySsh
    ? 'raise userDataLimit where the platform allows'
    : 'leave keys out with --keys-by-ssh, or raise userDataLimit where the platform allows';
  const rows = excess.flatMap((machine) => [
    `\n  ${String(machine.bytes).padStart(7)}  ${machine.name}, ${machine.compressed ? 'compressed' : 'plain'}, of which secrets before compression:`,
    ...machine.inUserData.map((path) => {
      const entry = secretEntries(secretFiles([path], input.secrets));
      return `\n  ${String(Buffer.byteLength(entry)).padStart(7)}    ${path}`;
    }),
  ]);
  throw mustBe(
    'sealed user-data',
    `at most ${limit} bytes`,
    `more for ${excess.map(({ name }) => name).join(', ')}`,
    `${remedy}; bytes:${rows.join('')}`,
  );
}
