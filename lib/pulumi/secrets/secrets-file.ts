import * as pulumi from '@pulumi/pulumi';
import type { ClusterSecrets } from './cluster-secrets';
import { withoutStack } from './refuse';
import { mustBe } from '../../node/sealing/failure';
import { parseSecrets } from '../../node/sealing/secrets';
import { secretPaths } from '../../node/secrets';

/**
 * The secrets of a file that `cdk8s-groundwork secrets new` wrote, for a cluster whose authorities are kept
 * outside of Pulumi, or were made before it. Everything of it is secret, whatever the text was.
 *
 * A text that is no such file ends the program as soon as it is known, without a word of it; what a
 * machine needs and the file lacks, or what has expired, is said where it is used.
 *
 * @param text the content of the file, most often `new pulumi.Config().requireSecret('secrets')`, put there by
 * `pulumi config set --secret secrets < secrets.json`
 * @returns for `secrets` of `NvmeControlPlaneStack`, `sealedBootData` and `kubeconfigOf`
 *
 * @example
 * // fragment
 * const secrets = clusterSecretsOf(new pulumi.Config().requireSecret('secrets'));
 * new NvmeControlPlaneStack('oslo', { spec, machines, secrets });
 */
export function clusterSecretsOf(text: pulumi.Input<string>): ClusterSecrets {
  const read = pulumi.secret(text).apply((known) => withoutStack(() => secretsIn(known)));
  return {
    // Which there are must be known before their values are. An older file has no encryption key.
    files: Object.fromEntries(
      secretPaths.map((path) => [path, read.apply(({ files }) => files[path] ?? '')]),
    ),
    admin: {
      certificate: read.apply(({ admin }) => admin.certificate),
      key: read.apply(({ admin }) => admin.key),
    },
  };
}

function secretsIn(text: string) {
  const secrets = parseSecrets(text);
  if (secrets === undefined) {
    throw mustBe(
      'secrets',
      'what cdk8s-groundwork secrets new wrote',
      'another text',
      'pulumi config set --secret secrets < secrets.json',
    );
  }
  return secrets;
}
