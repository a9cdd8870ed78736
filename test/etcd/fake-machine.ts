import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  existsSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tempDir } from '../support/temp-app';

/** What a disk of the fake machine is like; a blank whole disk of 10 GiB when nothing is said. */
export interface FakeDisk {
  readonly serial?: string;
  readonly type?: string;
  readonly size?: number;
  readonly model?: string;
  /** Names of partitions and holders, as lsblk lists them below the disk. */
  readonly children?: string[];
  readonly mountPoint?: string;
  /** What wipefs finds. */
  readonly signatures?: string[];
  /** What `blkid -p` finds. */
  readonly filesystem?: { readonly type: string; readonly uuid: string };
  /** Exit code of `blkid -p`; 8 is its word for more than one thing. */
  readonly blkidStatus?: number;
  /** A byte that is not zero, at this place. */
  readonly dirtyAt?: number;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of programs that write, with their arguments. */
  readonly mkfs: string[];
}

const GIB = 1024 ** 3;

/**
 * A folder that looks like a machine to the prepare script: /sys, /dev, and programs that answer what
 * the test says. Only mkfs and sleep do nothing but write down that they were called.
 */
export class FakeMachine {
  public readonly root = realpathSync(tempDir());
  private readonly log = this.path('calls.log');

  public constructor() {
    for (const dir of ['bin', 'answers', 'sys/block', 'dev/disk/by-uuid', 'dev/disk/by-id']) {
      mkdirSync(this.path(dir), { recursive: true });
    }
    writeFileSync(this.log, '');
    this.answer('mounts', `${this.path('dev/vda1')}\ntmpfs\n`);
    this.answer('swaps', '');
    this.answer('vda1.PATH', `${this.path('dev/vda1')}\n${this.path('dev/vda')}\n`);
    this.program('udevadm', 'exit 0');
    this.program('sleep', 'exit 0');
    this.program('findmnt', 'cat "$LAB/answers/mounts"');
    this.program('swapon', 'cat "$LAB/answers/swaps"');
    this.program('wipefs', 'for last; do :; done; cat "$LAB/answers/$(basename "$last").wipefs"');
    this.program(
      'lsblk',
      `
      while [ $# -gt 1 ]; do
        case "$1" in -*o) column=$2; shift ;; esac
        shift
      done
      cat "$LAB/answers/$(basename "$1").$column" || exit 32`,
    );
    this.program(
      'blkid',
      `
      for last; do :; done
      base="$LAB/answers/$(basename "$last")"
      column=any
      while [ $# -gt 1 ]; do
        if [ "$1" = -s ]; then column=$2; fi
        shift
      done
      cat "$base.blkid.$column" 2>/dev/null
      exit "$(cat "$base.blkid.status")"`,
    );
    for (const name of ['mkfs.xfs', 'mkfs.ext4']) {
      // As udev would, once the filesystem is there.
      this.program(
        name,
        `
        echo "$(basename "$0") $*" >>"$LAB/calls.log"
        for last; do :; done
        for uuid; do case "$uuid" in uuid=*) uuid=\${uuid#uuid=}; break ;; ????????-*) break ;; esac; done
        ln -sf "$last" "$LAB/dev/disk/by-uuid/$uuid"`,
      );
    }
  }

  public path(relative: string): string {
    return join(this.root, relative);
  }

  /** A disk, on the NVMe bus when it has a serial. */
  public disk(name: string, disk: FakeDisk = {}): this {
    const { size = 10 * GIB, children = [], signatures = [], filesystem } = disk;
    if (disk.serial !== undefined) {
      this.write(`sys/block/${name}/device/serial`, disk.serial);
    }
    const file = openSync(this.path(`dev/${name}`), 'w+');
    ftruncateSync(file, size);
    if (disk.dirtyAt !== undefined) {
      writeSync(file, Buffer.from([1]), 0, 1, disk.dirtyAt);
    }
    closeSync(file);
    this.answer(`${name}.TYPE`, `${disk.type ?? 'disk'}\n`);
    this.answer(`${name}.SIZE`, `${size}\n`);
    this.answer(`${name}.MODEL`, `${disk.model ?? 'SAMSUNG MZVL2512HCJQ-00B00'}   \n`);
    this.answer(`${name}.NAME`, [name, ...children, ''].join('\n'));
    this.answer(`${name}.MOUNTPOINT`, `${disk.mountPoint ?? ''}\n`);
    this.answer(`${name}.PATH`, `${this.path(`dev/${name}`)}\n`);
    this.answer(`${name}.wipefs`, signatures.map((s) => `${s}\n`).join(''));
    if (filesystem !== undefined) {
      this.answer(`${name}.blkid.UUID`, `${filesystem.uuid}\n`);
      this.answer(`${name}.blkid.TYPE`, `${filesystem.type}\n`);
      this.link(`disk/by-uuid/${filesystem.uuid}`, name);
    }
    this.answer(
      `${name}.blkid.status`,
      String(disk.blkidStatus ?? (filesystem === undefined ? 2 : 0)),
    );
    return this;
  }

  /** A link below /dev to a disk. */
  public link(relative: string, disk: string): this {
    symlinkSync(this.path(`dev/${disk}`), this.path(`dev/${relative}`));
    return this;
  }

  /** A file of the machine. */
  public write(relative: string, content: string): this {
    mkdirSync(dirname(this.path(relative)), { recursive: true });
    writeFileSync(this.path(relative), content);
    return this;
  }

  /** What one of the programs prints. */
  public answer(name: string, text: string): this {
    return this.write(`answers/${name}`, text);
  }

  /** Another body for one of the programs. */
  public program(name: string, body: string): this {
    writeFileSync(this.path(`bin/${name}`), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return this;
  }

  /** Takes programs away, so that the real ones of this computer run. */
  public real(...programs: string[]): this {
    programs.forEach((name) => rmSync(this.path(`bin/${name}`)));
    return this;
  }

  /** Runs a script that was rendered for this root. */
  public run(script: string, ...args: string[]): Outcome {
    this.write('script', script);
    const { status, stdout, stderr } = spawnSync('sh', [this.path('script'), ...args], {
      encoding: 'utf8',
      // A script that waits for ever fails its test.
      timeout: 60_000,
      env: { PATH: `${this.path('bin')}:/usr/bin:/bin:/usr/sbin:/sbin`, LAB: this.root },
    });
    const mkfs = readFileSync(this.log, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return { status, stdout, stderr, mkfs };
  }

  /** Whether a path exists on the machine. */
  public has(relative: string): boolean {
    return existsSync(this.path(relative));
  }
}
