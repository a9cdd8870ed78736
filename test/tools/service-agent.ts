import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { ENV } from './netns-machine';

/** Something that answers on a port, on every address unless one is given. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly address?: string;
}

/** Whom to ask. */
export interface Target {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** Of several addresses that the asker has. */
  readonly source?: string;
}

// Answers everybody with its label. On each line of standard input it asks the targets there, and
// prints what each of them answered, or the error; 'lost' when nothing came back at all.
const PROGRAM = `
const [label, listeners] = process.argv.slice(1);
const { connect, createServer } = require('node:net');
const { createSocket } = require('node:dgram');
const listen = ({ protocol, port, address = '0.0.0.0' }) => new Promise((up) => {
  if (protocol === 'tcp') {
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(label);
    }).listen(port, address, up);
    return;
  }
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  socket.on('message', (_, from) => socket.send(label, from.port, from.address));
  socket.bind(port, address, up);
});
const tcp = ({ address, port, source }, patience) => new Promise((done) => {
  let answer = '';
  const socket = connect({ port, host: address, localAddress: source });
  socket.on('data', (data) => (answer += data));
  socket.on('end', () => done(answer));
  socket.on('error', ({ code }) => done(code));
  setTimeout(() => socket.destroy(), patience).unref();
});
const udp = ({ address, port, source }, patience) => new Promise((done) => {
  const socket = createSocket('udp4');
  const end = (answer) => {
    clearInterval(again);
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    done(answer);
  };
  const send = () => socket.send('who?', () => undefined);
  const again = setInterval(send, 500);
  socket.on('message', (data) => end(String(data)));
  socket.on('error', ({ code }) => end(code));
  socket.bind(0, source, () => socket.connect(port, address, send));
  setTimeout(end, patience, 'lost').unref();
});
const ask = (target, patience) => Promise.race([
  (target.protocol === 'tcp' ? tcp : udp)(target, patience),
  new Promise((done) => setTimeout(done, patience, 'lost').unref()),
]);
Promise.all(JSON.parse(listeners).map(listen)).then(() => {
  console.log('"ready"');
  require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
    const { targets, patience } = JSON.parse(line);
    console.log(JSON.stringify(await Promise.all(targets.map((one) => ask(one, patience)))));
  });
});`;

/** A program in one network namespace that answers, and asks on demand. */
export class Agent {
  /** Resolves when it listens everywhere. */
  public readonly ready: Promise<unknown>;
  private readonly process: ChildProcess;
  private readonly lines: Interface;
  private readonly gone: Promise<never>;

  constructor(
    [command, ...args]: readonly [string, ...string[]],
    label: string,
    listeners: readonly Listener[],
  ) {
    const node = [process.execPath, '-e', PROGRAM, label, JSON.stringify(listeners)];
    this.process = spawn(command, [...args, ...node], { env: ENV });
    let complaint = '';
    this.process.stderr!.on('data', (data) => (complaint += data));
    this.gone = new Promise((_, reject) =>
      this.process.once('exit', () => reject(new Error(`${label} ended: ${complaint}`))),
    );
    // Whoever waits for a line hears of it; at the end of a test nobody does.
    this.gone.catch(() => undefined);
    this.lines = createInterface({ input: this.process.stdout! });
    this.ready = this.next();
  }

  /** The answer of each target, all asked at the same time. One question after the other. */
  public ask(targets: readonly Target[], patience: number): Promise<string[]> {
    const answers = this.next();
    this.process.stdin!.write(`${JSON.stringify({ targets, patience })}\n`);
    return answers.then((all: string[]) =>
      all.map((answer) => (answer === 'EHOSTUNREACH' ? 'rejected' : answer)),
    );
  }

  public close(): void {
    this.process.kill('SIGKILL');
  }

  private next(): Promise<any> {
    const line = new Promise((resolve) => this.lines.once('line', resolve));
    return Promise.race([line, this.gone]).then((text) => JSON.parse(text as string));
  }
}
