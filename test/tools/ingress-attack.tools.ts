import { createServer, type Server } from 'node:http';
import { Duration } from 'cdk8s';
import { outcomeOf, SLOW_BODIES, SLOW_HEADERS, type Outcome } from './edge-attack';
import { asStock, settingsOf, startEdge } from './ingress-edge';
import { freePort } from './nginx-lab';
import { withNginx } from './with-nginx';

// An attacker that holds connections and replaces those it loses, against a replica with nginx's own
// defaults and against ours with as many connections. Both at once, so that a busy machine is the same
// for both.

/** One replica small enough to be brought down here: 256 connections, 2.5 s for a header. */
const OPTIONS = {
  workerProcesses: 1,
  workerConnections: 256,
  clientTimeouts: { header: Duration.millis(2500) },
  connectionsPerAddress: 12,
};
/** 256 / 50 s pass before nginx's own minute is any use; ours holds at most 125 at a time. */
const WHEN = { settle: 8, seconds: 6 };

let backend: Server;
let port: number;

beforeAll(async () => {
  port = await freePort();
  backend = createServer((_, answer) => answer.end('served')).listen(port, '127.0.0.1');
});

afterAll(() => backend.close());

async function attacked(
  kind: typeof SLOW_HEADERS | typeof SLOW_BODIES,
  sources: number,
  change = (config: string) => config,
): Promise<Outcome> {
  const edge = await startEdge(OPTIONS, { backend: port, change });
  try {
    return await outcomeOf({ ...kind, port: edge.http, rate, sources }, WHEN);
  } finally {
    await edge.stop();
  }
}

const { breakEvenRate, connections } = settingsOf(OPTIONS);
const rate = Math.floor(breakEvenRate / 2);

test('the replica is one that falls at about 100 new connections a second', () => {
  expect(breakEvenRate).toBe(102);
});

withNginx(
  'slow headers at half the break-even rate: stock falls, ours serves everybody',
  async () => {
    const [stock, ours] = await Promise.all([
      attacked(SLOW_HEADERS, 200, asStock),
      attacked(SLOW_HEADERS, 200),
    ]);
    expect(stock.availability).toBeLessThan(0.2);
    expect(ours.availability).toBeGreaterThanOrEqual(0.99);
    // Held as computed: rate × header timeout, and what stands in the way of a timer on a busy machine.
    expect(ours.held).toBeGreaterThan(rate * 2.5 * 0.5);
    expect(ours.held).toBeLessThan(connections * 0.8);
  },
  60_000,
);

withNginx(
  'slow bodies from few addresses: stock falls, ours refuses them and lets go of them in time',
  async () => {
    const [stock, ours, lingering] = await Promise.all([
      attacked(SLOW_BODIES, 5, asStock),
      attacked(SLOW_BODIES, 5),
      attacked(SLOW_BODIES, 5, (config) => config.replace(/^ *lingering_.*\n/gm, '')),
    ]);
    expect(stock.availability).toBeLessThan(0.2);
    expect(ours.availability).toBeGreaterThanOrEqual(0.99);
    // The limit alone is not enough: nginx reads on for half a minute from whom it has refused.
    expect(lingering.availability).toBeLessThan(0.2);
  },
  60_000,
);
