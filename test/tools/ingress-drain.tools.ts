import { Agent, createServer, get, type Server } from 'node:http';
import { Duration } from 'cdk8s';
import { startEdge, type RunningEdge } from './ingress-edge';
import { freePort, open, pause } from './nginx-lab';
import { withNginx } from './with-nginx';

// How a replica ends, and what idle connections to backends are worth, with a real nginx.

interface Backend {
  readonly port: number;
  /** Connections it has accepted. */
  readonly connections: () => number;
  readonly close: () => void;
}

/** Answers after so many milliseconds. */
async function backendThatTakes(milliseconds: number): Promise<Backend> {
  let connections = 0;
  const port = await freePort();
  const server: Server = createServer((_, answer) => {
    setTimeout(() => answer.end('served'), milliseconds).unref();
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    port,
    connections: () => connections,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The status of a request; 0 when its connection ends without one. */
function ask(port: number, agent?: Agent): Promise<number> {
  return new Promise((done) => {
    get({ port, host: '127.0.0.1', agent, headers: { host: 'x' } }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode ?? 0));
    }).on('error', () => done(0));
  });
}

/** What becomes of a request in flight, and of a new client, when nginx gets a signal. */
async function ended(drain: Duration, milliseconds: number, signal: 'SIGQUIT' | 'SIGTERM') {
  const backend = await backendThatTakes(milliseconds);
  const edge: RunningEdge = await startEdge({ shutdown: { drain } }, { backend: backend.port });
  try {
    const inFlight = ask(edge.http);
    while (backend.connections() === 0) {
      await pause(20);
    }
    const begin = Date.now();
    edge.signal(signal);
    await pause(500);
    const late = await open(edge.http, '').then(
      (socket) => {
        socket.destroy();
        return 'taken';
      },
      (error: NodeJS.ErrnoException) => error.code,
    );
    const status = await inFlight;
    const code = await edge.exited;
    return { status, late, code, seconds: (Date.now() - begin) / 1000 };
  } finally {
    await edge.stop();
    backend.close();
  }
}

withNginx(
  'the controller asks nginx to quit: what is in flight ends well, and nobody new is taken',
  async () => {
    const { status, late, code, seconds } = await ended(Duration.seconds(60), 3000, 'SIGQUIT');
    expect({ status, late, code }).toEqual({ status: 200, late: 'ECONNREFUSED', code: 0 });
    expect(seconds).toBeLessThan(30);
  },
  60_000,
);

withNginx(
  'a request that outlasts the drain is cut, so the pod is gone before it would be killed',
  async () => {
    const { status, code, seconds } = await ended(Duration.seconds(1), 40_000, 'SIGQUIT');
    expect({ status, code }).toEqual({ status: 0, code: 0 });
    expect(seconds).toBeLessThan(30);
  },
  60_000,
);

withNginx(
  'SIGTERM straight to nginx cuts at once: the controller must be the one who gets it',
  async () => {
    const { status, seconds } = await ended(Duration.seconds(60), 40_000, 'SIGTERM');
    expect(status).toBe(0);
    expect(seconds).toBeLessThan(30);
  },
  60_000,
);

/** Connections to the backend for 40 requests of each of 24 clients at once. */
async function connectionsFor(upstreamKeepalive: number): Promise<number> {
  const backend = await backendThatTakes(5);
  const edge = await startEdge({ upstreamKeepalive }, { backend: backend.port });
  const agent = new Agent({ keepAlive: true, maxSockets: 24 });
  try {
    const clients = Array.from({ length: 24 }, async () => {
      for (let i = 0; i < 40; i++) {
        expect(await ask(edge.http, agent)).toBe(200);
      }
    });
    await Promise.all(clients);
    return backend.connections();
  } finally {
    agent.destroy();
    await edge.stop();
    backend.close();
  }
}

withNginx(
  'idle connections that are too few mean new ones for nearly every request',
  async () => {
    const [enough, one] = [await connectionsFor(64), await connectionsFor(1)];
    expect(enough).toBeLessThanOrEqual(24);
    expect(one / enough).toBeGreaterThan(10);
  },
  60_000,
);
