import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import type { ClusterSecrets } from './cluster-secrets';
import { refuseMissing, refuseProblems, withoutStack } from './refuse';
import { problemsOfFiles } from '../../node/sealing/check';
import {
  refuseOversized,
  sealMachine,
  secretsFor,
  type MachineSource,
} from '../../node/sealing/machine';
import { parseManifest, type Manifest } from '../../node/sealing/manifest';

/** An `NvmeControlPlane` or a `NodeBootstrap`. */
export interface NodeFileSource {
  /** Every file for every machine, path below the output folder → content. */
  nodeFiles(): Record<string, string>;
}

/** What one machine boots with. */
export interface SealedBootData {
  /** cloud-init's user-data with the machine's secrets in it. Secret. */
  readonly userData: pulumi.Output<string>;
  /**
   * SHA-256, hexadecimal, of the user-data as synth writes it, without secrets. Not secret; another one when
   * the configuration changes, the same when only secrets do.
   */
  readonly userDataSha256: pulumi.Output<string>;
  /**
   * cloud-init's meta-data, whose instance-id is another one for other content. Not secret: of the content
   * it has twelve digits of a SHA-256, which say nothing about keys that nobody can guess.
   */
  readonly metaData: pulumi.Output<string>;
  /** cloud-init's network-config, for machines whose NIC, gateway and DNS servers the spec names. */
  readonly networkConfig?: string;
  /** All secrets of the machine, path below its secrets directory → content. Secret. */
  readonly secretFiles: Readonly<Record<string, pulumi.Output<string>>>;
  /**
   * Those of them that user-data does without (`keysBySsh`): the machine waits until somebody has brought
   * them to `/etc/groundwork/secrets`. Secret.
   */
  readonly filesBySsh: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * Puts the secrets into what each machine boots with, as `cdk8s-groundwork seal` does: every machine gets
 * only those that it needs. `keysBySsh` and `userDataLimit` of the spec hold here too.
 *
 * What is missing is an error at once, and so is user-data that would not fit with secrets of the usual
 * size. What is ill-formed, or too large with the real secrets, is an error as soon as the values are known:
 * those that a program brings along in the preview, generated ones in the update.
 *
 * @param control the `NvmeControlPlane`, or a `NodeBootstrap`
 * @param secrets all secrets of the cluster
 * @returns machine → boot data, in the order of the spec
 */
export function sealedBootData(
  control: NodeFileSource,
  secrets: ClusterSecrets,
): Map<string, SealedBootData> {
  const files = control.nodeFiles();
  const manifest = parseManifest(files['nodes/secrets.manifest']!)!;
  refuseMissing(
    manifest.rows.map(({ path }) => path),
    secrets,
  );
  return new Map(
    [...manifest.machines.keys()].map((name) => [
      name,
      sealed(manifest, name, sourceOf(files, name), secrets),
    ]),
  );
}

function sealed(
  manifest: Manifest,
  name: string,
  source: MachineSource,
  secrets: ClusterSecrets,
): SealedBootData {
  const { all, bySsh } = secretsFor(manifest, name, false);
  const own = Object.fromEntries(all.map((path) => [path, secrets.files[path]!]));
  const machine = pulumi.secret(pulumi.all(own)).apply((texts) =>
    withoutStack(() => {
      refuseProblems(
        `${name} in ${manifest.cluster}`,
        problemsOfFiles(texts, new Date(), (path) => all.includes(path)),
      );
      const result = sealMachine(manifest, name, source, texts, false);
      refuseOversized(manifest.limit, [result], remedyFor(manifest));
      return result;
    }),
  );
  const secretFiles = Object.fromEntries(
    all.map((path) => [
      path,
      machine.apply(({ files }) => files.find((file) => file.path === path)!.content),
    ]),
  );
  const { networkConfig } = source;
  return {
    userData: machine.apply(({ userData }) => userData),
    userDataSha256: pulumi.output(createHash('sha256').update(source.userData).digest('hex')),
    metaData: pulumi.unsecret(machine).apply(({ metaData }) => metaData),
    ...(networkConfig === undefined ? {} : { networkConfig }),
    secretFiles,
    filesBySsh: Object.fromEntries(bySsh.map((path) => [path, secretFiles[path]!])),
  };
}

function sourceOf(files: Readonly<Record<string, string>>, name: string): MachineSource {
  const networkConfig = files[`nodes/${name}/network-config`];
  return {
    userData: files[`nodes/${name}/user-data`]!,
    metaData: files[`nodes/${name}/meta-data`]!,
    ...(networkConfig === undefined ? {} : { networkConfig }),
  };
}

function remedyFor({ rows }: Manifest): string {
  const raise = 'raise userDataLimit where the platform allows';
  return rows.some(({ delivery }) => delivery === 'ssh')
    ? raise
    : `leave keys out with keysBySsh, or ${raise}`;
}
