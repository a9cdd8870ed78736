import { existsSync, readdirSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { Cluster, GroundworkApp, IptablesKubeProxy, Machine, Zone } from '../../../lib';
import {
  numberToken,
  PulumiOutputResolver,
  revealTokens,
  token,
  withTokens,
} from '../../../lib/pulumi/outputs';
import { osloPlane } from '../../control-plane/oslo-plane';
import { osloProps } from '../../support/oslo';
import { tempApp, tempDir } from '../../support/temp-app';
import { known, thrown } from './known';

const DEPLOY = 'deploy the app with Cdk8sStack, which puts the values in';
const free = 'must be free of Pulumi outputs, which are not known yet';
const resolvers = [new PulumiOutputResolver()];

function configMap(app: App, data: Record<string, unknown>): Chart {
  const chart = new Chart(app, 'own');
  new ApiObject(chart, 'cm', { apiVersion: 'v1', kind: 'ConfigMap', data });
  return chart;
}

describe('the resolver', () => {
  test('lets props take Outputs of any type, which come out again', async () => {
    const chart = configMap(tempApp({ resolvers }), {
      secret: pulumi.secret('s3cret'),
      count: pulumi.output(3),
      later: Promise.resolve('soon'),
      list: [pulumi.output({ a: 1 })],
    });
    const [manifest] = withTokens(() => chart.toJson());
    const { data } = revealTokens(manifest, 'own/cm');
    expect(await known(data.secret)).toEqual({ value: 's3cret', secret: true });
    expect(await known(data.count)).toEqual({ value: 3, secret: false });
    expect(await known(data.later)).toEqual({ value: 'soon', secret: false });
    expect(await known(data.list[0])).toEqual({ value: { a: 1 }, secret: false });
  });

  test('renders the same twice', () => {
    const chart = configMap(tempApp({ resolvers }), { host: pulumi.output('db') });
    expect(withTokens(() => chart.toJson())).toEqual(withTokens(() => chart.toJson()));
  });

  test.each([
    ['an Output', pulumi.output('db')],
    ['a token', token(pulumi.output('db'))],
    ['a token in a text', `http://${token(pulumi.output('db'))}/`],
  ])('writes no file with %s', (_, host) => {
    const app = tempApp({ resolvers });
    const chart = configMap(app, { host });
    expect(thrown(() => app.synth())).toMatch(
      new RegExp(
        `^Failed serializing construct at path 'own/cm' .*\\[own/cm\\] data\\.host ${free}, got \\$\\{pulumi-output-[0-9a-f]{8}-\\d+\\}; ${DEPLOY}$`,
      ),
    );
    expect(readdirSync(app.outdir)).toEqual([]);
    expect(() => Testing.synth(chart)).toThrow(free);
    expect(withTokens(() => Testing.synth(chart))).toHaveLength(1);
  });

  test('leaves everything else to cdk8s', () => {
    const app = tempApp({ resolvers });
    expect(configMap(app, { a: 'text', b: { c: [1, true] } }).toJson()).toMatchObject([
      { data: { a: 'text', b: { c: [1, true] } } },
    ]);
  });
});

test('an app with a cluster refuses tokens without the resolver, under any App and before it writes', () => {
  const app = tempApp();
  new Cluster(app, 'oslo', osloProps());
  new Chart(app, 'first');
  const placeholder = token(pulumi.output('db'));
  configMap(app, { host: placeholder });
  const line = `[own/cm] ConfigMap ${free}, got ${placeholder}; ${DEPLOY}`;
  expect(thrown(() => app.synth())).toContain(line);
  expect(readdirSync(app.outdir)).toEqual([]);
});

test('rules read objects with Outputs, outside of a rendering as well', () => {
  const app = tempApp({ resolvers });
  const cluster = new Cluster(app, 'oslo', osloProps());
  const chart = new Chart(app, 'own', { namespace: 'shop' });
  new IptablesKubeProxy(chart, 'kube-proxy', { cluster });
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' } },
  });
  const env = [{ name: 'HOST', value: pulumi.output('db') as unknown as string }];
  new ApiObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', env }] },
      },
    },
  });
  expect(cluster.findings().flatMap(({ id, path }) => (id === 'GW-PROXY-024' ? path : []))).toEqual(
    ['own/web'],
  );
});

test('GroundworkApp refuses them too, and takes the resolver', () => {
  const app = new GroundworkApp({ outdir: tempDir(), resolvers });
  osloPlane(app);
  const chart = configMap(app, { host: pulumi.output('db') });
  expect(() => app.synth()).toThrow(free);
  expect(readdirSync(app.outdir)).toEqual([]);
  const [manifest] = withTokens(() => chart.toJson());
  expect((manifest as any).data.host).toMatch(/^\$\{pulumi-output-/);
});

test('GroundworkApp finds in its files what came from elsewhere', () => {
  const app = new GroundworkApp({ outdir: `${tempDir()}/out` });
  // Rendered by another process: nothing in this one knows it.
  const stranger = '${pulumi-output-00000000-7}';
  configMap(app, { host: stranger, encoded: Buffer.from(stranger).toString('base64') });
  expect(thrown(() => app.synth())).toBe(`[app] own.k8s.yaml ${free}, got ${stranger}; ${DEPLOY}`);
  expect(existsSync(app.outdir)).toBe(false);
});

test('machines boot with no placeholder', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const placeholder = token(pulumi.output('ops@example'));
  const key = `ssh-ed25519 ${'A'.repeat(68)} ${placeholder}`;
  osloPlane(app, { nodes: { sshAuthorizedKeys: [key] } });
  expect(thrown(() => app.files())).toMatch(/user-data of cp-1 must be free of Pulumi outputs/);
});

describe('what is read offline refuses a token by itself', () => {
  const cluster = (changes: object) => () =>
    new Cluster(tempApp(), 'oslo', { ...osloProps(), ...changes });

  test('a network', () => {
    const podCidr = token(pulumi.output('10.244.0.0/16'));
    expect(thrown(cluster({ podCidr }))).toContain(`podCidr must be `);
    expect(thrown(cluster({ podCidr }))).toContain(`got ${podCidr};`);
  });

  test('the name of a machine', () => {
    const name = token(pulumi.output('cp-1'));
    expect(
      thrown(() =>
        Machine.controlPlane(name, { zone: 'oslo-1', address: '10.20.0.11', cpus: 8 } as any),
      ),
    ).toContain(`got ${name};`);
  });

  test('a number', () => {
    const mtu = numberToken(pulumi.output(1500));
    expect(
      thrown(() => Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', mtu } as any)),
    ).toContain(String(mtu));
  });
});
