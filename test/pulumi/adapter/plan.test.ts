import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Cluster, GroundworkApp, Phase } from '../../../lib';
import { EdgeGraph } from '../../../lib/pulumi/adapter/edge-graph';
import { pluralOf } from '../../../lib/pulumi/adapter/identity';
import { inOrder } from '../../../lib/pulumi/adapter/order';
import { planOf } from '../../../lib/pulumi/adapter/plan';
import { osloCluster } from '../../support/oslo';
import { add, NO_OPTIONS, planned } from './planned';

const keys = (scope: App | Chart) => planOf('net', scope, NO_OPTIONS).objects.map(({ key }) => key);

describe('order', () => {
  test('by phase, then by what an object is; without a phase last; edges go first', () => {
    const plan = planned([
      { is: 'ConfigMap a/own' },
      { is: 'ConfigMap b/edge', phase: Phase.INGRESS },
      { is: 'ConfigMap z/proxy', phase: Phase.KUBE_PROXY },
      { is: 'ConfigMap y/proxy', phase: Phase.KUBE_PROXY },
      { is: 'Namespace y', phase: Phase.INGRESS },
    ]);
    expect(plan.objects.map(({ key }) => key)).toEqual([
      'Namespace:y',
      'ConfigMap:y/proxy',
      'ConfigMap:z/proxy',
      'ConfigMap:b/edge',
      'ConfigMap:a/own',
    ]);
  });

  test('a chain that is longer than the stack of JavaScript is ordered', () => {
    const graph = new EdgeGraph();
    const objects = Array.from({ length: 20_000 }, (_, index) => ({ key: `c${index}` }));
    objects.slice(1).forEach(({ key }, index) => graph.require(`c${index}`, key, 'so'));
    expect(inOrder('net', objects, graph)).toEqual([...objects].reverse());
  });
});

describe('names', () => {
  test('do not depend on where an object stands in the tree, or in which order', () => {
    const settings = { is: 'ConfigMap shop/settings' };
    const web = { is: 'Deployment shop/web', spec: { template: { spec: {} } } };
    const flat = new App();
    const chart = new Chart(flat, 'chart');
    [settings, web].forEach((one) => add(chart, one));
    const deep = new App();
    const other = new Chart(new Construct(deep, 'moved'), 'renamed');
    add(new Chart(other, 'inner'), web);
    add(other, settings);
    expect(keys(deep)).toEqual(keys(flat));
  });

  test('of what belongs to the whole cluster have no namespace, though cdk8s gives one', () => {
    const app = new App();
    const chart = new Chart(app, 'chart', { namespace: 'shop' });
    const made = (apiVersion: string, kind: string, spec?: object) =>
      new ApiObject(chart, kind, { apiVersion, kind, metadata: { name: 'x' }, spec });
    made('rbac.authorization.k8s.io/v1', 'ClusterRole');
    made('kinds.example/v1', 'Thing');
    made('kinds.example/v1', 'Part');
    made('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      group: 'kinds.example',
      names: { kind: 'Thing' },
      scope: 'Cluster',
    });
    const { objects } = planOf('net', app, NO_OPTIONS);
    expect(objects.map(({ key }) => key).sort()).toEqual([
      'apiextensions.k8s.io/CustomResourceDefinition:x',
      'kinds.example/Part:shop/x',
      'kinds.example/Thing:x',
      'rbac.authorization.k8s.io/ClusterRole:x',
    ]);
    expect(objects.find(({ kind }) => kind === 'ClusterRole')?.inputs.metadata).toEqual({
      name: 'x',
    });
  });

  test('the same object twice throws, whatever version it is written in', () => {
    expect(() =>
      planned([
        { is: 'Thing shop/one', api: 'kinds.example/v1' },
        { is: 'ConfigMap shop/one' },
        { is: 'ConfigMap bank/one' },
      ]),
    ).not.toThrow();
    const app = new App();
    add(new Chart(app, 'first'), { is: 'Thing shop/one', api: 'kinds.example/v1' });
    add(new Chart(app, 'second'), { is: 'Thing shop/one', api: 'kinds.example/v1beta1' });
    expect(() => keys(app)).toThrow(
      '[net] kinds.example/Thing:shop/one must be rendered once, got it from first/Thing-shop-one ' +
        'and from second/Thing-shop-one; remove one of the two, or give it another name or namespace',
    );
  });

  test.each([
    ['Policy', 'policies'],
    ['Gateway', 'gateways'],
    ['IngressClass', 'ingressclasses'],
    ['Ingress', 'ingresses'],
    ['Endpoints', 'endpoints'],
    ['IPAddressPool', 'ipaddresspools'],
    ['BGPPeer', 'bgppeers'],
    ['Mailbox', 'mailboxes'],
  ])('many of %s are %s', (kind, plural) => {
    expect(pluralOf(kind)).toBe(plural);
  });
});

test('a status is left out, annotations of ours are taken off', () => {
  const plan = planned([
    {
      is: 'ConfigMap shop/one',
      annotations: { 'cdk8s-groundwork/await': 'default', 'cdk8s-groundwork/adopt': 'create' },
      status: { phase: 'Active' },
    },
  ]);
  expect(plan.objects[0]!.inputs).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', namespace: 'shop' },
  });
});

test('where nothing is waited for, what nothing comes after tells when all is there', () => {
  const { ready } = planned([{ is: 'Namespace shop' }, { is: 'ConfigMap shop/settings' }]);
  expect(ready).toEqual(['ConfigMap:shop/settings']);
});

test('an object that brings along that nobody waits for it tells nothing', () => {
  const pods = { template: { spec: {} } };
  const { ready } = planned([
    { is: 'Deployment shop/web', spec: pods },
    { is: 'Deployment shop/slow', annotations: { 'pulumi.com/skipAwait': 'true' }, spec: pods },
    { is: 'ConfigMap shop/done', annotations: { 'pulumi.com/waitFor': 'jsonpath={.data.done}' } },
  ]);
  expect(ready).toEqual(['ConfigMap:shop/done', 'apps/Deployment:shop/web']);
});

test('a chart of an app is reviewed with the cluster of the app, and only its objects are planned', () => {
  const app = new GroundworkApp();
  const cluster = osloCluster(new Chart(app, 'facts'));
  const chart = new Chart(app, 'chart');
  add(chart, { is: 'ConfigMap shop/one' });
  add(new Chart(app, 'other'), { is: 'ConfigMap shop/two' });
  const plan = planOf('net', chart, NO_OPTIONS);
  expect(plan.cluster).toBe(cluster);
  expect(plan.objects.map(({ key }) => key)).toEqual(['ConfigMap:shop/one']);
  chart.node.addValidation({ validate: () => ['is wrong'] });
  expect(() => keys(chart)).toThrow(
    'validation found 1 error, nothing was registered:\n  [chart] is wrong',
  );
});

test('a chart has the cluster that stands in it, though the app has another one', () => {
  const app = new App();
  osloCluster(new Chart(app, 'first'));
  const second = new Chart(app, 'second');
  const cluster = osloCluster(second);
  expect(cluster).toBeInstanceOf(Cluster);
  expect(planOf('net', second, NO_OPTIONS).cluster).toBe(cluster);
});
