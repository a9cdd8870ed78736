import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { App, Chart } from 'cdk8s';
import { Phase } from '../../../lib';
import {
  Adoption,
  Cdk8sStack,
  PulumiOutputResolver,
  RegistrationMode,
  token,
  type Cdk8sStackArgs,
} from '../../../lib/pulumi';
import { add, appWith, type Written } from './planned';
import { registered, type Registered } from './registered';

jest.setTimeout(120_000);
afterEach(() => jest.restoreAllMocks());

const web: Written = {
  is: 'DaemonSet shop/web',
  spec: { template: { spec: { volumes: [{ configMap: { name: 'settings' } }] } } },
};
const settings: Written = { is: 'ConfigMap shop/settings', data: { a: 'b' } };

/** Requests for objects, by name. */
async function requests(
  written: readonly Written[],
  args: Omit<Cdk8sStackArgs, 'app' | 'chart'> = {},
  opts?: pulumi.ComponentResourceOptions,
): Promise<Record<string, Registered>> {
  const all = await registered(
    () => new Cdk8sStack('net', { app: appWith(written), ...args }, opts),
  );
  return Object.fromEntries(all.map((request) => [request.name, request]));
}

test('an object is registered as it is, below the component, after what it names', async () => {
  const found = await requests([web, settings]);
  expect(Object.keys(found)).toEqual([
    'net',
    'net:ConfigMap:shop/settings',
    'net:DaemonSet:shop/web',
  ]);
  expect(found['net:ConfigMap:shop/settings']).toEqual({
    type: 'kubernetes:core/v1:ConfigMap',
    name: 'net:ConfigMap:shop/settings',
    inputs: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
      data: { a: 'b' },
    },
    after: [],
    retained: undefined,
    importId: '',
    provider: '',
    version: '4.34.2',
    parent: 'net',
    remote: false,
    secretOutputs: [],
  });
  expect(found['net:DaemonSet:shop/web']!.after).toEqual(['net:ConfigMap:shop/settings']);
});

test('resources are found by what they are, and what the cluster says of them can be read', async () => {
  let stack: Cdk8sStack | undefined;
  await registered(() => (stack = new Cdk8sStack('net', { app: appWith([web, settings]) })));
  expect(Object.keys(stack!.resources)).toEqual([
    'ConfigMap:shop/settings',
    'apps/DaemonSet:shop/web',
  ]);
  expect(stack!.ready).toEqual([stack!.resources['apps/DaemonSet:shop/web']]);
  const resource = stack!.resources['ConfigMap:shop/settings'] as any;
  const read = (output: pulumi.Output<any>) => (output as any).promise();
  expect(await read(resource.metadata)).toEqual({ name: 'settings', namespace: 'shop' });
  expect(await read(resource.status)).toBeUndefined();
});

describe('exactly one of app and chart', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  test.each([
    [{}, 'nothing'],
    [{ app, chart }, 'both'],
  ])('%#', async (args, got) => {
    await expect(registered(() => new Cdk8sStack('net', args))).rejects.toThrow(
      new Error(
        `[net] app and chart must be exactly one of them, got ${got}; pass the app, or one chart of it`,
      ),
    );
  });
});

