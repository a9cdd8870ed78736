import { Yaml } from 'cdk8s';
import { paths } from '../paths';

/** One secret as a machine gets it. */
export interface SecretFile {
  /** Path below the machine's secrets directory. */
  readonly path: string;
  readonly content: string;
}

const OPENING = '\nwrite_files:\n';

/**
 * A cloud-config that writes these secrets before its other files, or undefined when it is not one of
 * ours. Put in as text: the rest stays as it was reviewed, byte for byte.
 */
export function withSecrets(plain: string, secrets: readonly SecretFile[]): string | undefined {
  const at = plain.indexOf(OPENING);
  // Content of files is indented, so the line stands at column 0 only once.
  if (at < 0 || plain.indexOf(OPENING, at + 1) >= 0) {
    return undefined;
  }
  const start = at + OPENING.length;
  return plain.slice(0, start) + secretEntries(secrets) + plain.slice(start);
}

/** The entries alone, for counting them. */
export function secretEntries(secrets: readonly SecretFile[]): string {
  return secrets.length === 0
    ? ''
    : Yaml.stringify(
        secrets.map(({ path, content }) => ({
          path: `${paths.secrets}/${path}`,
          owner: 'root:root',
          permissions: '0600',
          content,
        })),
      );
}
