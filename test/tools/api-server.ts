import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** An object of the API, as far as it is looked at here. */
interface ApiObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Kinds that the doctor deals with: path of the group, plural, whether in namespaces. */
const KINDS = {
  Namespace: ['api/v1', 'namespaces', false],
  Node: ['api/v1', 'nodes', false],
  Pod: ['api/v1', 'pods', true],
  Service: ['api/v1', 'services', true],
  ConfigMap: ['api/v1', 'configmaps', true],
  DaemonSet: ['apis/apps/v1', 'daemonsets', true],
} as const;

type Kind = keyof typeof KINDS;

export interface ApiServerOptions {
  readonly nodes: readonly unknown[];
  /** Pods that are there once a DaemonSet is. */
  readonly pods: readonly unknown[];
  readonly serviceAddress: string;
  /** What a command in a pod prints, and how it ends. */
  readonly exec: (pod: string, command: readonly string[]) => { text: string; code: number };
}

/** As much of the Kubernetes API as kubectl needs to apply, list, exec and delete: for real kubectl. */
export class ApiServer {
  /** Method, path and query of every call. */
  public readonly calls: string[] = [];
  private readonly objects = new Map<string, ApiObject>();
  private readonly server: Server;

  public constructor(private readonly options: ApiServerOptions) {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { status, value } = this.answer(request, body);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(value));
      });
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex) =>
      this.upgrade(request, socket),
    );
  }

  /** Listens, and returns a kubeconfig for it. */
  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return kubeconfig((this.server.address() as AddressInfo).port);
  }

  /** What is applied and not deleted, as `Kind name`. */
  public applied(): string[] {
    return [...this.objects.values()].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  }

  public close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, body: string): { status: number; value: unknown } {
    const { pathname, searchParams } = new URL(request.url!, 'http://here');
    this.calls.push(`${request.method} ${pathname} ${searchParams.toString()}`);
    const found = discovery(pathname) ?? this.resource(request, pathname, body);
    return found === undefined
      ? { status: 404, value: { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 } }
      : { status: 200, value: found };
  }

  private resource({ method, headers }: IncomingMessage, path: string, body: string): unknown {
    const kind = (Object.keys(KINDS) as Kind[]).find((one) =>
      new RegExp(`^/${KINDS[one][0]}/(namespaces/[^/]+/)?${KINDS[one][1]}(/[^/]+)?$`).test(path),
    );
    if (kind === undefined) {
      return undefined;
    }
    const name = new RegExp(`/${KINDS[kind][1]}/([^/]+)$`).exec(path)?.[1];
    if (method === 'PATCH') {
      const patch = JSON.parse(body) as ApiObject;
      const known = this.objects.get(`${kind} ${name}`);
      const isMerged = headers['content-type'] === 'application/merge-patch+json';
      const metadata = { ...(isMerged ? known?.metadata : {}), ...patch.metadata };
      const object = { ...(isMerged ? known : {}), ...patch, metadata, kind };
      this.objects.set(`${kind} ${name}`, object);
      return { ...object, metadata: { ...object.metadata, uid: `${kind}-${name}` } };
    }
    const items = this.items(kind);
    if (name === undefined) {
      // As the real one, which does not say the kind again.
      const bare = items.map((one) => ({ ...one, kind: undefined, apiVersion: undefined }));
      return { kind: `${kind}List`, apiVersion: apiVersionOf(kind), metadata: {}, items: bare };
    }
    if (method === 'DELETE') {
      return this.objects.delete(`${kind} ${name}`)
        ? {
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Success',
            details: { name, uid: `${kind}-${name}` },
          }
        : undefined;
    }
    const found = items.find(({ metadata }) => metadata.name === name);
    return found && { ...found, kind, apiVersion: apiVersionOf(kind) };
  }

  private items(kind: Kind): ApiObject[] {
    const { nodes, pods, serviceAddress } = this.options;
    const own = [...this.objects.values()].filter((one) => one.kind === kind);
    switch (kind) {
      case 'Node':
        return nodes as ApiObject[];
      case 'Pod':
        return [...this.objects.keys()].some((key) => key.startsWith('DaemonSet'))
          ? (pods as ApiObject[])
          : [];
      case 'Service':
        return own.map((one) => ({ ...one, spec: { clusterIP: serviceAddress } }));
      default:
        return own;
    }
  }

  /** A command in a pod, by the fifth version of the protocol, which kubectl speaks first from 1.31 on. */
  private upgrade(request: IncomingMessage, socket: Duplex): void {
    const { pathname, searchParams } = new URL(request.url!, 'http://here');
    this.calls.push(`EXEC ${pathname} ${searchParams.toString()}`);
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        'Sec-WebSocket-Protocol: v5.channel.k8s.io',
        '\r\n',
      ].join('\r\n'),
    );
    const pod = /pods[/]([^/]+)[/]exec$/.exec(pathname)![1]!;
    const { text, code } = this.options.exec(pod, searchParams.getAll('command'));
    socket.write(frame(0x82, Buffer.concat([Buffer.from([1]), Buffer.from(text)])));
    const status =
      code === 0
        ? { metadata: {}, status: 'Success' }
        : {
            metadata: {},
            status: 'Failure',
            reason: 'NonZeroExitCode',
            message: `command terminated with non-zero exit code ${code}`,
            details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
          };
    socket.write(
      frame(0x82, Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify(status))])),
    );
    socket.end(frame(0x88, Buffer.from([0x03, 0xe8])));
    socket.on('error', () => undefined);
  }
}

