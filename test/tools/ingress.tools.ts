import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { type HardenedNginxIngressOptions } from '../../lib/ingress';
import {
  kibibytesPerConnection,
  kibibytesPerRequest,
  kibibytesPerStream,
  requestsAtOnce,
  STREAMS,
} from '../../lib/ingress/sizing';
import { edge } from '../ingress/edge';
import { tempDir } from '../support/temp-app';

// A real nginx judges the configuration. The one of Debian 12 is 1.22, older than the controller's:
// what it does not know (`http2 on`) stands in server blocks that the controller writes by itself.

const NGINX = spawnSync('nginx', ['-v'], { encoding: 'utf8' }).status === 0;
const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';

if (!NGINX && !REQUIRED) {
  process.stderr.write('skipped, no nginx on this machine: apt-get install nginx-light\n');
}
const withNginx = NGINX || REQUIRED ? test : test.skip;

withNginx('nginx is here', () => {
  expect(spawnSync('nginx', ['-v']).error).toBeUndefined();
});

const anyOptions: fc.Arbitrary<HardenedNginxIngressOptions> = fc.record({
  clientMaxBodySize: fc.integer({ min: 1, max: 4_000_000 }).map((n) => Size.kibibytes(n)),
  clientTimeouts: fc.record({
    header: fc.integer({ min: 1000, max: 300_000 }).map((n) => Duration.millis(n)),
    body: fc.integer({ min: 1, max: 300 }).map((n) => Duration.seconds(n)),
    send: fc.integer({ min: 1, max: 300 }).map((n) => Duration.seconds(n)),
    keepalive: fc.integer({ min: 1, max: 3600 }).map((n) => Duration.seconds(n)),
  }),
  connectionsPerAddress: fc.integer({ min: 0, max: 256 }),
  upstreamKeepalive: fc.integer({ min: 1, max: 1024 }),
  headerBuffers: fc.record({
    count: fc.integer({ min: 1, max: 16 }),
    size: fc.integer({ min: 1, max: 64 }).map((n) => Size.kibibytes(n)),
  }),
  trustedProxies: fc.constantFrom([], ['192.0.2.1'], ['192.0.2.0/28', '2001:db8::/64']),
});

withNginx('nginx -t accepts the defaults and whatever else may be asked for', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const config = writeConfig(options);
      const result = spawnSync('nginx', ['-t', '-q', '-c', config], { encoding: 'utf8' });
      expect(`${result.status} ${result.stderr}`).toBe('0 ');
    }),
    { numRuns: 25, examples: [[{}]] },
  );
});

withNginx('nginx -t refuses a directive of the snippet that its template also writes', () => {
  const config = writeConfig({});
  writeFileSync(config, readFileSync(config, 'utf8').replace('send_timeout', 'keepalive_timeout'));
  expect(spawnSync('nginx', ['-t', '-c', config], { encoding: 'utf8' }).stderr).toContain(
    '"keepalive_timeout" directive is duplicate',
  );
});