describe('adoption', () => {
  const adopt = (mode: Adoption) => ({
    adopt: [{ kind: 'DaemonSet', name: 'web', mode }],
  });

  test('a patch is a resource of its own type, with force, and stays', async () => {
    const found = (await requests([web, settings], adopt(Adoption.PATCH)))[
      'net:DaemonSet:shop/web'
    ]!;
    expect(found.type).toBe('kubernetes:apps/v1:DaemonSetPatch');
    expect(found.inputs.kind).toBe('DaemonSet');
    expect(found.inputs.metadata.annotations).toEqual({ 'pulumi.com/patchForce': 'true' });
    expect(found.retained).toBe(true);
    expect(found.importId).toBe('');
  });

  test('an import names the object as the provider does, and stays', async () => {
    const found = await requests(
      [
        web,
        { is: 'Namespace shop', annotations: { 'cdk8s-groundwork/adopt': 'import' } },
        settings,
      ],
      adopt(Adoption.IMPORT),
    );
    expect(found['net:DaemonSet:shop/web']).toMatchObject({
      type: 'kubernetes:apps/v1:DaemonSet',
      importId: 'shop/web',
      retained: true,
    });
    expect(found['net:Namespace:shop']).toMatchObject({ importId: 'shop', retained: true });
    expect(found['net:ConfigMap:shop/settings']).toMatchObject({
      importId: '',
      retained: undefined,
    });
  });

  test('upserting is the business of a provider of yours', async () => {
    const all = await registered(() => {
      const upsertProvider = new Provider('upsert', { upsertExistingObjects: true });
      const provider = new Provider('plain', {});
      const app = appWith([web, settings]);
      return new Cdk8sStack(
        'net',
        { app, upsertProvider, ...adopt(Adoption.UPSERT) },
        { provider },
      );
    });
    const provider = (name: string) => all.find((one) => one.name === name)!.provider;
    expect(provider('net:DaemonSet:shop/web')).toContain('::upsert::');
    expect(provider('net:ConfigMap:shop/settings')).toContain('::plain::');
    await expect(requests([web], adopt(Adoption.UPSERT))).rejects.toThrow(
      new Error(
        '[net] upsertProvider must be given for apps/DaemonSet:shop/web, which is to be upserted, got nothing; ' +
          'pass a kubernetes.Provider with upsertExistingObjects: true',
      ),
    );
  });

  test('an annotation goes before every rule, the first rule before the others', async () => {
    const own = { ...web, annotations: { 'cdk8s-groundwork/adopt': 'create' } };
    const found = await requests([own, settings], {
      adopt: [
        { kind: 'ConfigMap', mode: Adoption.IMPORT },
        { namespace: 'shop', mode: Adoption.PATCH },
      ],
    });
    expect(found['net:DaemonSet:shop/web']!.type).toBe('kubernetes:apps/v1:DaemonSet');
    expect(found['net:DaemonSet:shop/web']!.inputs.metadata).not.toHaveProperty('annotations');
    expect(found['net:ConfigMap:shop/settings']!.importId).toBe('shop/settings');
  });

  test('a way that does not exist, and a rule that means nothing, throw', async () => {
    const own = { ...web, annotations: { 'cdk8s-groundwork/adopt': 'steal' } };
    const rule = { phase: Phase.KUBE_PROXY, mode: Adoption.PATCH };
    await expect(requests([own], { adopt: [rule] })).rejects.toThrow(
      new Error(
        "[net] adopt[0] must be of an object that is rendered, got phase '00-kube-proxy'; correct it, or take it out\n" +
          '[net] apps/DaemonSet:shop/web cdk8s-groundwork/adopt must be one of create, patch, import, upsert, got steal; correct it',
      ),
    );
  });
});

describe('what stays when the stack goes', () => {
  const plugin = { ...web, phase: Phase.CNI };

  test('the pod network; of all others the component decides', async () => {
    const found = await requests([plugin, settings], {}, { retainOnDelete: true });
    // Absent: the engine takes it from the component.
    expect(found['net:ConfigMap:shop/settings']!.retained).toBeUndefined();
    expect(found['net:DaemonSet:shop/web']!.retained).toBe(true);
    expect(found.net!.retained).toBe(true);
  });

  test('what is named, instead', async () => {
    const found = await requests([plugin, settings], { retain: [{ kind: 'ConfigMap' }] });
    expect(found['net:ConfigMap:shop/settings']!.retained).toBe(true);
    expect(found['net:DaemonSet:shop/web']!.retained).toBeUndefined();
    const none = await requests([plugin], { retain: [] });
    expect(none['net:DaemonSet:shop/web']!.retained).toBeUndefined();
    await expect(requests([plugin], { retain: [{ kind: 'Secret' }] })).rejects.toThrow(
      "[net] retain[0] must be of an object that is rendered, got kind 'Secret'; correct it, or take it out",
    );
  });
});

/** What Pulumi puts around a secret. */
const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };

/** An app whose objects hold a secret that is not known yet. */
function appWithToken(where: Written): App {
  const app = new App({ resolvers: [new PulumiOutputResolver()] });
  add(new Chart(app, 'chart'), where);
  return app;
}

describe('Outputs', () => {
  test('take their places, secret one by one', async () => {
    const all = await registered(() => {
      const data = { plain: 'x', hidden: token(pulumi.secret('p')) };
      return new Cdk8sStack('net', { app: appWithToken({ is: 'ConfigMap shop/settings', data }) });
    });
    expect(all[1]!.inputs.data).toEqual({ plain: 'x', hidden: { ...SECRET, value: 'p' } });
  });

  test('a Secret is secret as the class of its kind makes it', async () => {
    const found = await requests([{ is: 'Secret shop/key', stringData: { key: 'k' } }]);
    expect(found['net:Secret:shop/key']).toMatchObject({
      inputs: { stringData: { key: { ...SECRET, value: 'k' } } },
      secretOutputs: ['data', 'stringData'],
    });
  });

  test('in a name they throw, before anything is registered', async () => {
    const seen: Registered[] = [];
    const app = appWithToken({ is: `ConfigMap shop/${token(pulumi.output('x'))}` });
    await expect(registered(() => new Cdk8sStack('net', { app }), seen)).rejects.toThrow(
      'metadata.name must be',
    );
    expect(seen).toEqual([]);
  });
});

