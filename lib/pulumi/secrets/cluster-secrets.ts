import type * as pulumi from '@pulumi/pulumi';

/** The administrator's client certificate and its private key, both PEM. */
export interface AdminCredentials {
  /** Signed by `pki/ca.crt`; `kubeadm:cluster-admins` is the group with all rights. */
  readonly certificate: pulumi.Input<string>;
  /** RSA or ECDSA. */
  readonly key: pulumi.Input<string>;
}

/**
 * All secrets of one cluster: `{ files: { ...pki.files, ...tokens.files }, admin: pki.admin }` of a
 * `ClusterPki` and `BootstrapTokens`, those of a file by `clusterSecretsOf`, or your own. Whatever is given is
 * treated as secret, also a plain string.
 */
export interface ClusterSecrets {
  /**
   * Path below the machines' secrets directory → content. `pki/ca`, `pki/etcd/ca` and `pki/front-proxy-ca`
   * with `.crt` and `.key`, `pki/sa.key` and `pki/sa.pub`, all PEM, RSA or ECDSA; `bootstrap-token`,
   * `[a-z0-9]{6}[.][a-z0-9]{16}`; `certificate-key`, 32 bytes in hexadecimal; `encryption-key`, 32 bytes in
   * base64, where the cluster encrypts Secrets at rest.
   */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /** The administrator, for the kubeconfig. */
  readonly admin: AdminCredentials;
}
