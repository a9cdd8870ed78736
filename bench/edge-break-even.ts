// Prints at which rate of slow clients a replica of the edge falls, against the rate that was computed
// for it, with the nginx of this machine and an attacker on loopback. Run with `npm run bench:edge`; it
// takes two minutes and hardly any CPU.
import { createServer } from 'node:http';
import { Duration } from 'cdk8s';
import { outcomeOf, SLOW_BODIES, SLOW_HEADERS, type Outcome } from '../test/tools/edge-attack';
import { asStock, settingsOf, startEdge } from '../test/tools/ingress-edge';
import { freePort, NGINX_VERSION } from '../test/tools/nginx-lab';
import { row } from './lookup-figures';

const OPTIONS = {
  workerProcesses: 1,
  workerConnections: 256,
  clientTimeouts: { header: Duration.millis(2500) },
  connectionsPerAddress: 12,
};

async function measure(): Promise<void> {
  const port = await freePort();
  const backend = createServer((_, answer) => answer.end('served')).listen(port, '127.0.0.1');
  const attacked = async (
    kind: typeof SLOW_HEADERS | typeof SLOW_BODIES,
    rate: number,
    { settle = 6, sources = 200, change = (config: string) => config } = {},
  ): Promise<Outcome> => {
    const edge = await startEdge(OPTIONS, { backend: port, change });
    try {
      return await outcomeOf({ ...kind, port: edge.http, rate, sources }, { settle, seconds: 8 });
    } finally {
      await edge.stop();
    }
  };
  const { breakEvenRate, connections } = settingsOf(OPTIONS);
  const half = Math.floor(breakEvenRate / 2);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  console.log(
    `nginx ${NGINX_VERSION}, ${connections} connections, 2.5 s for a header: ${breakEvenRate} a second computed\n`,
  );

  // When every slot is taken, slots come free as fast as they ever do: that is the break-even rate.
  const over = await attacked(SLOW_HEADERS, 2 * breakEvenRate);
  row('slow headers: break-even, measured ÷ computed', ratio(over.endedPerSecond, breakEvenRate));
  for (const share of [0.5, 0.9, 2]) {
    const { availability } = await attacked(SLOW_HEADERS, Math.floor(share * breakEvenRate));
    row(`slow headers at ${share} of it: served`, percent(availability));
  }
  const bodies = await attacked(SLOW_BODIES, half, { sources: 5 });
  row('slow bodies from 5 addresses at 0.5 of it: served', percent(bodies.availability));

  const stock = await attacked(SLOW_HEADERS, half, { settle: 0, change: asStock });
  row(
    'nginx defaults, slow headers at 0.5 of it: falls after, measured ÷ computed',
    stock.lostAfter === undefined ? 'never' : ratio(stock.lostAfter, connections / half),
  );
  backend.close();
}

const ratio = (measured: number, computed: number) => (measured / computed).toFixed(2);

if (NGINX_VERSION === undefined) {
  console.log('nothing measured: this machine lacks nginx');
  process.exitCode = 1;
} else {
  measure().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
