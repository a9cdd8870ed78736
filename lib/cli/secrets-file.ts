import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { mustBe } from './failure';
import { parseSecrets, secretsText, type Secrets } from '../node/sealing/secrets';

/** Writes a file that was not there before. */
export function createSecretsFile(path: string, secrets: Secrets): void {
  if (existsSync(path)) {
    throw mustBe(
      `--out ${path}`,
      'a file that does not exist yet',
      'one',
      'authorities are made once for a cluster; for a new token use secrets renew',
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  write(path, secrets, 'wx');
}

/** Puts new content in place of the old in one step. */
export function replaceSecretsFile(path: string, secrets: Secrets): void {
  const aside = `${path}.new`;
  if (existsSync(aside)) {
    throw mustBe(
      aside,
      'absent',
      'a file that an interrupted run left behind',
      `look at ${path}; when it is whole, remove the other`,
    );
  }
  write(aside, secrets, 'wx');
  renameSync(aside, path);
}

/** Reads and understands a secrets file. What it says of a mistake never shows the content. */
export function readSecretsFile(path: string): Secrets {
  const secrets = parseSecrets(read(path));
  if (secrets === undefined) {
    throw mustBe(
      `--secrets ${path}`,
      'a file that secrets new wrote',
      'another one',
      'name the right file',
    );
  }
  return secrets;
}

function read(path: string): string {
  if (!existsSync(path)) {
    throw mustBe(
      `--secrets ${path}`,
      'a file',
      'nothing',
      `make one with cdk8s-groundwork secrets new --out ${path}`,
    );
  }
  // The last three digits: owner, group, others.
  const mode = statSync(path).mode.toString(8).slice(-3);
  if (process.platform !== 'win32' && !mode.endsWith('00')) {
    throw mustBe(
      `permissions of ${path}`,
      '0600',
      `0${mode}`,
      `chmod 600 ${path}, and ask yourself who may have read it`,
    );
  }
  return readFileSync(path, 'utf8');
}

function write(path: string, secrets: Secrets, flags: string): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, secretsText(secrets));
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
