// The SDK brings these packages along, and its stubs work with its own copies only.
/* eslint-disable import/no-extraneous-dependencies */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import * as engineRpc from '@pulumi/pulumi/proto/engine_grpc_pb';
import {
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
  RequirePulumiVersionResponse,
  SetRootResourceResponse,
} from '@pulumi/pulumi/proto/engine_pb';
import { InvokeResponse } from '@pulumi/pulumi/proto/provider_pb';
import * as monitorRpc from '@pulumi/pulumi/proto/resource_grpc_pb';
import {
  ReadResourceResponse,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  SupportsFeatureResponse,
} from '@pulumi/pulumi/proto/resource_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { answerOf } from '../../../lib/testing/pulumi-answers';
import { projectRoot } from '../../support/markdown';
import {
  type Inputs,
  type Json,
  fromStruct,
  isUnknown,
  plain,
  read,
  type Registration,
  secret,
} from './wire';

/** What a provider answers when it has created a resource. */
export interface Created {
  /** @default - the name of the resource and `-id` */
  readonly id?: string;
  /** Beside the inputs, which always come back. */
  readonly outputs?: Inputs;
}

/** Creates resources, of any type; inputs come without wrappers. */
export type Provider = (
  inputs: Inputs,
  registration: Registration,
) => Created | undefined | Promise<Created | undefined>;

/** Of @pulumi/tls and @pulumi/random: real keys and certificates. */
export const realKeys: Provider = async (inputs, { type }) => ({
  outputs: await answerOf(type, inputs),
});

export interface RunOptions {
  /** `pulumi preview`: nothing is created, so no id and no output is known. */
  readonly dryRun?: boolean;
  readonly config?: Record<string, string>;
  /** The keys of the configuration that are secrets. */
  readonly secretConfig?: readonly string[];
  /** Seen by the program as its environment. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Another project to run in, with another SDK; its program is JavaScript.
   *
   * @default - this one
   */
  readonly elsewhere?: {
    /** Its folder. */
    readonly folder: string;
    /** The Node to run on. */
    readonly node: string;
  };
}

export interface Log {
  readonly severity: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
  readonly urn: string;
}

/** All that one run of a program said. */
export interface Run {
  readonly exitCode: number | null;
  /** In the order in which they came. */
  readonly registrations: Registration[];
  /** By URN: the outputs of components and of the stack. */
  readonly outputs: Map<string, Inputs>;
  readonly invokes: { readonly token: string; readonly args: Inputs }[];
  readonly reads: { readonly type: string; readonly name: string; readonly id: string }[];
  readonly logs: Log[];
  /** Outputs that the engine handed to the program as secrets. */
  readonly secrets: ReadonlySet<string>;
  /** What the process printed. */
  readonly printed: string;
  readonly seconds: number;
  /** Resident memory of the process at its highest; known on Linux alone, as is the next one. */
  readonly peakMiB: number | undefined;
  /** Time that processors spent on the process. */
  readonly cpuSeconds: number | undefined;
}

interface Kept {
  readonly inputs: string;
  readonly id: string;
  readonly outputs: Inputs;
}

const UNLIMITED = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const TIMEOUT = 900_000;

/**
 * The other side of Pulumi's language runner: it answers what the engine would be asked, and remembers
 * every word. The runner is the real one, in a process of its own, so what is seen here is what a real
 * engine would see. It has a state, as a stack has: whoever registers the same inputs again gets the same
 * outputs. It checks nothing,
 * it inherits nothing from a parent to a child, and programs with transforms or hooks are refused.
 */
export class StubEngine {
  private readonly state = new Map<string, Kept>();

  /**
   * @param provider of everything; inputs always come back, and an id
   * @param project as in Pulumi.yaml
   * @param stack its name
   */
  constructor(
    private readonly provider: Provider = realKeys,
    private readonly project = 'groundwork',
    private readonly stack = 'test',
  ) {}

  /** Runs a program as `pulumi up` or `pulumi preview` would. */
  async run(program: string, options: RunOptions = {}): Promise<Run> {
    const session = new Session(
      this.state,
      this.provider,
      [this.project, this.stack],
      options.dryRun === true,
    );
    const server = new grpc.Server(UNLIMITED);
    server.addService(monitorRpc.ResourceMonitorService, session.monitor());
    server.addService(engineRpc.EngineService, session.engine());
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    try {
      return await this.spawn(program, `127.0.0.1:${port}`, options, session);
    } finally {
      server.forceShutdown();
    }
  }

  private async spawn(program: string, address: string, options: RunOptions, session: Session) {
    const { project, stack } = this;
    const key = (name: string) => (name.includes(':') ? name : `${project}:${name}`);
    const config = Object.fromEntries(
      Object.entries(options.config ?? {}).map(([name, value]) => [key(name), value]),
    );
    const { folder, node } = options.elsewhere ?? { folder: projectRoot, node: process.execPath };
    const runner = join(folder, 'node_modules/@pulumi/pulumi/cmd/run');
    const arguments_ = [
      ...[runner, '--project', project, '--stack', stack, '--organization', 'organization'],
      ...['--parallel', '16', '--monitor', address, '--engine', address, '--pwd', folder],
      ...(options.dryRun ? ['--dry-run'] : []),
      program,
    ];
    const began = process.hrtime.bigint();
    const child = spawn(node, arguments_, {
      cwd: folder,
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
        // As `pulumi` sets it for `runtime: nodejs`; types are checked elsewhere.
        ...(options.elsewhere === undefined
          ? {
              PULUMI_NODEJS_TYPESCRIPT: 'true',
              PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
              PULUMI_NODEJS_TSCONFIG_PATH: join('test', 'tsconfig.json'),
            }
          : {}),
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify((options.secretConfig ?? []).map(key)),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
    });
    session.pid = child.pid;
    const printed: string[] = [];
    child.stdout.on('data', (data) => printed.push(String(data)));
    child.stderr.on('data', (data) => printed.push(String(data)));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    return { ...session.said, exitCode, seconds, printed: printed.join('') };
  }
}

