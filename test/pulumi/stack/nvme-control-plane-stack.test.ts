import * as pulumi from '@pulumi/pulumi';
import { Machine } from 'cdk8s-groundwork';
import {
  NvmeControlPlaneStack,
  type MachineFactory,
  type NvmeControlPlaneStackArgs,
} from 'cdk8s-groundwork/pulumi';
import { makeTexts, World, type Texts } from './world';
import { osloProps } from '../../support/oslo';

let texts: Texts;
beforeAll(async () => {
  texts = await makeTexts();
});

class Server extends pulumi.CustomResource {
  public constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super('cloud:index:Server', name, args, opts);
  }
}

const machines: MachineFactory = ({ resourceName, userData, labels, address }, opts) => ({
  resource: new Server(resourceName, { userData, labels, address }, opts),
});
const spec = (changes = {}) => ({ ...osloProps(), ...changes });

async function run(changes: Partial<NvmeControlPlaneStackArgs> = {}, preview = false) {
  const world = await World.with(texts, preview);
  const stack = new NvmeControlPlaneStack('oslo', { spec: spec(), machines, ...changes });
  await world.settled();
  return { world, stack };
}

test('registers', async () => {
  const { world } = await run();
  console.log(
    world.registrations.map((r) => `${r.type} ${r.name} <- ${r.dependsOn.join(' ')}`).join('\n'),
  );
  console.log(world.warnings.join('\n'), Machine.name);
});
