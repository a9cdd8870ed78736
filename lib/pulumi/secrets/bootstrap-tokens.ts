import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

/** What may be decided about the tokens of a cluster. */
export interface BootstrapTokensArgs {
  /**
   * Any text; another one than before makes a new bootstrap token and a new certificate key. The machines
   * that run keep what they have.
   *
   * @default - made once
   */
  readonly rotationId?: pulumi.Input<string>;
  /**
   * Whether Pulumi refuses to delete or replace the encryption key: what etcd encrypted with it could not be
   * read any more.
   *
   * @default true
   */
  readonly protect?: boolean;
}

/**
 * What machines join with, and the key that Secrets are encrypted with in etcd. All of it is secret.
 *
 * kubeadm forgets the bootstrap token after 24 hours and what the certificate key opens after 2. A machine
 * that is added later needs both anew: change `rotationId`, run `pulumi up`, and let one control plane know,
 * with `kubeadm token create <token>` for a worker, or with its new files in `/etc/groundwork/secrets`
 * and `/usr/local/lib/groundwork/bootstrap --only admit` for a control plane as well.
 */
export class BootstrapTokens extends pulumi.ComponentResource {
  /** `bootstrap-token`, `certificate-key` and `encryption-key`. */
  public readonly files: Readonly<Record<string, pulumi.Output<string>>>;

  /**
   * @param name name of the component; a cluster's name is a good one
   * @param args what may be decided
   * @param opts options of the component
   */
  constructor(
    name: string,
    args: BootstrapTokensArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('cdk8s-groundwork:index:BootstrapTokens', name, {}, opts);
    const keepers = args.rotationId === undefined ? undefined : { rotationId: args.rotationId };
    const renewed = { parent: this, protect: false };
    const letters = (file: string, length: number) =>
      new random.RandomPassword(
        `${name}:${file}`,
        { length, lower: true, numeric: true, upper: false, special: false, keepers },
        renewed,
      ).result;
    const certificateKey = new random.RandomBytes(
      `${name}:certificate-key`,
      { length: 32, keepers },
      renewed,
    );
    const encryptionKey = new random.RandomBytes(
      `${name}:encryption-key`,
      { length: 32 },
      { parent: this, protect: args.protect ?? true },
    );
    const token = pulumi.all([
      letters('bootstrap-token.id', 6),
      letters('bootstrap-token.secret', 16),
    ]);
    this.files = {
      'bootstrap-token': pulumi.secret(token.apply((parts) => parts.join('.'))),
      'certificate-key': pulumi.secret(certificateKey.hex),
      'encryption-key': pulumi.secret(encryptionKey.base64),
    };
    this.registerOutputs();
  }
}
