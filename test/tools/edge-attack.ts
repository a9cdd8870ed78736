import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { pause } from './nginx-lab';

// An attacker on loopback that opens connections at a rate for as long as it lives, whatever becomes of
// them: one that is put out is replaced. It reads no answer and never ends a connection by itself, not
// even when the server said that it wants no more.
const ATTACKER = `
const { connect } = require('node:net');
const { port, rate, sources, first, again, every } = JSON.parse(process.argv[1]);
let opened = 0;
let held = 0;
let ended = 0;
let due = 0;
let last = Date.now();
setInterval(() => {
  // What a busy machine kept it from opening is not made up for: the rate is never exceeded.
  due += (rate * Math.min(250, Date.now() - last)) / 1000;
  last = Date.now();
  for (; due >= 1; due--, opened++) {
    const at = opened % sources;
    const localAddress = '127.0.' + (2 + Math.floor(at / 250)) + '.' + (1 + (at % 250));
    const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true }, () => {
      socket.write(first);
      const more = setInterval(() => socket.write(again), every);
      socket.on('close', () => clearInterval(more));
    });
    held++;
    const begin = Date.now();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      held--;
      ended += Date.now() - begin > 1000 ? 1 : 0;
    });
    socket.resume();
  }
}, 5);
setInterval(() => process.send({ opened, held, ended, at: Date.now() }, () => undefined), 100);
process.on('disconnect', () => process.exit());
`;

/** How connections are held. */
export interface Attack {
  readonly port: number;
  /** New connections a second. */
  readonly rate: number;
  /** Addresses they come from. */
  readonly sources: number;
  /** What is sent at once, and then for ever. */
  readonly first: string;
  readonly again: string;
  /** Milliseconds between two of those. */
  readonly every: number;
}

/** A header that never ends: one more line of it every half second. */
export const SLOW_HEADERS = {
  first: 'GET / HTTP/1.1\r\nHost: x\r\n',
  again: 'X-a: b\r\n',
  every: 500,
} as const;

/** A body that never ends: a byte every half second. */
export const SLOW_BODIES = {
  first: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
  again: 'a',
  every: 500,
} as const;

/** What came of an attack. */
export interface Outcome {
  /** Share of the probes that were answered with 200. */
  readonly availability: number;
  /** Connections the attacker had at the end, those in the kernel's queue among them. */
  readonly held: number;
  readonly opened: number;
  /** Connections that the server ended in a second, without those it refused at once. */
  readonly endedPerSecond: number;
  /** Seconds from the first probe to the first one that was not served; undefined when all were. */
  readonly lostAfter?: number;
}

/** Attacks, waits until so many seconds' worth of connections were opened, and then probes for some seconds. */
export async function outcomeOf(
  attack: Attack,
  { settle, seconds }: { readonly settle: number; readonly seconds: number },
): Promise<Outcome> {
  const attacker = spawn(process.execPath, ['-e', ATTACKER, JSON.stringify(attack)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let count = { opened: 0, held: 0, ended: 0, at: 0 };
  attacker.on('message', (message) => (count = message as typeof count));
  try {
    while (count.opened <= attack.rate * settle) {
      await pause(50);
    }
    const before = count;
    const probes = Array.from({ length: seconds * 5 }, async (_, n) => {
      await pause(n * 200);
      return probe(attack.port);
    });
    await pause(seconds * 1000);
    const { opened, held, ended, at } = count;
    const answers = await Promise.all(probes);
    const lost = answers.indexOf(false);
    return {
      opened,
      held,
      availability: answers.filter(Boolean).length / answers.length,
      endedPerSecond: (1000 * (ended - before.ended)) / (at - before.at),
      ...(lost < 0 ? {} : { lostAfter: lost / 5 }),
    };
  } finally {
    attacker.disconnect();
  }
}

const PROBE = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** Whether a new client is served. It waits longer than a busy machine needs, and not for ever. */
function probe(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(PROBE));
    const end = (served: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      done(served);
    };
    const patience = setTimeout(() => end(false), 8000);
    socket.once('data', (data) => end(data.toString().startsWith('HTTP/1.1 200 ')));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}