describe('group mode', () => {
  const GROUP = { mode: RegistrationMode.GROUP };
  const proxy: Written = { ...web, is: 'DaemonSet shop/proxy', phase: Phase.KUBE_PROXY };

  test('a group for every phase and every chart, in order, with the order inside written on the objects', async () => {
    const found = await requests(
      [
        { ...settings, phase: Phase.KUBE_PROXY },
        { is: 'Namespace shop', phase: Phase.KUBE_PROXY },
        proxy,
        { is: 'Secret shop/own', stringData: { a: 'b' } },
        { is: 'Namespace net', phase: Phase.CNI },
      ],
      GROUP,
    );
    expect(Object.keys(found).sort()).toEqual([
      'net',
      'net:00-kube-proxy',
      'net:20-cni',
      'net:chart',
    ]);
    expect(found['net:00-kube-proxy']).toMatchObject({
      type: 'kubernetes:yaml/v2:ConfigGroup',
      remote: true,
      parent: 'net',
      after: [],
      retained: undefined,
      inputs: { resourcePrefix: 'net' },
    });
    expect(found['net:20-cni']).toMatchObject({ after: [], retained: true });
    expect(found['net:chart']!.after).toEqual(['net:00-kube-proxy']);
    const { objs } = found['net:00-kube-proxy']!.inputs;
    expect(objs.map((one: any) => [one.kind, one.metadata.annotations])).toEqual([
      ['Namespace', undefined],
      ['ConfigMap', { 'config.kubernetes.io/depends-on': '/Namespace/shop' }],
      [
        'DaemonSet',
        {
          'config.kubernetes.io/depends-on': '/Namespace/shop,/namespaces/shop/ConfigMap/settings',
          'pulumi.com/timeoutSeconds': '900',
        },
      ],
    ]);
  });

  test('resources and handles are the groups', async () => {
    let stack: Cdk8sStack | undefined;
    await registered(
      () => (stack = new Cdk8sStack('net', { app: appWith([web, settings]), ...GROUP })),
    );
    const group = stack!.resources['apps/DaemonSet:shop/web'];
    expect(group).toBe(stack!.resources['ConfigMap:shop/settings']);
    expect(stack!.ready).toEqual([group]);
  });

  test('adoption, and Outputs outside of Secrets, are refused', async () => {
    await expect(
      requests([web], { ...GROUP, adopt: [{ kind: 'DaemonSet', mode: Adoption.IMPORT }] }),
    ).rejects.toThrow(
      '[net] adopt of apps/DaemonSet:shop/web must be create in group mode, got import; ' +
        'register this chart with RegistrationMode.INDIVIDUAL',
    );
    const data = { a: token(pulumi.output('x')) };
    await expect(
      registered(
        () =>
          new Cdk8sStack('net', {
            app: appWithToken({ is: 'ConfigMap shop/settings', data }),
            ...GROUP,
          }),
      ),
    ).rejects.toThrow(
      '[net] ConfigMap:shop/settings data.a must be known in group mode, got an Output, which would stand ' +
        'in the state in clear; move it to a Secret, or use RegistrationMode.INDIVIDUAL',
    );
    const secret = appWithToken({ is: 'Secret shop/key', stringData: data });
    const all = await registered(() => new Cdk8sStack('net', { app: secret, ...GROUP }));
    expect(JSON.stringify(all[1]!.inputs)).toContain(JSON.stringify({ ...SECRET, value: 'x' }));
  });

  test('groups that wait for each other throw and say why', async () => {
    const early: Written = { is: 'ConfigMap late/a', phase: Phase.KUBE_PROXY };
    const late: Written = { is: 'Namespace late', phase: Phase.CNI };
    const back: Written = { is: 'ConfigMap early/b', phase: Phase.CNI };
    const first: Written = { is: 'Namespace early', phase: Phase.KUBE_PROXY };
    await expect(requests([early, late, back, first], GROUP)).rejects.toThrow(
      '[net] order must be free of circles, got 00-kube-proxy after 20-cni (ConfigMap:late/a after Namespace:late) ' +
        'after 00-kube-proxy (ConfigMap:early/b after Namespace:early)',
    );
  });
});
