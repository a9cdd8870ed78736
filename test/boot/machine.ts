import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BootImage } from './image';
import { JsonSocket } from './json-socket';
import { plugDisk, releaseDisk, SLOTS, unplugDisk, type NvmeDisk } from './slots';
import { ENV, must } from './programs';

/** The NIC of every machine by its place on the PCI bus, as systemd names it. */
export const NIC = 'enp0s16';
/** The kernel's own words; such a boot may be tried once more. */
const PANIC = /Kernel panic - not syncing/;
const START_SECONDS = 900;

/** What a machine is made of. */
export interface MachineParts {
  /** Where its files go: sockets, its root disk, the log of its console. */
  readonly folder: string;
  readonly image: BootImage;
  /** The NoCloud disk. */
  readonly seed: string;
  /** The disk of the mirror. */
  readonly mirror: string;
  /** Makes each MAC address another one. */
  readonly number: number;
  /** Its end of the wire, as options of QEMU's dgram. Where nobody holds the other end, packets are lost. */
  readonly wire: string;
}

/** Thrown when the guest's kernel gave up, which under emulation happens for no fault of ours. */
export class KernelPanic extends Error {}

/**
 * One machine in QEMU, emulated without KVM. It is talked to through the guest agent, over a virtual
 * serial port: it has no network but the wire.
 */
export class BootMachine {
  private process?: ChildProcess;
  private ended?: Promise<void>;
  private agent?: JsonSocket;
  private starts = 0;
  /** Serials by slot, of what was ever in them since it was switched on. */
  private slots: string[] = [];

  public constructor(
    public readonly name: string,
    private readonly parts: MachineParts,
  ) {
    // A copy, not an overlay: what was written is in the file when the machine is killed.
    must('cp', ['--sparse=always', parts.image.root, this.path('root.img')]);
  }

  /** Switches it on and waits until its agent answers, which is long before cloud-init is through. */
  public async start(disks: readonly NvmeDisk[], ...kernelWords: string[]): Promise<void> {
    this.starts += 1;
    this.slots = disks.map(({ serial }) => serial);
    for (const socket of ['qmp', 'agent']) {
      rmSync(this.path(socket), { force: true });
    }
    const child = spawn('qemu-system-x86_64', this.command(disks, kernelWords), {
      env: ENV,
      stdio: 'ignore',
    });
    this.process = child;
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
    this.agent = await this.reachAgent();
  }

  /** Runs a command of the shell in the guest. */
  public async run(command: string, seconds = 120): Promise<{ code: number; output: string }> {
    const { pid } = await this.ask('guest-exec', {
      path: '/bin/sh',
      arg: ['-c', `exec 2>&1; ${command}`],
      'capture-output': true,
    });
    const deadline = Date.now() + seconds * 1000;
    // Each question is work for the guest, which writes it into its journal too.
    for (let wait = 300; ; wait = Math.min(wait * 1.5, 1000)) {
      await pause(wait);
      const state = await this.ask('guest-exec-status', { pid });
      if (state.exited) {
        const output = Buffer.from(state['out-data'] ?? '', 'base64').toString();
        return { code: state.exitcode ?? -1, output };
      }
      if (Date.now() > deadline) {
        throw new Error(`${this.name}: not done within ${seconds} seconds: ${command}`);
      }
    }
  }

  /** What a command that must succeed prints, without blanks at both ends. */
  public async must(command: string, seconds?: number): Promise<string> {
    const { code, output } = await this.run(command, seconds);
    if (code !== 0) {
      throw new Error(`${this.name}: ${command}: exit code ${code}: ${output}`);
    }
    return output.trim();
  }

  /** Repeats a command until it succeeds, and gives back what it printed. */
  public async until(command: string, seconds: number): Promise<string> {
    const deadline = Date.now() + seconds * 1000;
    // The guest itself repeats it for a while: a question from outside costs it more.
    const tries = `for n in $(seq 30); do said=$({ ${command}; } 2>&1) && break; sleep 2; false; done`;
    const repeat = `${tries}; code=$?; printf '%s' "$said"; exit $code`;
    for (;;) {
      const { code, output } = await this.run(repeat, 600);
      if (code === 0) {
        return output.trim();
      }
      if (Date.now() > deadline) {
        throw new Error(`${this.name}: not within ${seconds} seconds: ${command}: ${output}`);
      }
    }
  }

  /** Writes a file in the guest; one that is there keeps its owner and mode. */
  public async write(path: string, content: string): Promise<void> {
    const handle = await this.ask('guest-file-open', { path, mode: 'w' });
    const base64 = Buffer.from(content).toString('base64');
    await this.ask('guest-file-write', { handle, 'buf-b64': base64 });
    await this.ask('guest-file-close', { handle });
  }

