/** A certificate and its private key, both PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Path below the machines' secrets directory → content, without the newline that ends a value. */
export type SecretTexts = Readonly<Record<string, string>>;

/** All secrets of one cluster. */
export interface Secrets {
  readonly files: SecretTexts;
  /** The certificate of admin.conf. Kept with them, so that sealing twice gives the same bytes. */
  readonly admin: Pair;
}
