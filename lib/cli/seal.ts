import { Failure } from './failure';
import { adminConf } from '../node/sealing/kubeconfig';
import {
  refuseOversized,
  sealMachine,
  type MachineSource,
  type SealedMachine,
} from '../node/sealing/machine';
import type { Manifest } from '../node/sealing/manifest';
import type { Secrets } from '../node/sealing/secrets';

/** What is sealed, and how. */
export interface SealInput {
  readonly manifest: Manifest;
  readonly machines: ReadonlyMap<string, MachineSource>;
  readonly secrets: Secrets;
  /** Leaves long-lived keys out of user-data even where the manifest does not demand it. */
  readonly keysBySsh: boolean;
}

/** Everything that seal writes, and what it says. */
export interface SealResult {
  /** Path below the target folder → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly machines: readonly SealedMachine[];
}

/** Puts the secrets into the user-data of every machine. */
export function seal(input: SealInput): SealResult {
  refuseUnfit(input);
  const { manifest, secrets, keysBySsh } = input;
  const machines = [...input.machines].map(([name, source]) =>
    sealMachine(manifest, name, source, secrets.files, keysBySsh),
  );
  const remedy = 'raise userDataLimit where the platform allows';
  refuseOversized(
    manifest.limit,
    machines,
    keysBySsh ? remedy : `leave keys out with --keys-by-ssh, or ${remedy}`,
  );
  const files = Object.fromEntries(machines.flatMap(filesOf));
  return { files: { ...files, 'admin.conf': adminConf(manifest, secrets) }, machines };
}

function filesOf(machine: SealedMachine): Array<[string, string]> {
  const { name, userData, metaData, networkConfig, files } = machine;
  const written: Array<[string, string]> = [
    ['user-data', userData],
    ['meta-data', metaData],
    ...(networkConfig === undefined
      ? []
      : [['network-config', networkConfig] satisfies [string, string]]),
    ...files.map(({ path, content }): [string, string] => [`secrets/${path}`, content]),
  ];
  return written.map(([path, content]) => [`${name}/${path}`, content]);
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
