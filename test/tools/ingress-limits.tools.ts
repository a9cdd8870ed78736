import { createServer } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Duration } from 'cdk8s';
import type { HardenedNginxIngressOptions } from '../../lib/ingress';
import {
  kibibytesPerConnection,
  kibibytesPerRequest,
  kibibytesPerStream,
  requestsAtOnce,
  STREAMS,
} from '../../lib/ingress/sizing';
import { startEdge } from './ingress-edge';
import { firstLine, freePort, lifetime, open, pause, until } from './nginx-lab';
import { withNginx } from './with-nginx';

// What one client may take of a replica, and for how long, with a real nginx.

withNginx(
  'a client that never ends its header, and one that never ends its handshake, is put out in time',
  async () => {
    const nginx = await startEdge({ clientTimeouts: { header: Duration.seconds(2) } });
    try {
      const header = await lifetime(nginx.http, 'GET / HTTP/1.1\r\nHost: x\r\n');
      const handshake = await lifetime(nginx.https, Buffer.from([0x16, 3, 1, 2, 0, 1]));
      for (const seconds of [header, handshake]) {
        expect(seconds).toBeGreaterThan(1.5);
        expect(seconds).toBeLessThan(6);
      }
    } finally {
      await nginx.stop();
    }
  },
  30_000,
);

withNginx(
  'one address has as many requests as it may have, and 429 after that',
  async () => {
    const nginx = await startEdge({ connectionsPerAddress: 3 });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 3; i++) {
        sockets.push(await open(nginx.http, head));
      }
      expect(await firstLine(nginx.http, head)).toBe('HTTP/1.1 429 Too Many Requests');
    } finally {
      sockets.forEach((s) => s.destroy());
      await nginx.stop();
    }
  },
  30_000,
);

withNginx(
  'a stalled client with full header buffers costs what memory is computed with, without TLS',
  async () => {
    const nginx = await startEdge({
      clientTimeouts: { header: Duration.seconds(60) },
      connectionsPerAddress: 0,
    });
    const clients = 300;
    const lines = Array.from({ length: 4 }, (_, n) => `X-${n}: ${'a'.repeat(7900)}\r\n`).join('');
    const sockets: Socket[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < clients; i++) {
        sockets.push(await open(nginx.http, `GET / HTTP/1.1\r\n${lines}`));
      }
      await pause(1000);
      const each = (nginx.kibibytes() - before) / clients;
      const computed = kibibytesPerConnection({ count: 4, kibibytes: 8 });
      expect(each).toBeLessThanOrEqual(computed);
      expect(each).toBeGreaterThan(computed / 2);
    } finally {
      sockets.forEach((s) => s.destroy());
      await nginx.stop();
    }
  },
  60_000,
);

withNginx(
  'HTTP/2: requests of a replica stay inside their number and their memory, headers, bodies and answers full',
  async () => {
    const options = { workerConnections: 1024, connectionsPerAddress: 0 };
    const most = requestsAtOnce(1, options.workerConnections);
    const connections = most / STREAMS + 4;
    const nginx = await startWithHttp2(options);
    const backend = createServer({ maxHeaderSize: 65_536 }, (request, answer) => {
      request.resume().on('end', () => answer.end(Buffer.alloc(200_000)));
    }).listen(nginx.backend, '127.0.0.1');
    const clients: Http2Client[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < connections; i++) {
        clients.push(await http2Client(nginx.http2, 0));
      }
      for (const client of clients) {
        expect(client.session.remoteSettings.maxConcurrentStreams).toBe(STREAMS);
        client.open(STREAMS, FULL_HEADER, 16_000);
      }
      const statuses = () => clients.flatMap((client) => client.statuses);
      await until(async () => expect(statuses()).toHaveLength(connections * STREAMS));
      expect(statuses().filter((status) => status === 200)).toHaveLength(most);
      expect(statuses().filter((status) => status === 429)).toHaveLength(4 * STREAMS);
      const used = nginx.kibibytes() - before;
      const requests = most * kibibytesPerRequest(BUFFERS);
      const refused = 4 * STREAMS * kibibytesPerStream(BUFFERS);
      const others = connections * kibibytesPerConnection(BUFFERS) + refused;
      expect(used).toBeLessThan(others + requests);
      // Nearly all of it: the number is no larger than it must be.
      expect(used).toBeGreaterThan(0.75 * (refused + requests));
    } finally {
      clients.forEach((client) => client.session.destroy());
      backend.close();
      await nginx.stop();
    }
  },
  60_000,
);