type Handler<Request> = (request: Request) => unknown;

/** One run: what is asked, and what was answered. */
class Session {
  readonly said = {
    registrations: [] as Registration[],
    outputs: new Map<string, Inputs>(),
    invokes: [] as { token: string; args: Inputs }[],
    reads: [] as { type: string; name: string; id: string }[],
    logs: [] as Log[],
    secrets: new Set<string>(),
    peakMiB: undefined as number | undefined,
    cpuSeconds: undefined as number | undefined,
  };
  pid: number | undefined;
  private root = '';

  constructor(
    private readonly state: Map<string, Kept>,
    private readonly provider: Provider,
    private readonly names: readonly [project: string, stack: string],
    private readonly dryRun: boolean,
  ) {}

  monitor(): grpc.UntypedServiceImplementation {
    return {
      supportsFeature: unary(() => {
        const response = new SupportsFeatureResponse();
        response.setHassupport(true);
        return response;
      }),
      registerResource: unary((request) => this.register(request)),
      registerResourceOutputs: unary((request) => {
        this.said.outputs.set(request.getUrn(), fromStruct(request.getOutputs()));
        return new Empty();
      }),
      readResource: unary((request) => {
        const [type, name, id] = [request.getType(), request.getName(), request.getId()];
        this.said.reads.push({ type, name, id });
        const response = new ReadResourceResponse();
        response.setUrn(this.urn(type, name, request.getParent()));
        response.setProperties(request.getProperties());
        return response;
      }),
      invoke: unary((request) => {
        this.said.invokes.push({ token: request.getTok(), args: fromStruct(request.getArgs()) });
        const response = new InvokeResponse();
        response.setReturn(Struct.fromJavaScript({}));
        return response;
      }),
      signalAndWaitForShutdown: unary(() => {
        // The program has said all and waits for this answer: the last moment at which it can be measured.
        this.said.peakMiB = peakOf(this.pid);
        this.said.cpuSeconds = cpuOf(this.pid);
        return new Empty();
      }),
    };
  }

  engine(): grpc.UntypedServiceImplementation {
    return {
      log: unary((request: LogRequest) => {
        const names = Object.entries(LogSeverity) as [string, number][];
        const name = names.find(([, number]) => number === request.getSeverity())![0];
        this.said.logs.push({
          severity: name.toLowerCase() as Log['severity'],
          message: request.getMessage(),
          urn: request.getUrn(),
        });
        return new Empty();
      }),
      getRootResource: unary(() => {
        const response = new GetRootResourceResponse();
        response.setUrn(this.root);
        return response;
      }),
      setRootResource: unary((request) => {
        this.root = request.getUrn();
        return new SetRootResourceResponse();
      }),
      requirePulumiVersion: unary(() => new RequirePulumiVersionResponse()),
    };
  }

  private async register(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
    const urn = this.urn(request.getType(), request.getName(), request.getParent());
    if (this.said.registrations.some((other) => other.urn === urn)) {
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    const inputs = JSON.stringify(fromStruct(request.getObject()));
    const kept = this.state.get(urn);
    const step = kept === undefined ? 'create' : kept.inputs === inputs ? 'same' : 'update';
    const registration = read(request, { urn, step });
    this.said.registrations.push(registration);

    const { id, outputs } =
      step === 'same' ? kept! : await this.create(registration, inputs, kept?.id);
    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(id);
    response.setObject(Struct.fromJavaScript(outputs));
    return response;
  }

  private async create(registration: Registration, inputs: string, keptId?: string): Promise<Kept> {
    const { custom, name, urn } = registration;
    // Nothing is created in a preview: outputs that are not inputs stay unknown, and so does a new id.
    const made =
      this.dryRun || !custom
        ? undefined
        : await this.provider(plain(registration.inputs), registration);
    const outputs = { ...registration.inputs, ...made?.outputs };
    for (const key of registration.additionalSecretOutputs) {
      if (outputs[key] !== undefined) {
        const value = plain(outputs[key]);
        outputs[key] = secret(value);
        if (typeof value === 'string' && !isUnknown(value)) {
          this.said.secrets.add(value);
        }
      }
    }
    const fresh = this.dryRun || !custom ? '' : (made?.id ?? `${name}-id`);
    const kept = { inputs, id: keptId ?? fresh, outputs };
    if (!this.dryRun) {
      this.state.set(urn, kept);
    }
    return kept;
  }

  private urn(type: string, name: string, parent: string): string {
    const [project, stack] = this.names;
    const above = parent.split('::')[2] ?? '';
    const qualified = above === '' || above === 'pulumi:pulumi:Stack' ? type : `${above}$${type}`;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
  }
}

function unary<Request = Json>(handle: Handler<Request>): grpc.handleUnaryCall<Request, Json> {
  return ({ request }, callback) => {
    void (async () => handle(request))().then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.UNKNOWN, message: error.message }),
    );
  };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

function cpuOf(pid: number | undefined): number | undefined {
  try {
    // Behind the name, which may hold anything: user and system time are the 12th and 13th, in hundredths.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
