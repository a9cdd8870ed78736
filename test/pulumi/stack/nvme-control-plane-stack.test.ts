import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { Machine, MetalLb, TunedFlannel, type NvmeControlPlaneProps } from 'cdk8s-groundwork';
import {
  Adoption,
  ApiProbe,
  NvmeControlPlaneStack,
  OnDestroy,
  type MachineFactory,
  type MachineRequest,
  type NvmeControlPlaneStackArgs,
} from 'cdk8s-groundwork/pulumi';
import { isSecret, makeTexts, redacted, revealed, secretsOf, World, type Texts } from './world';
import { osloMachine, osloProps } from '../../support/oslo';

jest.setTimeout(60_000);

let texts: Texts;
beforeAll(async () => {
  texts = await makeTexts();
});

class Server extends pulumi.CustomResource {
  public constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super('cloud:index:Server', name, args, opts);
  }
}

const machines: MachineFactory = (request, opts) => ({
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
const ssh = { privateKey: 'the key of the operator' };
const worker = (n: number) => Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}` });
const spec = (changes: Partial<NvmeControlPlaneProps> = {}): NvmeControlPlaneProps => ({
  ...osloProps(),
  // The smallest set of objects: what is tested here is not the network plugin.
  cni: TunedFlannel.configure(),
  ...changes,
});

async function run(changes: Partial<NvmeControlPlaneStackArgs> = {}, preview = false) {
  const world = await World.with(texts, preview);
  const stack = new NvmeControlPlaneStack('oslo', { spec: spec(), machines, ...changes });
  return { world, stack, registrations: await world.settled() };
}

async function refusal(changes: Partial<NvmeControlPlaneStackArgs>) {
  const world = await World.with(texts);
  let message = '';
  try {
    new NvmeControlPlaneStack('oslo', { spec: spec(), machines, ...changes });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(await world.settled()).toEqual([]);
  return message;
}

const servers = (world: World) => world.registrations.filter(({ type }) => type.endsWith('Server'));
const objects = (world: World) =>
  world.registrations.filter(({ type, name }) => type.startsWith('kubernetes:') && name !== 'oslo');

describe('order', () => {
  test('secrets, machines, the API, the provider, the objects', async () => {
    const { world } = await run();
    const machine = world.one('oslo-cp-1');
    expect(machine.dependsOn).toEqual(
      expect.arrayContaining(['oslo:pki/ca.key', 'oslo:bootstrap-token.id', 'oslo:encryption-key']),
    );
    const probe = world.one('oslo-api', 'dynamic/groundwork:ApiReady');
    expect(probe.dependsOn).toEqual(expect.arrayContaining(['oslo-cp-1', 'oslo-cp-2', 'oslo-cp-3']));
    expect(probe.inputs.nodes).toEqual(['cp-1', 'cp-2', 'cp-3']);
    const provider = world.one('oslo', 'pulumi:providers:kubernetes');
    expect(provider.dependsOn).toEqual(expect.arrayContaining(['oslo-api']));
    expect(provider.inputs).toMatchObject({
      clusterIdentifier: 'oslo',
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
    });
    expect(isSecret(provider.inputs.kubeconfig)).toBe(true);
    expect(objects(world).length).toBeGreaterThan(10);
    expect(new Set(objects(world).map((object) => object.provider))).toEqual(new Set(['oslo']));
    const order = world.registrations.map(({ name }) => name);
    const at = (name: string) => order.lastIndexOf(name);
    const first = Math.min(...objects(world).map(({ name }) => at(name)));
    expect([at('oslo:pki/ca.crt'), at('oslo-cp-1'), at('oslo-api'), first]).toEqual(
      [at('oslo:pki/ca.crt'), at('oslo-cp-1'), at('oslo-api'), first].sort((a, b) => a - b),
    );
  });

  test('everything is below the one component', async () => {
    const { world } = await run();
    const [component, ...rest] = world.registrations.filter(({ parent }) => parent !== '' && parent !== undefined);
    expect(component).toBeDefined();
    expect(rest.filter(({ urn }) => !urn.includes('cdk8s-groundwork:index:NvmeControlPlaneStack$'))).toEqual([]);
  });

  test('what comes later depends on a handful of resources that others do not wait behind', async () => {
    const { stack, world } = await run();
    expect(stack.ready.length).toBeGreaterThan(0);
    expect(stack.ready.length).toBeLessThan(objects(world).length / 2);
  });

  test('serial makes one control plane after the other, and workers at once', async () => {
    const machinesOf = (after: boolean) =>
      run({ spec: spec({ machines: [1, 2, 3].map((n) => osloMachine(n)).concat(worker(1)) }), machineOptions: { serial: after } });
    const before = async (after: boolean) =>
      servers((await machinesOf(after)).world).map(({ name, dependsOn }) => [
        name,
        dependsOn.filter((other) => other.startsWith('oslo-')),
      ]);
    expect(await before(true)).toEqual([
      ['oslo-cp-1', []],
      ['oslo-cp-2', ['oslo-cp-1']],
      ['oslo-cp-3', ['oslo-cp-2']],
      ['oslo-w-1', []],
    ].sort(byName));
    expect((await before(false)).flatMap(([, others]) => others)).toEqual([]);
  });
});

const byName = ([a]: any, [b]: any) => (a < b ? -1 : 1);
void byName; void Duration; void MetalLb; void Adoption; void ApiProbe; void OnDestroy; void isSecret; void redacted; void revealed; void secretsOf; void refusal;
export type Unused = MachineRequest;
