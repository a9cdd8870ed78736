// The SDK brings these packages along, and its stubs work with its own copies only.
/* eslint-disable import/no-extraneous-dependencies */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as grpc from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';

/** The process that runs dynamic resources under a real engine, driven as the engine drives it. */
export class DynamicProvider {
  public static async start(): Promise<DynamicProvider> {
    const program = require.resolve('@pulumi/pulumi/cmd/dynamic-provider');
    const child = spawn(process.execPath, [program, 'engine'], { cwd: '/' });
    const lines: string[] = [];
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        resolve(lines[0]!);
      });
      child.stderr.on('data', (data) => lines.push(String(data)));
      child.on('exit', (code) => reject(new Error(`exit code ${code}: ${lines.join('\n')}`)));
    });
    return new DynamicProvider(child, port, lines);
  }

  private readonly client: any;

  private constructor(
    private readonly child: ChildProcess,
    port: string,
    /** What it printed; the first line is its port. */
    public readonly lines: readonly string[],
  ) {
    this.client = new (ResourceProviderClient as any)(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
  }

  public async check(inputs: object): Promise<any> {
    const request = new messages.CheckRequest();
    request.setOlds(Struct.fromJavaScript({}));
    request.setNews(Struct.fromJavaScript(inputs as any));
    return (await this.call('check', request)).getInputs().toJavaScript();
  }

  public async create(inputs: object): Promise<{ id: string; outs: any }> {
    const request = new messages.CreateRequest();
    request.setProperties(Struct.fromJavaScript(inputs as any));
    const response = await this.call('create', request);
    return { id: response.getId(), outs: response.getProperties().toJavaScript() };
  }

  public async update(id: string, before: object, inputs: object): Promise<any> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(Struct.fromJavaScript(before as any));
    request.setNews(Struct.fromJavaScript(inputs as any));
    return (await this.call('update', request)).getProperties().toJavaScript();
  }

  public stop(): void {
    this.client.close();
    this.child.kill();
  }

  private call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) => {
      this.client[method](request, (error: Error | null, response: unknown) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  }
}
