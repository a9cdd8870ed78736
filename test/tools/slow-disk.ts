import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { tempDir } from '../support/temp-app';
import { must, run } from './netns-machine';

// A disk of a file, and a control group that lets only so many writes a second through to it.

const V1 = '/sys/fs/cgroup/blkio';
const V2 = '/sys/fs/cgroup';

/** How this machine can slow a disk down; undefined where it cannot. */
export function throttle(): 'v1' | 'v2' | undefined {
  if (existsSync(join(V1, 'blkio.throttle.write_iops_device'))) {
    return 'v1';
  }
  const controllers = join(V2, 'cgroup.controllers');
  return existsSync(controllers) && /\bio\b/.test(readFileSync(controllers, 'utf8'))
    ? 'v2'
    : undefined;
}

export class SlowDisk {
  /** Where its file system is mounted. */
  public readonly point = tempDir();
  private readonly device: string;
  private readonly group: string;

  constructor(writesPerSecond: number) {
    const image = join(tempDir(), 'disk.img');
    writeFileSync(image, '');
    truncateSync(image, 300 * 1024 ** 2);
    must('mkfs.ext4', '-q', image);
    this.device = must('losetup', '-f', '--show', image).trim();
    const name = `groundwork-${process.pid}`;
    this.group = join(throttle() === 'v1' ? V1 : V2, name);
    try {
      must('mount', this.device, this.point);
      const number = readFileSync(`/sys/block/${basename(this.device)}/dev`, 'utf8').trim();
      if (throttle() === 'v1') {
        mkdirSync(this.group);
        const file = join(this.group, 'blkio.throttle.write_iops_device');
        writeFileSync(file, `${number} ${writesPerSecond}`);
      } else {
        writeFileSync(join(V2, 'cgroup.subtree_control'), '+io');
        mkdirSync(this.group);
        writeFileSync(join(this.group, 'io.max'), `${number} wiops=${writesPerSecond}`);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A shell command that does something within the limit. */
  public slowly(command: string): string {
    return `echo $$ >${this.group}/cgroup.procs && exec ${command}`;
  }

  public close(): void {
    run('umount', this.point);
    run('losetup', '-d', this.device);
    if (existsSync(this.group)) {
      rmdirSync(this.group);
    }
  }
}
