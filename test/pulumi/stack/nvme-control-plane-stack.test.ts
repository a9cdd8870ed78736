import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Duration } from 'cdk8s';
import { Machine, TunedFlannel, type NvmeControlPlaneProps } from 'cdk8s-groundwork';
import {
  Adoption,
  ApiProbe,
  NvmeControlPlaneStack,
  OnDestroy,
  type MachineFactory,
  type MachineRequest,
  type NvmeControlPlaneStackArgs,
} from 'cdk8s-groundwork/pulumi';
import {
  isSecret,
  makeTexts,
  redacted,
  revealed,
  secretsOf,
  World,
  type Registration,
  type Texts,
} from './world';
import { osloMachine, osloProps } from '../../support/oslo';

jest.setTimeout(300_000);

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
const worker = (n: number) =>
  Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}` });
const spec = (changes: Partial<NvmeControlPlaneProps> = {}): NvmeControlPlaneProps => ({
  ...osloProps(),
  // The smallest set of objects: what is tested here is not the network plugin.
  cni: TunedFlannel.configure(),
  ...changes,
});

type Run = { world: World; stack: NvmeControlPlaneStack; registrations: Registration[] };
let plain: Promise<Run>;

/** What the program with these arguments registers; what it does without any is looked at many times. */
function run(changes: Partial<NvmeControlPlaneStackArgs> = {}, preview = false): Promise<Run> {
  return Object.keys(changes).length === 0
    ? (plain ??= runAnew({}, false))
    : runAnew(changes, preview);
}

async function runAnew(
  changes: Partial<NvmeControlPlaneStackArgs>,
  preview: boolean,
): Promise<Run> {
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
    expect(probe.dependsOn).toEqual(
      expect.arrayContaining(['oslo-cp-1', 'oslo-cp-2', 'oslo-cp-3']),
    );
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

  test('everything is below the one component, and only findings are in its state', async () => {
    const { registrations } = await run();
    const top = registrations.filter(({ parent }) => parent === 'project-stack' || parent === '');
    expect(top.map(({ name }) => name)).toEqual(['oslo']);
    const components = registrations.filter(({ type }) => type.startsWith('cdk8s-groundwork:'));
    expect(
      components.map(({ type, inputs }) => [type.split(':').pop(), Object.keys(inputs)]),
    ).toEqual([
      ...['NvmeControlPlaneStack', 'ClusterPki', 'BootstrapTokens', 'ApiReady'].map((c) => [c, []]),
      ['KubernetesAccess', []],
      ['Cdk8sStack', ['findings']],
    ]);
  });

  test('what comes later depends on a handful of resources that others do not wait behind', async () => {
    const { stack, world } = await run();
    expect(stack.ready.length).toBeGreaterThan(0);
    expect(stack.ready.length).toBeLessThan(objects(world).length / 2);
  });

  test('serial makes one control plane after the other, and workers at once', async () => {
    const machinesOf = (after: boolean) =>
      run({
        spec: spec({ machines: [1, 2, 3].map((n) => osloMachine(n)).concat(worker(1)) }),
        machineOptions: { serial: after },
      });
    const before = async (after: boolean) =>
      servers((await machinesOf(after)).world).map(({ name, dependsOn }) => [
        name,
        dependsOn.filter((other) => other.startsWith('oslo-')),
      ]);
    expect(Object.fromEntries(await before(true))).toEqual({
      'oslo-cp-1': [],
      'oslo-cp-2': ['oslo-cp-1'],
      'oslo-cp-3': ['oslo-cp-2'],
      'oslo-w-1': [],
    });
    expect((await before(false)).flatMap(([, others]) => others)).toEqual([]);
  });
});

describe('machines', () => {
  const seen = async (changes: Partial<NvmeControlPlaneStackArgs> = {}) => {
    const requests: Array<[MachineRequest, pulumi.CustomResourceOptions]> = [];
    const { world, stack } = await run({
      spec: spec({ machines: [worker(1), ...[1, 2, 3].map((n) => osloMachine(n))] }),
      machines: (request, opts) => {
        requests.push([request, opts]);
        return machines(request, opts);
      },
      ...changes,
    });
    return { requests, world, stack };
  };

  test('get all that a platform may ask for', async () => {
    const { requests, stack } = await seen();
    expect(requests.map(([{ resourceName, index }]) => [resourceName, index])).toEqual([
      ['oslo-cp-1', 1],
      ['oslo-cp-2', 2],
      ['oslo-cp-3', 3],
      ['oslo-w-1', 0],
    ]);
    const [request] = requests[0]!;
    expect(request).toMatchObject({
      name: 'cp-1',
      role: 'control-plane',
      address: '10.20.0.11',
      machine: stack.control.cluster.controlPlanes[0],
      labels: {
        cluster: 'oslo',
        machine: 'cp-1',
        'managed-by': 'cdk8s-groundwork',
        role: 'control-plane',
        zone: 'oslo-1',
      },
    });
    expect(request.files['/etc/groundwork/machine.env']).toContain("NODE_NAME='cp-1'");
    expect(Object.keys(request.secretFiles)).toContain('pki/ca.key');
    expect(Object.keys(requests[3]![0].secretFiles).sort()).toEqual([
      'bootstrap-token',
      'pki/ca.crt',
    ]);
  });

  test('keep what they booted with, and control planes are protected', async () => {
    const { world } = await seen();
    expect(
      Object.fromEntries(
        servers(world).map(({ name, protect, ignoreChanges }) => [name, [protect, ignoreChanges]]),
      ),
    ).toEqual({
      'oslo-cp-1': [true, ['userData']],
      'oslo-cp-2': [true, ['userData']],
      'oslo-cp-3': [true, ['userData']],
      'oslo-w-1': [false, ['userData']],
    });
  });

  test('are kept another way when the program says so', async () => {
    const { world } = await seen({
      machineOptions: {
        protectControlPlanes: false,
        userDataProps: ['initialization', 'metaData'],
      },
    });
    expect(servers(world).map(({ protect, ignoreChanges }) => [protect, ignoreChanges])).toEqual(
      Array(4).fill([false, ['initialization', 'metaData']]),
    );
  });

  test('a worker more changes the wait for the Nodes, and nothing that runs', async () => {
    const boot = (names: number[]) =>
      run({
        spec: spec({ machines: [...[1, 2, 3].map((n) => osloMachine(n)), ...names.map(worker)] }),
      });
    const of = ({ registrations }: Awaited<ReturnType<typeof boot>>) =>
      new Map(
        registrations.map((one) => {
          // What is ignored on a machine that exists.
          const { userData, ...inputs } = one.inputs;
          return [one.urn, JSON.stringify({ ...one, inputs })];
        }),
      );
    const before = of(await boot([1]));
    const after = of(await boot([1, 2]));
    const changed = [...after]
      .filter(([urn, text]) => before.get(urn) !== text)
      .map(([urn]) => urn);
    expect(changed.map((urn) => urn.split('::').slice(2).join(' ')).sort()).toEqual([
      'cdk8s-groundwork:index:ApiReady$pulumi-nodejs:dynamic/groundwork:ApiReady oslo-api',
      'cdk8s-groundwork:index:NvmeControlPlaneStack$cdk8s-groundwork:index:ApiReady oslo-api',
      // Its findings say how large user-data is.
      'cdk8s-groundwork:index:NvmeControlPlaneStack$cdk8s-groundwork:index:Cdk8sStack oslo',
      'cdk8s-groundwork:index:NvmeControlPlaneStack$cloud:index:Server oslo-w-2',
    ]);
    expect([...before.keys()].filter((urn) => !after.has(urn))).toEqual([]);
  });
});

describe('secrets', () => {
  const clear = ({ registrations }: Pick<Run, 'registrations'>) =>
    JSON.stringify(registrations.map(({ inputs }) => redacted(inputs)));

  test('stand in a wrapper wherever they cross the wire', async () => {
    const made = await run({ ssh, nodeConfigSync: {}, spec: spec({ nodes: { keysBySsh: true } }) });
    const text = clear(made);
    expect(secretsOf(texts).filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain(ssh.privateKey);
    const all = JSON.stringify(made.registrations.map(({ inputs }) => inputs));
    // The tokens do cross it, so that the line above means something.
    expect(all).toContain(texts.files['bootstrap-token']);
    expect(all).toContain(ssh.privateKey);
  });

  test('user-data and kubeconfig are secret, the hash of the user-data is not', async () => {
    const { world, stack } = await run();
    const { inputs } = world.one('oslo-cp-1');
    expect(isSecret(inputs.userData)).toBe(true);
    expect(revealed(inputs.userData)).toContain(texts.files['bootstrap-token']);
    expect(inputs.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await pulumi.isSecret(stack.kubeconfig)).toBe(true);
  });

  test('of your own are used, and none are made', async () => {
    const { registrations, world } = await run({ secrets: texts });
    expect(registrations.filter(({ type }) => /^(tls|random):/.test(type))).toEqual([]);
    expect(secretsOf(texts).filter((secret) => clear({ registrations }).includes(secret))).toEqual(
      [],
    );
    expect(revealed(world.one('oslo-cp-2').inputs.userData)).toContain(
      texts.files['certificate-key'],
    );
  });

  test('keys that the spec keeps out of user-data come by SSH, before the API is waited for', async () => {
    const { world } = await run({ ssh, spec: spec({ nodes: { keysBySsh: true } }) });
    const keys = world.one('oslo-cp-1-keys');
    expect(isSecret(keys.inputs.stdin)).toBe(true);
    expect(revealed(keys.inputs.stdin)).toContain(texts.files['pki/ca.key']!.trim());
    expect(revealed(world.one('oslo-cp-1').inputs.userData)).not.toContain('PRIVATE KEY');
    expect(keys.dependsOn).toContain('oslo-cp-1');
    expect(world.one('oslo-api', 'dynamic/groundwork:ApiReady').dependsOn).toContain(
      'oslo-cp-1-keys',
    );
  });

  test('the first control plane admits machines anew when there are others', async () => {
    const { world } = await run({ ssh });
    const { inputs, dependsOn } = world.one('oslo-admission');
    const script = revealed(inputs.stdin);
    expect(script).toContain('# For cp-1, cp-2, cp-3.\n');
    expect(script).toContain('bootstrap --only admit');
    expect(script).toContain(texts.files['certificate-key']);
    expect(script).not.toContain('PRIVATE KEY');
    expect(dependsOn).toContain('oslo-cp-1');
    const without = await run({ ssh, admission: false });
    expect(without.registrations.filter(({ name }) => name === 'oslo-admission')).toEqual([]);
  });
});

describe('what is wrong is found before anything is registered', () => {
  test.each<[string, Partial<NvmeControlPlaneStackArgs>, string]>([
    [
      'a fact',
      { spec: spec({ podCidr: '10.96.0.0/16' }) },
      '[oslo/cluster] serviceCidr must be apart from podCidr 10.96.0.0/16, got 10.96.0.0/16; ',
    ],
    [
      'a disagreement of two rooms',
      { spec: spec({ machines: [1, 2, 3].map((n) => osloMachine(n, { etcdDisk: undefined })) }) },
      'etcdDisk',
    ],
    [
      'a rule of adoption for an object that is not there',
      { networking: { adopt: [{ kind: 'Deployment', name: 'coredns', mode: Adoption.PATCH }] } },
      "[oslo] adopt[0] must be of an object that is rendered, got kind 'Deployment', name 'coredns'; correct it, or take it out",
    ],
    [
      'an acknowledgement without a reason',
      { acknowledge: { 'GW-ETCD-001': ' ' } },
      '[oslo/cluster] reason must be a sentence, got nothing; whoever reads the report at night wants to know why',
    ],
    [
      'a time',
      { apiReady: { timeout: Duration.seconds(1) } },
      '[oslo] timeout must be between 1 minute and 1 day, got 1 second; leave it out for the default',
    ],
    [
      'SSH that is needed and not given',
      { nodeConfigSync: {}, admission: true, apiReady: { probe: ApiProbe.SSH } },
      '[oslo] ssh must be given for nodeConfigSync and admission and ApiProbe.SSH, got nothing; say how machines are reached, or leave out what needs it',
    ],
    [
      'keys that nobody could bring',
      { spec: spec({ nodes: { keysBySsh: true } }) },
      '[oslo] ssh must be given for keysBySsh of the spec, got nothing; say how machines are reached, or leave out what needs it',
    ],
    [
      'secrets of your own and settings of ours',
      { tokens: { rotationId: '1' }, secrets: { files: {}, admin: { certificate: '', key: '' } } },
      '[oslo] secrets must be given without pki and tokens, got both; they are about secrets that are made here',
    ],
    [
      'secrets that are not all there',
      { secrets: { files: {}, admin: { certificate: '', key: '' } } },
      'secret bootstrap-token must be in files, got nothing; ',
    ],
  ])('%s', async (_, changes, message) => {
    expect(await refusal(changes)).toContain(message);
  });
});

describe('findings', () => {
  test('warnings are said once, with their id; what is acknowledged is not', async () => {
    const { world, stack } = await run();
    const ids = world.warnings.map((text) => text.split(' ')[0]);
    expect(ids).toContain('GW-ETCD-001');
    expect(new Set(ids).size).toBe(ids.length);
    expect(stack.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    const quiet = await run({
      acknowledge: { 'GW-ETCD-001': 'only control planes reach etcd here' },
    });
    expect(quiet.world.warnings.filter((text) => text.startsWith('GW-ETCD-001'))).toEqual([]);
  });

  test('constructs of your own are part of the spec before it is reviewed', async () => {
    const { world } = await run({
      extend: (control) =>
        new ApiObject(control, 'own', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'own', namespace: 'default' },
        }),
    });
    expect(world.one('oslo:ConfigMap:default/own').provider).toBe('oslo');
  });
});

describe('the end', () => {
  const networking = async (changes: Partial<NvmeControlPlaneStackArgs>) => {
    const { world } = await run(changes);
    const { deletedWith, retainOnDelete } = world.one('oslo', 'Cdk8sStack');
    const own = objects(world).filter((object) => object.retainOnDelete).length;
    return { deletedWith, retainOnDelete, some: own > 0 };
  };

  test.each<[OnDestroy | undefined, object]>([
    [undefined, { deletedWith: 'oslo', retainOnDelete: false, some: true }],
    [OnDestroy.WITH_CLUSTER, { deletedWith: 'oslo', retainOnDelete: false, some: true }],
    [OnDestroy.RETAIN, { deletedWith: '', retainOnDelete: true, some: true }],
    [OnDestroy.DELETE, { deletedWith: '', retainOnDelete: false, some: false }],
  ])('of objects: %s', async (onDestroy, expected) => {
    expect(await networking(onDestroy === undefined ? {} : { networking: { onDestroy } })).toEqual(
      expected,
    );
  });
});

test('objects that are to be taken over get a provider that does so', async () => {
  const { world } = await run({
    networking: { adopt: [{ kind: 'DaemonSet', name: 'kube-proxy', mode: Adoption.UPSERT }] },
  });
  expect(world.one('oslo:DaemonSet:kube-system/kube-proxy').provider).toBe('oslo-upsert');
  expect(world.one('oslo:ServiceAccount:kube-system/kube-proxy').provider).toBe('oslo');
  expect(world.one('oslo-upsert').inputs).toMatchObject({
    upsertExistingObjects: 'true',
    clusterIdentifier: 'oslo',
  });
});

test('a preview lists everything before there is a cluster', async () => {
  const names = ({ registrations }: Run) => registrations.map(({ urn }) => urn).sort();
  const preview = await run({ ssh, nodeConfigSync: {} }, true);
  expect(names(preview)).toEqual(names(await run({ ssh, nodeConfigSync: {} })));
});

describe('files on machines that run', () => {
  test('come to one control plane after the other, then to workers, before the objects', async () => {
    const { world } = await run({
      ssh,
      nodeConfigSync: {},
      spec: spec({ machines: [...[1, 2, 3].map((n) => osloMachine(n)), worker(1), worker(2)] }),
    });
    const after = (name: string) =>
      world
        .one(`oslo-config-${name}`)
        .dependsOn.filter((other) => /^oslo-(config|api)/.test(other))
        .sort();
    expect(['cp-1', 'cp-2', 'cp-3', 'w-1', 'w-2'].map(after)).toEqual([
      ['oslo-api'],
      ['oslo-api', 'oslo-config-cp-1'],
      ['oslo-api', 'oslo-config-cp-2'],
      ['oslo-api', 'oslo-config-cp-3'],
      ['oslo-api', 'oslo-config-cp-3'],
    ]);
    expect(world.one('oslo', 'pulumi:providers:kubernetes').dependsOn).toEqual(
      expect.arrayContaining(['oslo-config-cp-1', 'oslo-config-w-2']),
    );
  });

  test('are in the clear, so that a preview shows the lines that change; the connection is secret', async () => {
    const { world } = await run({ ssh, nodeConfigSync: {} });
    const { inputs, timeouts } = world.one('oslo-config-cp-1');
    expect(inputs.stdin).toContain('net.ipv4.ip_forward = 1');
    expect(isSecret(inputs.connection)).toBe(true);
    expect(revealed(inputs.connection)).toEqual({
      host: '10.20.0.11',
      user: 'root',
      port: 22,
      privateKey: ssh.privateKey,
      dialErrorLimit: -1,
      perDialTimeout: 15,
    });
    expect(inputs.triggers).toEqual(['oslo-cp-1-id']);
    expect(timeouts).toMatchObject({ create: '1800s', update: '1800s' });
  });
});
