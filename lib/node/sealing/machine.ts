import { createHash } from 'node:crypto';
import { mustBe } from './failure';
import type { Manifest, ManifestRow } from './manifest';
import type { SecretTexts } from './secrets';
import { fitted, unpack } from '../user-data/form';
import { secretEntries, withSecrets, type SecretFile } from '../user-data/secret-entries';

/** What synth wrote for one machine. */
export interface MachineSource {
  readonly userData: string;
  readonly metaData: string;
  readonly networkConfig?: string;
}

/** One machine after it was sealed. */
export interface SealedMachine extends MachineSource {
  readonly name: string;
  /** All its secrets: for machines without cloud-init, and for a control plane that is to know a new token. */
  readonly files: readonly SecretFile[];
  readonly bytes: number;
  readonly compressed: boolean;
  /** Paths of the secrets that are in its user-data. */
  readonly inUserData: readonly string[];
  /** Paths of those that it waits for after it has booted. */
  readonly bySsh: readonly string[];
}

/** The secrets of one machine: all of them, and those that its user-data does without. */
export function secretsFor({ rows }: Manifest, name: string, keysBySsh: boolean) {
  const own = rows.filter((row) => row.machines.includes(name));
  const apart = own.filter((row) => goesBySsh(row, keysBySsh));
  return {
    all: own.map(pathOf),
    inUserData: own.filter((row) => !apart.includes(row)).map(pathOf),
    bySsh: apart.map(pathOf),
  };
}

/**
 * Puts its secrets into what one machine boots with. Nothing random: the same input, the same bytes.
 *
 * @param keysBySsh leaves long-lived keys out of user-data even where the manifest does not demand it
 */
export function sealMachine(
  manifest: Manifest,
  name: string,
  source: MachineSource,
  secrets: SecretTexts,
  keysBySsh: boolean,
): SealedMachine {
  const { all, inUserData, bySsh } = secretsFor(manifest, name, keysBySsh);
  const plain = sealedText(name, source, secretFiles(inUserData, secrets));
  const userData = fitted(plain, manifest.limit);
  return {
    ...source,
    name,
    userData,
    metaData: renamedInstance(name, source.metaData, plain),
    files: secretFiles(all, secrets),
    bytes: Buffer.byteLength(userData),
    compressed: userData !== plain,
    inUserData,
    bySsh,
  };
}

/** Stops when even the compressed form is more than the platform takes. */
export function refuseOversized(
  limit: number | undefined,
  machines: readonly SealedMachine[],
  remedy: string,
): void {
  const excess = machines.filter(({ bytes }) => limit !== undefined && bytes > limit);
  if (excess.length === 0) {
    return;
  }
  const rows = excess.flatMap((machine) => [
    `\n  ${String(machine.bytes).padStart(7)}  ${machine.name}, ${machine.compressed ? 'compressed' : 'plain'}, of which secrets before compression:`,
    ...machine.files
      .filter(({ path }) => machine.inUserData.includes(path))
      .map((file) => {
        const bytes = Buffer.byteLength(secretEntries([file]));
        return `\n  ${String(bytes).padStart(7)}    ${file.path}`;
      }),
  ]);
  throw mustBe(
    'sealed user-data',
    `at most ${limit} bytes`,
    `more for ${excess.map(({ name }) => name).join(', ')}`,
    `${remedy}; bytes:${rows.join('')}`,
  );
}

function goesBySsh(row: ManifestRow, keysBySsh: boolean): boolean {
  return row.delivery === 'ssh' || (keysBySsh && row.delivery.split('|').includes('ssh'));
}

function pathOf({ path }: ManifestRow): string {
  return path;
}

function secretFiles(paths: readonly string[], secrets: SecretTexts): SecretFile[] {
  return paths.map((path) => {
    const content = secrets[path]!;
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
