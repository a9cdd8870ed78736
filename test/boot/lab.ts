import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootImage } from './image';
import { BootMachine, KernelPanic } from './machine';
import { ENV, must, bootLacks } from './programs';
import { DISK_GIB, serialOf, type Site } from './site';
import type { NvmeDisk } from './slots';

// Machines of one site, their disks and the wire between them. Everything is in one folder, which is gone
// afterwards; when a test failed, the consoles stay.

const absent = bootLacks();
const demanded = process.env.GROUNDWORK_REQUIRE_BOOT === '1';
const canBoot = absent.length === 0 || demanded;
if (!canBoot) {
  process.stderr.write(`SKIPPED, no machine is booted: ${absent.join(', ')}\n`);
}

/** A suite of tests that boot machines; skipped, and said so, where that cannot be done. */
export const describeBoot = canBoot ? describe : describe.skip;

/** The machines of one suite. */
export class Lab {
  private made?: string;
  private readonly machines: BootMachine[] = [];
  private switch?: ChildProcess;
  private failed = false;

  public constructor(private readonly site: Site) {}

  private get folder(): string {
    return (this.made ??= mkdtempSync(join(tmpdir(), 'groundwork-boot-')));
  }

  /** A blank disk, or one with an ext4 filesystem that holds the files of a folder. */
  public disk(name: string, content?: { readonly folder: string }): string {
    const file = join(this.folder, `${name}.img`);
    writeFileSync(file, '');
    truncateSync(file, DISK_GIB * 1024 ** 3);
    if (content !== undefined) {
      must('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', content.folder, file]);
    }
    return file;
  }

  /** A folder with one file in it. */
  public folderWith(name: string, text: string): { readonly folder: string } {
    const folder = mkdtempSync(join(this.folder, 'content-'));
    writeFileSync(join(folder, name), text);
    return { folder };
  }

  /** Machine cp-n with disks, booted for the first time. */
  public async boot(n: number, ...disks: NvmeDisk[]): Promise<BootMachine> {
    try {
      return await this.first(n, disks);
    } catch (error) {
      if (!(error instanceof KernelPanic)) {
        throw error;
      }
      process.stderr.write(`${error.message} with a kernel panic; tried once more\n`);
      return this.first(n, disks);
    }
  }

  /** The disk of cp-n with its own serial. */
  public own(n: number, file: string): NvmeDisk {
    return { file, serial: serialOf(n) };
  }

  /** Connects machines that are booted from now on; all of them hear all packets, as on a hub. */
  public connect(machines: number): void {
    const plugs = Array.from({ length: machines }, (_, i) => i + 1).flatMap((n) => [
      ...['-netdev', `dgram,id=d${n},${plug(this.wire(n), 'switch', 'machine')}`],
      ...['-netdev', `hubport,id=h${n},hubid=0,netdev=d${n}`],
    ]);
    const options = '-machine none -nodefaults -display none -monitor none'.split(' ');
    this.switch = spawn('qemu-system-x86_64', [...options, ...plugs], {
      env: ENV,
      stdio: 'ignore',
    });
  }

  /**
   * A test whose failure keeps the consoles and shows their ends. Each goes on where the one before it
   * stopped, so after a failure the others fail at once.
   */
  public readonly test = (name: string, seconds: number, body: () => Promise<void>): void => {
    test(
      name,
      async () => {
        if (this.failed) {
          throw new Error('a case before this one failed');
        }
        // A test that runs out of its time never comes back here, and its consoles are wanted too.
        this.failed = true;
        try {
          await body();
          this.failed = false;
        } catch (error) {
          const said = await Promise.all(this.machines.map(lastWords));
          process.stderr.write(`${said.join('\n')}\n--- consoles: ${this.folder}\n${error}\n`);
          throw error;
        }
      },
      seconds * 1000,
    );
  };

  /** Ends everything that still runs. */
  public async end(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.kill()));
    this.switch?.kill('SIGKILL');
    this.site.end();
    if (!this.failed) {
      rmSync(this.folder, { recursive: true, force: true });
    } else {
      must('find', [this.folder, '-type', 'f', '-size', '+8M', '-delete']);
    }
  }

  private async first(n: number, disks: NvmeDisk[]): Promise<BootMachine> {
    const folder = mkdtempSync(join(this.folder, `cp-${n}-`));
    const seed = join(folder, 'seed.iso');
    const mirror = await this.site.disks(`cp-${n}`, seed);
    const wire =
      this.switch === undefined
        ? plug(join(folder, 'wire'), 'machine', 'nobody')
        : plug(this.wire(n), 'machine', 'switch');
    const image = bootImage(this.site.packages);
    const parts = { folder, image, seed, mirror, number: n, wire };
    const machine = new BootMachine(`cp-${n}`, parts);
    this.machines.push(machine);
    await machine.start(disks);
    return machine;
  }

  /** Where the two ends of the wire of cp-n are. */
  private wire(n: number): string {
    return join(this.folder, `wire-${n}`);
  }
}

/** The ends of a machine's console, and of the log of its bootstrap if it still answers. */
async function lastWords(machine: BootMachine): Promise<string> {
  const log = await machine.run('tail -n 40 /var/log/groundwork.log', 60).then(
    ({ output }) => output,
    (error: Error) => error.message,
  );
  return [`--- console of ${machine.name}`, machine.console(), '--- its log', log].join('\n');
}

/** One end of a wire for packets, as options of QEMU's dgram. */
function plug(wire: string, mine: string, other: string): string {
  const end = (which: string, name: string) => `${which}.type=unix,${which}.path=${wire}-${name}`;
  return [end('local', mine), end('remote', other)].join(',');
}
