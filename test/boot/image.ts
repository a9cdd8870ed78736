import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from './programs';

// The disk that machines boot from: Debian 12 as its cloud images are, and every package that the spec asks
// for, as a guest reaches no archive. Made once for a list of packages and kept in a folder of this machine,
// GROUNDWORK_BOOT_CACHE or one below the folder for temporary files.

const HERE = join(__dirname, 'guest');
const SUITE = 'bookworm';
/** The Debian whose etcd is 3.5; it needs no newer libc than the suite's. */
const ETCD_SUITE = 'trixie';
/** Signature of the disk, as the guest's fstab has it. */
const DISK_ID = '67770001';
/** What a cloud image has, and what the test itself needs in the guest. */
const IMAGE_PACKAGES = [
  ...['linux-image-cloud-amd64', 'systemd', 'systemd-sysv', 'libpam-systemd', 'udev', 'dbus'],
  ...['cloud-init', 'netplan.io', 'systemd-resolved', 'systemd-timesyncd'],
  ...['qemu-guest-agent', 'busybox', 'python3', 'python3-yaml'],
];
const BUILD_SECONDS = 1200;
const MIB = 1024 ** 2;

/** A disk image and the kernel to start from it. */
export interface BootImage {
  readonly root: string;
  readonly kernel: string;
  /** What the kernel must be told to find its root. */
  readonly rootArgument: string;
}

/** The image that holds these packages, from the cache or made now. */
export function bootImage(packages: readonly string[]): BootImage {
  const wanted = [...new Set([...IMAGE_PACKAGES, ...packages])].sort();
  const cache = process.env.GROUNDWORK_BOOT_CACHE ?? join(tmpdir(), 'groundwork-boot-cache');
  const folder = join(cache, keyOf(wanted));
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      build(unfinished, wanted);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return {
    root: join(folder, 'root.img'),
    kernel: join(folder, 'vmlinuz'),
    rootArgument: `root=PARTUUID=${DISK_ID}-01`,
  };
}

function keyOf(packages: readonly string[]): string {
  const sources = [__filename, join(HERE, 'customize')].map((file) => readFileSync(file, 'utf8'));
  return createHash('sha256')
    .update([...packages, ...sources].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

function build(folder: string, packages: readonly string[]): void {
  const tree = join(folder, 'tree');
  const parts = join(folder, 'parts');
  mkdirSync(parts);
  cpSync(join(HERE, 'customize'), join(parts, 'customize'));
  must(
    'mmdebstrap',
    ['--variant=extract', '--include=etcd-server,etcd-client', ETCD_SUITE, join(parts, 'etcd')],
    BUILD_SECONDS,
  );
  const slim = ['doc', 'man', 'locale'].map((d) => `--dpkgopt=path-exclude=/usr/share/${d}/*`);
  must(
    'mmdebstrap',
    [
      ...['--variant=minbase', '--mode=root', `--include=${packages.join(',')}`],
      ...[...slim, '--aptopt=APT::Install-Recommends "false"'],
      `--customize-hook='${join(parts, 'customize')}' "$1" '${parts}'`,
      ...[SUITE, tree],
    ],
    BUILD_SECONDS,
  );
  partitioned(tree, join(folder, 'root.img'));
  const kernel = readdirSync(join(tree, 'boot')).find((name) => name.startsWith('vmlinuz-'))!;
  copyFileSync(join(tree, 'boot', kernel), join(folder, 'vmlinuz'));
  rmSync(tree, { recursive: true });
  rmSync(parts, { recursive: true });
}

/** One partition: with it the kernel finds its root by a signature, in whatever order disks appear. */
function partitioned(tree: string, image: string): void {
  const size = 1600;
  const script = `${image}.sfdisk`;
  writeFileSync(image, '');
  truncateSync(image, size * MIB);
  writeFileSync(script, `label: dos\nlabel-id: 0x${DISK_ID}\nstart=1MiB, type=83\n`);
  must('sh', ['-c', `sfdisk --quiet '${image}' < '${script}'`]);
  rmSync(script);
  const options = ['-q', '-F', '-t', 'ext4', '-m', '0', '-E', `offset=${MIB}`, '-d', tree];
  must('mke2fs', [...options, image, `${size - 1}M`]);
}