  /** Plugs an NVMe disk in while the machine runs, and waits until the guest has it. */
  public async plug(disk: NvmeDisk): Promise<void> {
    const slot = this.slots.push(disk.serial);
    await plugDisk(this.path('qmp'), slot, disk);
    await this.until(`lsblk -dno SERIAL | grep -qx ${disk.serial}`, 120);
  }

  /** Pulls a disk out while the machine runs. */
  public async unplug(serial: string): Promise<void> {
    await unplugDisk(this.path('qmp'), this.slots.indexOf(serial) + 1);
  }

  /** Lets a disk that was plugged in slow be as fast as it can. */
  public async release(serial: string): Promise<void> {
    await releaseDisk(this.path('qmp'), this.slots.indexOf(serial) + 1);
  }

  /** Pulls the plug. */
  public async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    await this.ended;
    this.gone();
  }

  /** The end of what its console said since it was switched on. */
  public console(characters = 4000): string {
    const file = this.consoleFile();
    return existsSync(file) ? readFileSync(file, 'utf8').replace(/\r/g, '').slice(-characters) : '';
  }

  private consoleFile(): string {
    return this.path(`console-${this.starts}.log`);
  }

  private gone(): void {
    this.agent?.close();
    this.agent = undefined;
    this.process = undefined;
  }

  private path(name: string): string {
    return join(this.parts.folder, name);
  }

  private command(disks: readonly NvmeDisk[], kernelWords: readonly string[]): string[] {
    const { image, seed, mirror, number, wire } = this.parts;
    const kernel = [
      ...['console=ttyS0', image.rootArgument, 'rw', 'mitigations=off', 'panic=-1'],
      ...kernelWords,
    ];
    const nvme = (id: string, file: string, serial: string, slot = '') => [
      ...['-drive', `if=none,id=drive-${id},format=raw,cache=unsafe,file=${file}`],
      ...['-device', `nvme,id=${id},drive=drive-${id},serial=${serial}${slot}`],
    ];
    return [
      ...'-machine q35 -accel tcg,thread=multi,tb-size=256 -cpu qemu64,svm=off -smp 1 -m 1024'.split(
        ' ',
      ),
      ...'-nodefaults -no-user-config -display none -no-reboot'.split(' '),
      ...['-kernel', image.kernel, '-append', kernel.join(' ')],
      ...['-serial', `file:${this.consoleFile()}`],
      ...['-qmp', `unix:${this.path('qmp')},server=on,wait=off`],
      ...['-chardev', `socket,id=agent,path=${this.path('agent')},server=on,wait=off`],
      ...['-device', 'virtio-serial'],
      ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
      ...['-device', 'virtio-rng-pci'],
      ...nvme('root', this.path('root.img'), 'ROOT'),
      ...SLOTS.flatMap((n) => ['-device', `pcie-root-port,id=slot${n},chassis=${n}`]),
      ...disks.flatMap(({ file, serial }, i) =>
        nvme(`disk${i + 1}`, file, serial, `,bus=slot${i + 1}`),
      ),
      // NVMe too: whether there is a NoCloud disk is asked before any module is loaded.
      ...nvme('seed', seed, 'SEED'),
      ...['-drive', `if=virtio,format=raw,readonly=on,file.locking=off,file=${mirror}`],
      ...['-netdev', `dgram,id=net,${wire}`],
      '-device',
      `virtio-net-pci,netdev=net,addr=0x10,mac=52:54:00:67:77:0${number}`,
    ];
  }

  /** Asked again and again: what was said before the agent listened is lost. */
  private async reachAgent(): Promise<JsonSocket> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (Date.now() < deadline) {
      if (this.process!.exitCode !== null) {
        const said = this.console();
        const message = `${this.name} ended while it booted`;
        throw PANIC.test(said) ? new KernelPanic(message) : new Error(message);
      }
      await pause(2000);
      const id = Date.now();
      try {
        const socket = await JsonSocket.open(this.path('agent'));
        const answer = socket.next((m) => m.return === id, 8);
        socket.send({ execute: 'guest-sync', arguments: { id } });
        try {
          await answer;
          return socket;
        } catch {
          socket.close();
        }
      } catch {
        // QEMU has not made its socket yet.
      }
    }
    throw new Error(`${this.name}: its agent does not answer within ${START_SECONDS} seconds`);
  }

  private async ask(execute: string, args: object): Promise<any> {
    const answer = this.agent!.next((m) => 'return' in m || 'error' in m, 120);
    this.agent!.send({ execute, arguments: args });
    const { return: value, error } = await answer;
    if (error !== undefined) {
      throw new Error(`${this.name}: ${execute}: ${error.desc}`);
    }
    return value;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