/** A kubeconfig with one context, for a server on this computer. */
export function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    clusters: [{ name: 'lab', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'lab', user: { token: 'none' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  });
}

function apiVersionOf(kind: Kind): string {
  return KINDS[kind][0].replace(/^apis?[/]/, '');
}

/** A frame that is not masked, as servers send them. */
function frame(head: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) {
    return Buffer.concat([Buffer.from([head, length]), payload]);
  }
  const size = Buffer.alloc(10);
  size.writeUInt8(head, 0);
  size.writeUInt8(127, 1);
  size.writeUInt32BE(length, 6);
  return Buffer.concat([size, payload]);
}

/** What the server has, in the old form, and that it checks fields itself. */
function discovery(path: string): unknown {
  switch (path) {
    case '/version':
      return { major: '1', minor: '36', gitVersion: 'v1.36.4' };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'] };
    case '/apis': {
      const version = { groupVersion: 'apps/v1', version: 'v1' };
      const group = { name: 'apps', versions: [version], preferredVersion: version };
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] };
    }
    case '/api/v1':
    case '/apis/apps/v1': {
      const resources = kindsOf(path).map((kind) => ({
        name: KINDS[kind][1],
        singularName: kind.toLowerCase(),
        namespaced: KINDS[kind][2],
        kind,
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'watch'],
      }));
      const groupVersion = path === '/api/v1' ? 'v1' : 'apps/v1';
      return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
    }
    case '/openapi/v3':
      return {
        paths: Object.fromEntries(
          ['api/v1', 'apis/apps/v1'].map((one) => [
            one,
            { serverRelativeURL: `/openapi/v3/${one}?hash=1` },
          ]),
        ),
      };
    case '/openapi/v3/api/v1':
    case '/openapi/v3/apis/apps/v1':
      return openApi(path.replace('/openapi/v3', ''));
    default:
      return undefined;
  }
}

function kindsOf(path: string): Kind[] {
  return (Object.keys(KINDS) as Kind[]).filter((kind) => `/${KINDS[kind][0]}` === path);
}

function openApi(path: string): unknown {
  const paths = kindsOf(path).map((kind) => [
    `${path}/${KINDS[kind][2] ? 'namespaces/{namespace}/' : ''}${KINDS[kind][1]}/{name}`,
    {
      patch: {
        'x-kubernetes-group-version-kind': {
          group: path === '/api/v1' ? '' : 'apps',
          version: 'v1',
          kind,
        },
        parameters: [{ name: 'fieldValidation', in: 'query' }],
        responses: {},
      },
    },
  ]);
  const info = { title: 'lab', version: 'v1' };
  return { openapi: '3.0.0', info, paths: Object.fromEntries(paths) };
}
