import * as pulumi from '@pulumi/pulumi';
import type { MachineFactory, MachineRequest } from 'cdk8s-groundwork/pulumi';
import {
  machines,
  objects,
  once,
  PROBE,
  PROVIDER,
  providerOf,
  run,
  servers,
  spec,
  ssh,
  withWorkers,
  worker,
  type Changes,
  type Run,
} from './oslo-stack';
import { newSecrets } from '../../../lib/cli/commands/secrets';
import { valuesOf } from '../outputs/look';
import { namesIn } from '../urns';

jest.setTimeout(300_000);

interface Requested extends Run {
  /** What the platform was asked for. */
  readonly requests: readonly MachineRequest[];
}

async function requested(changes: Changes): Promise<Requested> {
  const requests: MachineRequest[] = [];
  const made = await run({
    machines: (request, opts) => {
      requests.push(request);
      return machines(request, opts);
    },
    ...changes,
  });
  return { ...made, requests };
}

const plain = once(() => requested({}));
const synced = once(() => requested({ ssh, nodeConfigSync: {} }));

describe('order', () => {
  test('secrets, machines, the API, the provider, the objects', async () => {
    const { recording } = await plain();
    const after = (name: string, type?: string) =>
      namesIn(recording.named(name, type).dependencies);
    expect(after('oslo-cp-1')).toEqual(
      expect.arrayContaining(['oslo:pki/ca.key', 'oslo:bootstrap-token.id', 'oslo:encryption-key']),
    );
    expect(after('oslo-api', PROBE)).toEqual(
      expect.arrayContaining(['oslo-cp-1', 'oslo-cp-2', 'oslo-cp-3']),
    );
    expect(recording.named('oslo-api', PROBE).inputs.nodes).toEqual(['cp-1', 'cp-2', 'cp-3']);
    expect(after('oslo', PROVIDER)).toEqual(expect.arrayContaining(['oslo-api']));
    const provider = recording.named('oslo', PROVIDER);
    expect(provider.inputs).toMatchObject({
      clusterIdentifier: 'oslo',
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
    });
    expect(provider.secrets).toEqual(['kubeconfig']);
    const registered = objects(await plain());
    expect(registered.length).toBeGreaterThan(10);
    expect(new Set(registered.map(providerOf))).toEqual(new Set(['oslo']));
    const order = recording.resources.map(({ name }) => name);
    const at = (name: string) => order.lastIndexOf(name);
    const first = Math.min(...registered.map(({ name }) => at(name)));
    expect([at('oslo:pki/ca.crt'), at('oslo-cp-1'), at('oslo-api'), first]).toEqual(
      [at('oslo:pki/ca.crt'), at('oslo-cp-1'), at('oslo-api'), first].sort((a, b) => a - b),
    );
  });

  test('everything is below the one component, and only findings are in its state', async () => {
    const { resources } = (await plain()).recording;
    const top = resources.filter(({ parent }) => parent === '');
    expect(top.map(({ name }) => name)).toEqual(['oslo']);
    const components = resources.filter(({ type }) => type.startsWith('cdk8s-groundwork:'));
    expect(
      components.map(({ type, inputs }) => [type.split(':').pop(), Object.keys(inputs)]),
    ).toEqual([
      ...['NvmeControlPlaneStack', 'ClusterPki', 'BootstrapTokens', 'ApiReady'].map((c) => [c, []]),
      ['KubernetesAccess', []],
      ['Cdk8sStack', ['findings']],
    ]);
  });

  test('what comes later depends on a handful of resources that others do not wait behind', async () => {
    const made = await plain();
    const { ready } = made.recording.result;
    expect(ready.length).toBeGreaterThan(0);
    expect(ready.length).toBeLessThan(objects(made).length / 2);
  });

  test('serial makes one control plane after the other, and workers at once', async () => {
    const machinesOf = (serial: boolean) =>
      run({ spec: spec({ machines: withWorkers(1) }), machineOptions: { serial } });
    const before = async (serial: boolean) =>
      servers(await machinesOf(serial)).map(({ name, dependencies }) => [
        name,
        namesIn(dependencies).filter((other) => other.startsWith('oslo-')),
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
  const workerFirst = () => spec({ machines: [worker(1), ...withWorkers()] });
  const seen = once(() => requested({ spec: workerFirst() }));

  test('get all that a platform may ask for', async () => {
    const { requests, recording } = await seen();
    expect(requests.map(({ resourceName, index }) => [resourceName, index])).toEqual([
      ['oslo-cp-1', 1],
      ['oslo-cp-2', 2],
      ['oslo-cp-3', 3],
      ['oslo-w-1', 0],
    ]);
    const request = requests[0]!;
    expect(request).toMatchObject({
      name: 'cp-1',
      role: 'control-plane',
      address: '10.20.0.11',
      machine: recording.result.control.cluster.controlPlanes[0],
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
    expect(Object.keys(requests[3]!.secretFiles).sort()).toEqual(['bootstrap-token', 'pki/ca.crt']);
  });

  test('keep what they booted with, and control planes are protected', async () => {
    const kept = servers(await seen()).map(({ name, options }) => [
      name,
      [options.protect, options.ignoreChanges],
    ]);
    expect(Object.fromEntries(kept)).toEqual({
      'oslo-cp-1': [true, ['userData']],
      'oslo-cp-2': [true, ['userData']],
      'oslo-cp-3': [true, ['userData']],
      'oslo-w-1': [undefined, ['userData']],
    });
  });

  test('are kept another way when the program says so', async () => {
    const made = await run({
      spec: workerFirst(),
      machineOptions: {
        protectControlPlanes: false,
        userDataProps: ['initialization', 'metaData'],
      },
    });
    expect(
      servers(made).map(({ options: { protect, ignoreChanges } }) => [protect, ignoreChanges]),
    ).toEqual(Array(4).fill([undefined, ['initialization', 'metaData']]));
  });

  test('one that is to be replaced takes the user-data of today, and is admitted', async () => {
    const machineOptions = { replace: ['cp-2'] };
    const made = await run({ ssh, machineOptions });
    const ignored = servers(made).map(({ name, options }) => [name, options.ignoreChanges]);
    expect(Object.fromEntries(ignored)).toEqual({
      'oslo-cp-1': ['userData'],
      'oslo-cp-2': [],
      'oslo-cp-3': ['userData'],
    });
    expect(made.recording.named('oslo-admission').inputs.stdin).toContain(
      '# For cp-1, a new cp-2, cp-3.\n',
    );
    await expect(run({ machineOptions: { replace: ['cp-9'] } })).rejects.toThrow(
      '[oslo] replace of machineOptions must be the name of a machine, one of cp-1, cp-2, cp-3, got cp-9; correct it, or take it out',
    );
  });

  test('a worker more changes the wait for the Nodes, and nothing that runs', async () => {
    const boot = (...workers: number[]) =>
      run({ spec: spec({ machines: withWorkers(...workers) }) });
    const of = ({ recording }: Run) =>
      new Map(
        recording.resources.map((one) => {
          // What is ignored on a machine that exists.
          const { userData, ...inputs } = one.inputs;
          return [one.urn, JSON.stringify({ ...one, inputs })];
        }),
      );
    const before = of(await boot(1));
    const after = of(await boot(1, 2));
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
  const isPublic = (path: string) => /\.(crt|pub)$/.test(path);
  const privateOf = (files: Record<string, string>) =>
    Object.entries(files).flatMap(([path, text]) => (isPublic(path) ? [] : [text]));
  /** Those of the first control plane: all that the cluster has. */
  const secretsOf = async ({ requests }: Requested) => {
    const files = await valuesOf(requests[0]!.secretFiles);
    return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.trim()]));
  };

  const bySsh = once(() =>
    requested({ ssh, nodeConfigSync: {}, spec: spec({ nodes: { keysBySsh: true } }) }),
  );

  test('stand in a wrapper wherever they cross the wire', async () => {
    const made = await bySsh();
    const { recording } = made;
    const files = await secretsOf(made);
    expect(privateOf(files)).toHaveLength(4 + 3);
    recording.expectNoPlaintext();
    recording.expectNoPlaintext([...privateOf(files), ssh.privateKey]);
    const all = JSON.stringify(recording.resources.map(({ inputs }) => inputs));
    // The tokens do cross it, so that the lines above mean something.
    expect(all).toContain(files['bootstrap-token']);
    expect(all).toContain(ssh.privateKey);
  });

  test('user-data and kubeconfig are secret, the hash of the user-data is not', async () => {
    const made = await plain();
    const { inputs, secrets } = made.recording.named('oslo-cp-1');
    expect(secrets).toEqual(['userData']);
    expect(inputs.userData).toContain((await secretsOf(made))['bootstrap-token']);
    expect(inputs.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await pulumi.isSecret(made.recording.result.kubeconfig)).toBe(true);
  });

  test('of your own are used, and none are made', async () => {
    const own = await newSecrets(new Date());
    const { recording } = await run({ secrets: own });
    expect(recording.resources.filter(({ type }) => /^(tls|random):/.test(type))).toEqual([]);
    recording.expectNoPlaintext([...privateOf(own.files), own.admin.key]);
    expect(recording.named('oslo-cp-2').inputs.userData).toContain(own.files['certificate-key']);
  });

  test('keys that the spec keeps out of user-data come by SSH, before the API is waited for', async () => {
    const made = await bySsh();
    const { recording } = made;
    const keys = recording.named('oslo-cp-1-keys');
    expect(keys.secrets).toContain('stdin');
    expect(keys.inputs.stdin).toContain((await secretsOf(made))['pki/ca.key']);
    expect(recording.named('oslo-cp-1').inputs.userData).not.toContain('PRIVATE KEY');
    expect(namesIn(keys.dependencies)).toContain('oslo-cp-1');
    expect(namesIn(recording.named('oslo-api', PROBE).dependencies)).toContain('oslo-cp-1-keys');
  });

  test('come again to another machine of the same name, whichever copy of the SDK made it', async () => {
    // As a provider that brings its own @pulumi/pulumi: nothing but the mark of its class is the same.
    const factory: MachineFactory = (request, opts) => {
      const made = machines(request, opts);
      Object.setPrototypeOf(made.resource, Object.create(pulumi.Resource.prototype));
      return made;
    };
    const { recording } = await run({ ssh, machines: factory });
    expect(recording.named('oslo-admission').inputs.triggers).toEqual(['oslo-cp-1-id']);
  });

  test('the first control plane admits machines anew when there are others', async () => {
    const made = await synced();
    const { inputs, dependencies } = made.recording.named('oslo-admission');
    const script = inputs.stdin;
    expect(script).toContain('# For cp-1, cp-2, cp-3.\n');
    expect(script).toContain('bootstrap --only admit');
    expect(script).toContain((await secretsOf(made))['certificate-key']);
    expect(script).not.toContain('PRIVATE KEY');
    expect(namesIn(dependencies)).toContain('oslo-cp-1');
    const without = await run({ ssh, admission: false });
    expect(without.recording.resources.filter(({ name }) => name === 'oslo-admission')).toEqual([]);
  });
});

describe('files on machines that run', () => {
  test('come to one control plane after the other, then to workers, before the objects', async () => {
    const { recording } = await run({
      ssh,
      nodeConfigSync: {},
      spec: spec({ machines: withWorkers(1, 2) }),
    });
    const after = (name: string) =>
      namesIn(recording.named(`oslo-config-${name}`).dependencies).filter((other) =>
        /^oslo-(config|api)/.test(other),
      );
    expect(['cp-1', 'cp-2', 'cp-3', 'w-1', 'w-2'].map(after)).toEqual([
      ['oslo-api'],
      ['oslo-api', 'oslo-config-cp-1'],
      ['oslo-api', 'oslo-config-cp-2'],
      ['oslo-api', 'oslo-config-cp-3'],
      ['oslo-api', 'oslo-config-cp-3'],
    ]);
    expect(namesIn(recording.named('oslo', PROVIDER).dependencies)).toEqual(
      expect.arrayContaining(['oslo-config-cp-1', 'oslo-config-w-2']),
    );
  });

  test('are in the clear, so that a preview shows the lines that change; the connection is secret', async () => {
    const { inputs, secrets, options } = (await synced()).recording.named('oslo-config-cp-1');
    expect(inputs.stdin).toContain('net.ipv4.ip_forward = 1');
    expect(secrets).toContain('connection');
    expect(inputs.connection).toEqual({
      host: '10.20.0.11',
      user: 'root',
      port: 22,
      privateKey: ssh.privateKey,
      dialErrorLimit: -1,
      perDialTimeout: 15,
    });
    expect(inputs.triggers).toEqual(['oslo-cp-1-id']);
    expect(options.customTimeouts).toMatchObject({ create: '1800s', update: '1800s' });
  });
});

test('a preview lists everything before there is a cluster', async () => {
  const names = ({ recording }: Run) => recording.resources.map(({ urn }) => urn).sort();
  const preview = await run({ ssh, nodeConfigSync: {} }, true);
  expect(names(preview)).toEqual(names(await synced()));
});
