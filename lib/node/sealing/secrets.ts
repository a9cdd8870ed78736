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

/** What a file of all secrets begins with. */
const FORMAT = 'cdk8s-groundwork secrets 1';

/** The content of a secrets file, in an order that does not depend on how they were made. */
export function secretsText({ files, admin }: Secrets): string {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: FORMAT, files: sorted, admin }, null, 2)}\n`;
}

/** What a secrets file says; nothing when it is something else. */
export function parseSecrets(text: string): Secrets | undefined {
  const value = parsed(text);
  if (value?.format !== FORMAT || !isTexts(value.files) || !isTexts(value.admin)) {
    return undefined;
  }
  const { certificate = '', key = '' } = value.admin;
  return { files: value.files, admin: { certificate, key } };
}

interface Parsed {
  readonly format?: unknown;
  readonly files?: unknown;
  readonly admin?: unknown;
}

function parsed(text: string): Parsed | undefined {
  try {
    return JSON.parse(text) as Parsed;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
