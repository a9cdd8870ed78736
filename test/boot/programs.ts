import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';

// What a boot needs of this machine, and how its programs are called.

export const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' };

const PROGRAMS: ReadonlyArray<[string, string]> = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['mmdebstrap', 'mmdebstrap'],
  ['mke2fs', 'e2fsprogs'],
  ['sfdisk', 'fdisk'],
  ['fallocate', 'util-linux'],
  ['genisoimage', 'genisoimage'],
  ['openssl', 'openssl'],
];

/** What this machine lacks, for people; nothing when machines can be booted. */
export function bootLacks(): string[] {
  return [
    ...PROGRAMS.filter(
      ([program]) => spawnSync('sh', ['-c', `command -v ${program}`], { env: ENV }).status !== 0,
    ).map(([program, inPackage]) => `${program} (${inPackage}) not installed`),
    ...(process.getuid?.() === 0 ? [] : ['not root']),
  ];
}

/** Runs a program that must succeed, and gives back what it printed. */
export function must(command: string, args: readonly string[], seconds = 120): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: ENV,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(
      `${command} failed: ${error?.message ?? ''}${`${stdout}${stderr}`.slice(-2000)}`,
    );
  }
  return stdout;
}

/**
 * What tells one content of a disk image from another: a SHA-256 of all that is not zero, and of where it
 * is. Most of an image is holes, which would take minutes to read.
 */
export function contentOf(file: string): string {
  const tar = 'tar --create --sparse --mtime=@0 --file=- --directory="$1" "$2" | sha256sum';
  // What is zero without being a hole, or not written yet, becomes one.
  must('fallocate', ['--dig-holes', file]);
  return must('sh', ['-c', tar, 'sh', dirname(file), basename(file)]).slice(0, 64);
}