withNginx(
  'HTTP/2: what is answered before it is counted costs no more than is said, and ends in time',
  async () => {
    const nginx = await startWithHttp2({ clientTimeouts: { send: Duration.seconds(3) } });
    const clients: Http2Client[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < 20; i++) {
        const client = await http2Client(nginx.http2, 0);
        client.open(STREAMS, { ...FULL_HEADER, ':path': '/moved' });
        clients.push(client);
      }
      await pause(1000);
      const each = (nginx.kibibytes() - before) / 20;
      expect(each).toBeLessThan(
        kibibytesPerConnection(BUFFERS) + STREAMS * kibibytesPerStream(BUFFERS),
      );
      expect(each).toBeGreaterThan((STREAMS * kibibytesPerStream(BUFFERS)) / 2);
      const statuses = clients.flatMap((client) => client.statuses);
      expect(statuses).toEqual(Array.from({ length: 20 * STREAMS }, () => 301));
      expect(clients.map((client) => client.closed())).toEqual(clients.map(() => 0));
      await pause(4000);
      expect(clients.map((client) => client.closed())).toEqual(clients.map(() => STREAMS));
    } finally {
      clients.forEach((client) => client.session.destroy());
      await nginx.stop();
    }
  },
  60_000,
);

withNginx(
  'the count of requests goes through a reload',
  async () => {
    const options = { workerConnections: 256, connectionsPerAddress: 0 };
    const most = requestsAtOnce(1, 256);
    const nginx = await startEdge(options);
    const sockets: Socket[] = [];
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
    try {
      for (let i = 0; i < most; i++) {
        sockets.push(await open(nginx.http, head));
      }
      await pause(500);
      nginx.signal('SIGHUP');
      await pause(1000);
      expect(nginx.workers()).toBe(2);
      expect(await firstLine(nginx.http, head)).toBe('HTTP/1.1 429 Too Many Requests');
    } finally {
      sockets.forEach((s) => s.destroy());
      await nginx.stop();
    }
  },
  30_000,
);

const BUFFERS = { count: 4, kibibytes: 8 };
const FULL_HEADER = Object.fromEntries([0, 1, 2, 3].map((n) => [`x-${n}`, `${n}`.repeat(7900)]));

/** A replica that speaks HTTP/2 without TLS on one more port, and has something that it answers by itself. */
async function startWithHttp2(options: HardenedNginxIngressOptions) {
  const http2 = await freePort();
  const more = `listen 127.0.0.1:${http2} http2; location /moved { return 301 /; }`;
  const edge = await startEdge(options, {
    change: (config) => config.replace('location / {', `${more}\n    location / {`),
  });
  return { ...edge, http2 };
}

interface Http2Client {
  readonly session: ClientHttp2Session;
  readonly statuses: number[];
  /** Requests, each with a body of some bytes, or without one. */
  open(requests: number, header: Record<string, string>, bytes?: number): void;
  closed(): number;
}

async function http2Client(port: number, initialWindowSize: number): Promise<Http2Client> {
  const session = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize } });
  session.on('error', () => undefined);
  const statuses: number[] = [];
  let closed = 0;
  await new Promise((done) => session.once('remoteSettings', done));
  const openOne = (header: Record<string, string>, bytes: number) => {
    const body = bytes > 0 ? { ':method': 'POST', 'content-length': `${bytes}` } : {};
    const request = session.request(
      { ':path': '/', ...header, ...body },
      { endStream: bytes === 0 },
    );
    request.on('error', () => undefined);
    request.on('response', (answer) => statuses.push(answer[':status']!));
    request.on('close', () => closed++);
    if (bytes > 0) {
      request.end(Buffer.alloc(bytes));
    }
  };
  return {
    session,
    statuses,
    open: (requests, header, bytes = 0) => {
      for (let i = 0; i < requests; i++) {
        openOne(header, bytes);
      }
    },
    closed: () => closed,
  };
}
