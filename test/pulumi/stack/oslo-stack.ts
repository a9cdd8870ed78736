import * as pulumi from '@pulumi/pulumi';
import { Machine, TunedFlannel, type NvmeControlPlaneProps } from 'cdk8s-groundwork';
import {
  NvmeControlPlaneStack,
  type MachineFactory,
  type NvmeControlPlaneStackArgs,
} from 'cdk8s-groundwork/pulumi';
import {
  recordPulumi,
  type PulumiRecording,
  type RecordedResource,
} from '../../../lib/testing/pulumi';
import { osloMachine, osloProps } from '../../support/oslo';

export const ADAPTER = 'cdk8s-groundwork:index:Cdk8sStack';
export const PROVIDER = 'pulumi:providers:kubernetes';
export const PROBE = 'pulumi-nodejs:dynamic/groundwork:ApiReady';

class Server extends pulumi.CustomResource {
  public constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super('cloud:index:Server', name, args, opts);
  }
}

export const machines: MachineFactory = (request, opts) => ({
  resource: new Server(
    request.resourceName,
    {
      userData: request.userData,
      sha256: request.userDataSha256,
      labels: request.labels,
      address: request.address,
    },
    opts,
  ),
});

export const ssh = { privateKey: 'the key of the operator' };

export const worker = (n: number) =>
  Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}` });

/** Three control planes, and these workers. */
export const withWorkers = (...numbers: number[]) => [
  ...[1, 2, 3].map((n) => osloMachine(n)),
  ...numbers.map(worker),
];

export const spec = (changes: Partial<NvmeControlPlaneProps> = {}): NvmeControlPlaneProps => ({
  ...osloProps(),
  // The smallest set of objects: what is tested here is not the network plugin.
  cni: TunedFlannel.configure(),
  ...changes,
});

export type Changes = Partial<NvmeControlPlaneStackArgs>;

export const osloStack = (changes: Changes) =>
  new NvmeControlPlaneStack('oslo', { spec: spec(), machines, ...changes });

export interface Run {
  readonly recording: PulumiRecording<NvmeControlPlaneStack>;
  /** What the program said that somebody should see. */
  readonly warnings: readonly string[];
}

/** What the program with these arguments registers. */
export async function run(changes: Changes = {}, preview = false): Promise<Run> {
  const warnings: string[] = [];
  jest.spyOn(pulumi.log, 'warn').mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
  return { recording: await recordPulumi(() => osloStack(changes), { preview }), warnings };
}

/** Asked when it is first needed, and shared by the tests that look at it. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}

export const servers = ({ recording }: Run): RecordedResource[] =>
  recording.ofType('cloud:index:Server');

export const objects = ({ recording }: Run): RecordedResource[] =>
  recording.resources.filter(({ type }) => type.startsWith('kubernetes:'));

/** The name of the provider that an object goes to. */
export const providerOf = ({ options }: RecordedResource) => options.provider.split('::')[3];
