// The SDK brings these packages along, and its stubs work with its own copies only.
/* eslint-disable import/no-extraneous-dependencies */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb';
import {
  AnalyzeRequest,
  AnalyzerResourceOptions,
  type AnalyzeDiagnostic,
  type AnalyzerInfo,
  type Remediation,
} from '@pulumi/pulumi/proto/analyzer_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';

const ROOT = join(__dirname, '../../..');

/** A policy pack in a process of its own, spoken to as the engine does. */
export class Analyzer {
  /** Starts a program of a policy pack in a folder. */
  public static async start(folder: string, program: string): Promise<Analyzer> {
    writeFileSync(join(folder, 'package.json'), '{ "name": "pack", "version": "1.2.3" }');
    writeFileSync(join(folder, 'index.js'), program.replaceAll('<lib>', join(ROOT, 'lib')));
    const child = spawn(
      process.execPath,
      ['-r', join(ROOT, 'node_modules/ts-node/register/transpile-only'), 'index.js'],
      {
        cwd: folder,
        env: { ...process.env, TS_NODE_PROJECT: join(ROOT, 'examples/tsconfig.json') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    const port = await new Promise<string>((resolve, reject) => {
      let printed = '';
      child.stdout.on('data', (data) => {
        printed += data;
        if (printed.includes('\n')) {
          resolve(printed.trim());
        }
      });
      child.on('exit', () => reject(new Error(`the pack ended: ${said}`)));
    });
    return new Analyzer(child, port);
  }

  private readonly client: AnalyzerClient;

  private constructor(
    private readonly child: ChildProcess,
    port: string,
  ) {
    this.client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  /** What the pack is, and its policies. */
  public async info(): Promise<AnalyzerInfo.AsObject> {
    return new Promise((resolve, reject) =>
      this.client.getAnalyzerInfo(new Empty(), (error, info) =>
        error ? reject(error) : resolve(info.toObject()),
      ),
    );
  }

  /** What the pack reports about the inputs of a resource. */
  public async analyze(type: string, inputs: object): Promise<AnalyzeDiagnostic.AsObject[]> {
    return new Promise((resolve, reject) =>
      this.client.analyze(request(type, inputs), (error, response) =>
        error ? reject(error) : resolve(response.getDiagnosticsList().map((one) => one.toObject())),
      ),
    );
  }

  /** What the pack makes of the inputs of a resource; nothing when it leaves them as they are. */
  public async remediate(type: string, inputs: object): Promise<unknown[]> {
    return new Promise((resolve, reject) =>
      this.client.remediate(request(type, inputs), (error, response) =>
        error
          ? reject(error)
          : resolve(
              response
                .getRemediationsList()
                .map((one: Remediation) => one.getProperties()?.toJavaScript()),
            ),
      ),
    );
  }

  /** Ends the process. */
  public stop(): void {
    this.client.close();
    this.child.kill();
  }
}

function request(type: string, inputs: object): AnalyzeRequest {
  const message = new AnalyzeRequest();
  message.setType(type);
  message.setName('it');
  message.setUrn(`urn:pulumi:prod::oslo::${type}::it`);
  message.setProperties(Struct.fromJavaScript(inputs as any));
  message.setOptions(new AnalyzerResourceOptions());
  return message;
}