withNginx(
  'a client that never ends its header, and one that never ends its handshake, is put out in time',
  async () => {
    const nginx = await start({ clientTimeouts: { header: Duration.seconds(2) } });
    try {
      const header = await lifetime(nginx.plain, 'GET / HTTP/1.1\r\nHost: x\r\n');
      const handshake = await lifetime(nginx.tls, Buffer.from([0x16, 3, 1, 2, 0, 1]));
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
    const nginx = await start({ connectionsPerAddress: 3 });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 3; i++) {
        sockets.push(await open(nginx.plain, head));
      }
      expect(await firstLine(nginx.plain, head)).toBe('HTTP/1.1 429 Too Many Requests');
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
    const nginx = await start({
      clientTimeouts: { header: Duration.seconds(60) },
      connectionsPerAddress: 0,
    });
    const clients = 300;
    const lines = Array.from({ length: 4 }, (_, n) => `X-${n}: ${'a'.repeat(7900)}\r\n`).join('');
    const sockets: Socket[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < clients; i++) {
        sockets.push(await open(nginx.plain, `GET / HTTP/1.1\r\n${lines}`));
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
  'slow headers below the break-even rate: the stock configuration falls, ours stays',
  async () => {
    const options = { workerConnections: 256, clientTimeouts: { header: Duration.seconds(1) } };
    const rate = 80;
    expect(edge({ ...options, workerProcesses: 1 }).ingress.breakEvenRate).toBeGreaterThan(
      2 * rate,
    );
    // 256 connections last 3.2 s at this rate when each is held for the stock minute.
    expect(await availability({ ...options, connectionsPerAddress: 0 }, rate)).toBeGreaterThan(
      0.95,
    );
    expect(await availability(options, rate, withoutSnippet)).toBeLessThan(0.2);
  },
  60_000,
);

withNginx(
  'HTTP/2: requests of a replica stay inside their number and their memory, headers, bodies and answers full',
  async () => {
    const options = { workerConnections: 1024, connectionsPerAddress: 0 };
    const most = requestsAtOnce(1, options.workerConnections);
    const connections = most / STREAMS + 4;
    const nginx = await start(options);
    const backend = createServer({ maxHeaderSize: 65_536 }, (request, answer) => {
      request.resume().on('end', () => answer.end(Buffer.alloc(200_000)));
    }).listen(ports.backend, '127.0.0.1');
    const clients: Http2Client[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < connections; i++) {
        clients.push(await http2Client(0));
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
    const nginx = await start({ clientTimeouts: { send: Duration.seconds(3) } });
    const clients: Http2Client[] = [];
    try {
      const before = nginx.kibibytes();
      for (let i = 0; i < 20; i++) {
        const client = await http2Client(0);
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
    const nginx = await start(options);
    const sockets: Socket[] = [];
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
    try {
      for (let i = 0; i < most; i++) {
        sockets.push(await open(nginx.plain, head));
      }
      await pause(500);
      nginx.reload();
      await pause(1000);
      expect(nginx.workers()).toBe(2);
      expect(await firstLine(nginx.plain, head)).toBe('HTTP/1.1 429 Too Many Requests');
    } finally {
      sockets.forEach((s) => s.destroy());
      await nginx.stop();
    }
  },
  30_000,
);

const BUFFERS = { count: 4, kibibytes: 8 };
const FULL_HEADER = Object.fromEntries([0, 1, 2, 3].map((n) => [`x-${n}`, `${n}`.repeat(7900)]));

interface Http2Client {
  readonly session: ClientHttp2Session;
  readonly statuses: number[];
  /** Requests, each with a body of some bytes, or without one. */
  open(requests: number, header: Record<string, string>, bytes?: number): void;
  closed(): number;
}

async function http2Client(initialWindowSize = 65_535): Promise<Http2Client> {
  const session = connectHttp2(`http://127.0.0.1:${ports.http2}`, {
    settings: { initialWindowSize },
  });
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

/** The share of probes answered within a second, in the last 4 of 9 seconds of an attack. */
async function availability(
  options: HardenedNginxIngressOptions,
  rate: number,
  change = (config: string) => config,
): Promise<number> {
  const nginx = await start(options, change);
  const sockets: Socket[] = [];
  const attack = setInterval(() => {
    const socket = connect(nginx.plain, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nX-a: '));
    socket.on('error', () => undefined);
    sockets.push(socket);
  }, 1000 / rate);
  try {
    await pause(5000);
    const probes = Array.from({ length: 16 }, async (_, n) => {
      await pause(n * 250);
      return Promise.race([firstLine(nginx.plain, 'GET / HTTP/1.0\r\n\r\n'), pause(1000)]);
    });
    const answers = await Promise.all(probes);
    return answers.filter((answer) => answer?.startsWith('HTTP/1.1 ')).length / answers.length;
  } finally {
    clearInterval(attack);
    sockets.forEach((s) => s.destroy());
    await nginx.stop();
  }
}

function withoutSnippet(config: string): string {
  return config.replace(/# Slow headers[^]*ssl_session_tickets off;/, '');
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), milliseconds));
}

/**
 * Found free before the first test, below the range from which the kernel gives ports to clients: there
 * one of many connections here would take one sooner or later. Nobody listens on `backend` unless a
 * test says so.
 */
const ports = { plain: 0, tls: 0, http2: 0, backend: 0 };

beforeAll(async () => {
  let next = 21_000;
  for (const name of Object.keys(ports) as Array<keyof typeof ports>) {
    while (!(await isFree(next))) {
      next += 1;
    }
    ports[name] = next;
    next += 1;
  }
});

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/** A configuration of the shape the controller writes, with our values where it puts them. */
function writeConfig(options: HardenedNginxIngressOptions): string {
  const dir = tempDir();
  const { data } = edge({ workerProcesses: 1, ...options }).only('ConfigMap');
  certificate(dir);
  mkdirSync(join(dir, 'temp'));
  // A worker of a master that is root is somebody else, and writes bodies below.
  chmodSync(dir, 0o711);
  const realIp = (data['set-real-ip-from'] ?? '')
    .split(',')
    .filter(Boolean)
    .map((from: string) => `set_real_ip_from ${from};`);
  const config = join(dir, 'nginx.conf');
  writeFileSync(
    config,
    `
worker_processes ${data['worker-processes']};
worker_rlimit_nofile ${data['worker-rlimit-nofile']};
worker_shutdown_timeout 5s;
daemon off;
error_log stderr ${data['error-log-level'] === 'notice' ? 'error' : 'notice'};
pid ${dir}/nginx.pid;
events { worker_connections ${data['worker-connections']}; }
http {
  default_type application/octet-stream;
  map_hash_max_size 2048;
  map_hash_bucket_size 256;
${data['http-snippets']}
  access_log off;
  sendfile on;
  keepalive_timeout ${data['keepalive-timeout']};
  keepalive_requests ${data['keepalive-requests']};
  server_names_hash_max_size 1024;
  server_names_hash_bucket_size 256;
  variables_hash_bucket_size 256;
  variables_hash_max_size 1024;
  ssl_protocols ${data['ssl-protocols']};
  ssl_ciphers "${data['ssl-ciphers']}";
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${dir}/temp/${n};`).join(' ')}
  upstream backend { server 127.0.0.1:${ports.backend}; keepalive ${data.keepalive}; }
  server {
    listen 127.0.0.1:${ports.plain};
    listen 127.0.0.1:${ports.http2} http2;
    listen 127.0.0.1:${ports.tls} ssl http2;
    ssl_certificate ${dir}/cert.pem;
    ssl_certificate_key ${dir}/key.pem;
    server_tokens ${data['server-tokens'] === 'true' ? 'on' : 'off'};
    ${realIp.join(' ')}
    ${realIp.length > 0 ? `real_ip_header ${data['real-ip-header']}; real_ip_recursive on;` : ''}
    proxy_hide_header ${data['proxy-hide-headers']};
    location /moved { return 301 /; }
    location / {
      proxy_connect_timeout ${data['proxy-connect-timeout']};
      proxy_read_timeout ${data['proxy-read-timeout']};
      proxy_send_timeout ${data['proxy-send-timeout']};
      client_max_body_size ${data['client-max-body-size']};
      proxy_buffering on;
      proxy_max_temp_file_size ${data['proxy-max-temp-file-size']};
      proxy_pass http://backend;
    }
  }
}
`,
  );
  return config;
}

let made: { cert: string; key: string } | undefined;

function certificate(dir: string): void {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  if (made === undefined) {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=x',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    expect(spawnSync('openssl', args).status).toBe(0);
    made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  }
  writeFileSync(key, made.key);
  writeFileSync(cert, made.cert);
}

async function start(options: HardenedNginxIngressOptions, change = (config: string) => config) {
  const config = writeConfig(options);
  writeFileSync(config, change(readFileSync(config, 'utf8')));
  const nginx = spawn('nginx', ['-c', config], { stdio: 'ignore' });
  await until(async () => {
    (await open(ports.plain, '')).destroy();
  });
  return {
    plain: ports.plain,
    tls: ports.tls,
    kibibytes: () => anonymousKibibytes(nginx),
    workers: () => workersOf(nginx).length,
    reload: () => nginx.kill('SIGHUP'),
    stop: () =>
      new Promise<void>((done) => {
        nginx.once('exit', () => done());
        nginx.kill('SIGTERM');
      }),
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

function open(port: number, data: string | Buffer): Promise<Socket> {
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

async function lifetime(port: number, data: string | Buffer): Promise<number> {
  const begin = Date.now();
  const socket = await open(port, data);
  socket.resume();
  await new Promise((done) => socket.once('close', done));
  return (Date.now() - begin) / 1000;
}

async function firstLine(port: number, data: string): Promise<string> {
  const socket = await open(port, data);
  // Silence is an answer as well: a test that waits for ever would never stop its nginx.
  const first = new Promise<Buffer>((done) => socket.once('data', done));
  const answer = (await Promise.race([first, pause(5000)])) ?? '';
  socket.destroy();
  return answer.toString().split('\r\n')[0];
}

async function until(attempt: () => Promise<void>): Promise<void> {
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
