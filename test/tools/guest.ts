import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ENV } from './netns-machine';

// A Debian kernel in QEMU, with a tree that mmdebstrap makes from the archive. It has no network:
// its only way out is the serial console.

const PROGRAMS = ['qemu-system-x86_64', 'mmdebstrap', 'mke2fs', 'tar'];
const PACKAGES = 'linux-image-cloud-amd64,kmod,procps,ipvsadm,nftables,iproute2,systemd,perl';
const ARCHIVE_SECONDS = 240;

/** What to start in the guest, and how. */
export interface Guest {
  /** Written into the tree; `/t.sh` is the first and only process that the kernel starts. */
  readonly files: Readonly<Record<string, string>>;
  /** The options of QEMU that say how it comes by the time and the instructions. */
  readonly machine: readonly string[];
  readonly seconds: number;
}

/** What this machine lacks for a guest, for people; nothing when one can be started. */
export function guestLacks(): string[] {
  return [
    ...PROGRAMS.filter(
      (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: ENV }).status !== 0,
    ).map((program) => `${program} not installed`),
    ...(process.getuid?.() === 0 ? [] : ['not root']),
  ];
}

/** Boots a guest, waits for its end, and gives back what it said. */
export function bootGuest({ files, machine, seconds }: Guest): string {
  const root = mkdtempSync(join(tmpdir(), 'groundwork-guest-'));
  try {
    const tree = join(root, 'tree');
    const image = join(root, 'root.img');
    mkdirSync(tree);
    must('tar', ['-C', tree, '-xf', process.env.GROUNDWORK_GUEST_TAR ?? archive(root)]);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content, { mode: path === '/t.sh' ? 0o755 : 0o644 });
    }
    must('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', tree, '-m', '0', image, '1200M']);
    const kernel = must('sh', ['-c', `ls ${tree}/boot/vmlinuz-*`]).trim();
    const { output } = run(
      'qemu-system-x86_64',
      [
        ...machine,
        ...'-machine q35 -cpu qemu64 -smp 1 -m 1024'.split(' '),
        ...'-nographic -no-reboot -nodefaults -serial stdio -monitor none'.split(' '),
        ...['-kernel', kernel, '-append'],
        'console=ttyS0 root=/dev/nvme0n1 rw net.ifnames=0 mitigations=off init=/t.sh quiet',
        ...['-drive', `file=${image},if=none,id=n0,format=raw,cache=unsafe`],
        ...'-device nvme,serial=root0,drive=n0'.split(' '),
      ],
      seconds,
    );
    return output.replace(/\r/g, '');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function archive(root: string): string {
  const file = join(root, 'root.tar');
  const slim = ['doc', 'man', 'locale'].map((d) => `--dpkgopt=path-exclude=/usr/share/${d}/*`);
  const quiet = '--aptopt=APT::Install-Recommends "false"';
  const options = ['--variant=minbase', '--mode=root', `--include=${PACKAGES}`];
  must('mmdebstrap', [...options, ...slim, quiet, 'bookworm', file], ARCHIVE_SECONDS);
  return file;
}

function run(command: string, args: readonly string[], seconds: number) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: ENV,
    // Without an input of its own the console would take what is typed.
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: `${stdout}${stderr}` };
}

function must(command: string, args: readonly string[], seconds = 60): string {
  const { status, output } = run(command, args, seconds);
  if (status !== 0) {
    throw new Error(`${command} failed: ${output.slice(-2000)}`);
  }
  return output;
}
