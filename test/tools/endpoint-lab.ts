import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/temp-app';
import { addNamespace, ENV, must, run } from './netns-machine';

// Machines in network namespaces on one switch, each with an API server of one answer, real HAProxy and
// real keepalived with the files that were rendered for it.

/** An API server as balancers see it: ready, not ready, and which one answered. */
const API = `
const [name, key, cert] = process.argv.slice(1);
const { readFileSync, existsSync } = require('node:fs');
require('node:https').createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  const sick = existsSync(key + '.' + name + '.sick');
  response.writeHead(sick ? 500 : 200);
  response.end(request.url === '/name' ? name : sick ? 'not ready' : 'ok');
}).listen(6443, '::');`;

let labs = 0;

export class EndpointLab {
  private readonly prefix = `gw-${process.pid}-api${++labs}`;
  private readonly dir = tempDir();
  private readonly processes = new Map<string, ChildProcess>();
  private readonly logs = new Map<string, string>();

  /** @param machines address by name */
  public constructor(private readonly machines: Readonly<Record<string, string>>) {
    must(
      ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ...['-nodes', '-subj', '/CN=kubernetes', '-days', '2'],
      ...['-keyout', this.key, '-out', this.certificate],
    );
    addNamespace(this.name('switch'));
    this.exec('switch', 'ip link add switch up type bridge');
    for (const [machine, address] of Object.entries(machines)) {
      addNamespace(this.name(machine));
      const port = `p-${machine}`;
      must(
        ...(['ip', 'link', 'add', 'eno1', 'netns', this.name(machine), 'type', 'veth'] as const),
        ...['peer', 'name', port, 'netns', this.name('switch')],
      );
      this.exec('switch', `ip link set ${port} up master switch`);
      this.exec(machine, 'ip link set lo up', `ip addr add ${address}/24 dev eno1`);
      this.exec(machine, 'ip link set eno1 up');
    }
  }

  /** Starts the API server of one machine. */
  public api(machine: string): void {
    this.start(machine, 'api', process.execPath, ['-e', API, machine, this.key, this.certificate]);
  }

  /** Whether the API server of a machine says that it is ready. */
  public health(machine: string, healthy: boolean): void {
    const file = `${this.key}.${machine}.sick`;
    if (healthy) {
      rmSync(file, { force: true });
    } else {
      writeFileSync(file, '');
    }
  }

  /** Starts HAProxy with a file of this machine; its socket lies in a folder of its own. */
  public haproxy(machine: string, config: string): void {
    const file = this.file(
      machine,
      'haproxy.cfg',
      config.replace('/run/haproxy', this.folder(machine)),
    );
    this.start(machine, 'haproxy', 'haproxy', ['-Ws', '-f', file]);
  }

  public keepalived(machine: string, config: string): void {
    const file = this.file(machine, 'keepalived.conf', config);
    const pid = (name: string) => join(this.folder(machine), `${name}.pid`);
    this.start(machine, 'keepalived', 'keepalived', [
      ...['--dont-fork', '--log-console', '--use-file', file],
      ...['--pid', pid('main'), '--vrrp_pid', pid('vrrp'), '--checkers_pid', pid('checkers')],
    ]);
  }

  /** What keepalived says of a file, on this machine with its NIC. */
  public configTest(machine: string, config: string) {
    const file = this.file(machine, 'test.conf', config);
    return run(...this.in(machine), 'keepalived', '--config-test', '--use-file', file);
  }

  /** Ends a program as a power cut would. */
  public kill(machine: string, program: string): void {
    const key = `${machine} ${program}`;
    const child = this.processes.get(key)!;
    this.processes.delete(key);
    child.stdout?.destroy();
    child.stderr?.destroy();
    try {
      // The whole group: both programs have children of their own.
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended by itself; what it said is in the log.
    }
  }

  /** Takes the cable of a machine out. */
  public unplug(machine: string): void {
    this.exec('switch', `ip link set p-${machine} down`);
  }

  /** The machines that have this address. */
  public holders(address: string): string[] {
    return Object.keys(this.machines).filter((machine) =>
      must(...this.in(machine), 'ip', '-brief', 'address').includes(`${address}/`),
    );
  }

  /** Which API server answers one machine under this URL; nothing when none does. */
  public answer(machine: string, url: string): string {
    const { status, stdout } = run(
      ...this.in(machine),
      ...['curl', '--silent', '--fail', '--insecure', '--max-time', '2', url],
    );
    return status === 0 ? stdout : '';
  }

  public end(): void {
    for (const key of [...this.processes.keys()]) {
      const [machine, program] = key.split(' ') as [string, string];
      this.kill(machine, program);
    }
  }

  /** Waits until a thing is so; what programs said stands in the error when it never is. */
  public async until(what: string, holds: () => boolean): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (holds()) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const said = [...this.logs].map(([key, log]) => `--- ${key}\n${log.slice(-2000)}`).join('\n');
    throw new Error(`never: ${what}\n${said}`);
  }

  private start(machine: string, name: string, program: string, args: string[]): void {
    const [command, ...before] = this.in(machine);
    const child = spawn(command, [...before, program, ...args], { env: ENV, detached: true });
    const key = `${machine} ${name}`;
    const add = (data: Buffer) => this.logs.set(key, `${this.logs.get(key) ?? ''}${data}`);
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    this.processes.set(key, child);
  }

  private get key(): string {
    return join(this.dir, 'key.pem');
  }

  private get certificate(): string {
    return join(this.dir, 'cert.pem');
  }

  private folder(machine: string): string {
    const folder = join(this.dir, machine);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private file(machine: string, name: string, content: string): string {
    const file = join(this.folder(machine), name);
    writeFileSync(file, content);
    return file;
  }

  private name(machine: string): string {
    return `${this.prefix}-${machine}`;
  }

  private in(machine: string): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name(machine)];
  }

  private exec(machine: string, ...lines: string[]): void {
    must(...this.in(machine), 'sh', '-eu', '-c', lines.join('\n'));
  }
}

/** Programs of the lab that this machine lacks. */
export function missingPrograms(): string[] {
  return [
    ['haproxy', '-v'],
    ['keepalived', '--version'],
    ['curl', '--version'],
    ['openssl', 'version'],
  ].flatMap(([program, flag]) =>
    spawnSync(program!, [flag!], { env: ENV }).status === 0 ? [] : [program!],
  );
}
