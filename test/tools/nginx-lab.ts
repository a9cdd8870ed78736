import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A real nginx that runs a configuration of ours, and little helpers to speak with it.

/** Release of the nginx on this machine; undefined when there is none. */
export const NGINX_VERSION = /nginx\/(\S+)/.exec(
  spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '',
)?.[1];

/** Lines of the `http` block that keep temporary files in the folder of the configuration. */
export const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (name) => `${name}_temp_path temp/${name};`,
);

let next = 21_000;

/**
 * A port nobody has, below the range from which the kernel gives ports to clients: there one of many
 * connections here would take it sooner or later.
 */
export async function freePort(): Promise<number> {
  while (!(await isFree(next))) {
    next += 1;
  }
  next += 1;
  return next - 1;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/** A folder with everything a configuration names, and the configuration in it. */
function writeNginx(config: string): { dir: string; args: string[] } {
  const dir = mkdtempSync(join(tmpdir(), 'groundwork-nginx-'));
  certificate(dir);
  mkdirSync(join(dir, 'temp'));
  // A worker of a master that is root is somebody else, and writes bodies below.
  chmodSync(dir, 0o711);
  const file = join(dir, 'nginx.conf');
  writeFileSync(file, config);
  return { dir, args: ['-p', dir, '-c', file] };
}

/** What `nginx -t` says: its status and its words. */
export function checkNginx(config: string): string {
  const { dir, args } = writeNginx(config);
  const { status, stderr } = spawnSync('nginx', ['-t', '-q', ...args], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  return `${status} ${stderr}`;
}

/** A running nginx. */
export interface Nginx {
  /** Its exit code. */
  readonly exited: Promise<number | null>;
  /** Memory that its worker has for itself. */
  kibibytes(): number;
  workers(): number;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Starts nginx, and waits until it listens on a port. */
export async function startNginx(config: string, port: number): Promise<Nginx> {
  const { dir, args } = writeNginx(config);
  const nginx = spawn('nginx', [...args, '-g', 'daemon off;'], { stdio: 'ignore' });
  const exited = new Promise<number | null>((done) => nginx.once('exit', done));
  await until(async () => {
    (await open(port, '')).destroy();
  });
  return {
    kibibytes: () => anonymousKibibytes(nginx),
    workers: () => workersOf(nginx).length,
    signal: (name) => nginx.kill(name),
    exited,
    stop: async () => {
      nginx.kill('SIGTERM');
      await exited;
      rmSync(dir, { recursive: true });
    },
  };
}

function anonymousKibibytes(nginx: ChildProcess): number {
  const [worker] = workersOf(nginx);
  const rollup = readFileSync(`/proc/${worker}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)![1]);
}

function workersOf(nginx: ChildProcess): string[] {
  const children = readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, 'utf8');
  return children.split(' ').filter((id) => id !== '');
}

let made: { cert: string; key: string } | undefined;

function certificate(dir: string): void {
  const [key, cert] = [join(dir, 'tls.key'), join(dir, 'tls.crt')];
  if (made === undefined) {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
    const files = ['-subj', '/CN=x', '-keyout', key, '-out', cert];
    const { status, stderr } = spawnSync('openssl', [...request, ...files], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`openssl: ${stderr}`);
    }
    made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  }
  writeFileSync(key, made.key);
  writeFileSync(cert, made.cert);
}

export function pause(milliseconds: number): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), milliseconds));
}

export async function until(attempt: () => Promise<void>): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      return await attempt();
    } catch (error) {
      if (i === 50) {
        throw error;
      }
      await pause(100);
    }
  }
}

/** A connection that has sent something. */
export function open(port: number, data: string | Buffer): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (data.length === 0) {
        done(socket);
      } else {
        socket.write(data, () => done(socket));
      }
    });
    socket.on('error', fail);
  });
}

/** The first line of the answer; nothing when none comes in time. */
export async function firstLine(port: number, data: string): Promise<string> {
  const socket = await open(port, data);
  // Silence is an answer as well: a test that waits for ever would never stop its nginx.
  const first = new Promise<Buffer>((done) => socket.once('data', done));
  const answer = (await Promise.race([first, pause(5000)])) ?? '';
  socket.destroy();
  return answer.toString().split('\r\n')[0]!;
}

/** Seconds until the other side ends a connection that sent something. */
export async function lifetime(port: number, data: string | Buffer): Promise<number> {
  const begin = Date.now();
  const socket = await open(port, data);
  socket.resume();
  await new Promise((done) => socket.once('close', done));
  return (Date.now() - begin) / 1000;
}
