import { Phase } from '../../../lib';
import type { AwaitRule } from '../../../lib/pulumi';
import { NO_OPTIONS, planned, type Written } from './planned';

const PULUMI = 'pulumi.com/';

/** The annotations with which one object is registered. */
function annotations(written: Written, awaits: AwaitRule[] = []): Record<string, string> {
  return planned([written], { awaits }).objects[0]!.inputs.metadata.annotations ?? {};
}

const pods = { template: { spec: { hostNetwork: true } } };
const skipped = { [`${PULUMI}skipAwait`]: 'true' };

test.each<[string, Written, Record<string, string>]>([
  [
    'a definition until it is served',
    {
      is: 'CustomResourceDefinition things.kinds.example',
      spec: { group: 'kinds.example', names: { kind: 'Thing' } },
    },
    { [`${PULUMI}waitFor`]: 'condition=Established', [`${PULUMI}timeoutSeconds`]: '300' },
  ],
  [
    'an API that a Service answers, until it does',
    { is: 'APIService v1.kinds.example', spec: { service: { namespace: 'a', name: 'b' } } },
    { [`${PULUMI}waitFor`]: 'condition=Available', [`${PULUMI}timeoutSeconds`]: '300' },
  ],
  ['an API of the API server itself', { is: 'APIService v1.apps', spec: { service: null } }, {}],
  [
    'pods that somebody must delete: not at all',
    {
      is: 'DaemonSet net/agent',
      phase: Phase.CNI,
      spec: { ...pods, updateStrategy: { type: 'OnDelete' } },
    },
    skipped,
  ],
  [
    'a network plugin, longer than others: every machine pulls its images',
    {
      is: 'DaemonSet net/plugin',
      spec: { template: { spec: { volumes: [{ hostPath: { path: '/etc/cni/net.d/' } }] } } },
    },
    { [`${PULUMI}timeoutSeconds`]: '900' },
  ],
  [
    'pods of a phase, as long as apply.sh',
    { is: 'Deployment ops/any', phase: Phase.INGRESS, spec: pods },
    { [`${PULUMI}timeoutSeconds`]: '900' },
  ],
  ['other pods, as the provider does', { is: 'Deployment shop/web', spec: pods }, {}],
  [
    'a Service: not for its pods',
    { is: 'Service shop/web', spec: { selector: { app: 'web' } } },
    skipped,
  ],
  [
    'a Service without an address of its own',
    { is: 'Service shop/web', spec: { clusterIP: 'None', selector: { app: 'web' } } },
    {},
  ],
  ['a Service without pods', { is: 'Service shop/web', spec: { type: 'ClusterIP' } }, {}],
  [
    'a Service that is another name',
    { is: 'Service shop/web', spec: { type: 'ExternalName', selector: { app: 'web' } } },
    {},
  ],
  [
    'an address from a load balancer of which nothing is known',
    { is: 'Service shop/web', spec: { type: 'LoadBalancer', selector: { app: 'web' } } },
    {},
  ],
  ['an Ingress of which nothing is known', { is: 'Ingress shop/web' }, {}],
  ['what the provider has no idea of', { is: 'ConfigMap shop/web' }, {}],
])('waits for %s', (_name, written, expected) => {
  expect(annotations(written)).toEqual(expected);
});

describe('an object says it itself', () => {
  const web = (own: Record<string, string>): Written => ({
    is: 'Service shop/web',
    annotations: own,
    spec: { selector: { app: 'web' } },
  });

  test.each<[Record<string, string>, Record<string, string>]>([
    [{ await: 'skip' }, skipped],
    [{ await: 'default' }, {}],
    [{ await: 'condition=Ready' }, { [`${PULUMI}waitFor`]: 'condition=Ready' }],
    [
      { await: '["condition=Ready","jsonpath={.status.phase}=Running"]' },
      { [`${PULUMI}waitFor`]: '["condition=Ready","jsonpath={.status.phase}=Running"]' },
    ],
    [{ 'await-timeout': '60' }, { [`${PULUMI}timeoutSeconds`]: '60' }],
    [
      { await: 'condition=Ready', 'await-timeout': '60' },
      { [`${PULUMI}waitFor`]: 'condition=Ready', [`${PULUMI}timeoutSeconds`]: '60' },
    ],
  ])('%j', (own, expected) => {
    const neutral = Object.entries(own).map(([name, value]) => [`cdk8s-groundwork/${name}`, value]);
    expect(annotations(web({ other: 'kept', ...Object.fromEntries(neutral) }))).toEqual({
      other: 'kept',
      ...expected,
    });
  });

  test('in the words of Pulumi, and then nothing is added', () => {
    expect(annotations(web({ [`${PULUMI}timeoutSeconds`]: '60' }))).toEqual({
      [`${PULUMI}timeoutSeconds`]: '60',
    });
  });

  test('before any rule', () => {
    expect(
      annotations(web({ 'cdk8s-groundwork/await': 'default' }), [{ kind: 'Service', skip: true }]),
    ).toEqual({});
  });
});

test('the first rule that means an object decides, instead of the table', () => {
  const rules = [
    { kind: 'Service', namespace: 'shop', waitFor: ['condition=Ready'], timeoutSeconds: 30 },
    { kind: 'Service', skip: true },
  ];
  const spec = { selector: { app: 'web' } };
  const plan = planned(
    [
      { is: 'Service shop/web', spec },
      { is: 'Service bank/web', spec },
    ],
    { awaits: rules },
  );
  expect(
    Object.fromEntries(plan.objects.map(({ key, inputs }) => [key, inputs.metadata.annotations])),
  ).toEqual({
    'Service:shop/web': {
      [`${PULUMI}waitFor`]: 'condition=Ready',
      [`${PULUMI}timeoutSeconds`]: '30',
    },
    'Service:bank/web': skipped,
  });
});

test('wrong policies throw, all at once, with the object or the rule', () => {
  const written: Written = {
    is: 'ConfigMap shop/web',
    annotations: {
      'cdk8s-groundwork/await': 'Ready',
      'cdk8s-groundwork/await-timeout': '1m',
    },
  };
  const awaits: AwaitRule[] = [
    { kind: 'ConfigMap', skip: true, timeoutSeconds: 1 },
    { kind: 'ConfigMap', waitFor: [] },
    { kind: 'Secret', name: 'web', skip: true },
  ];
  expect(() => planned([written], { ...NO_OPTIONS, awaits })).toThrow(
    new Error(
      [
        "[net] awaits[2] must be of an object that is rendered, got kind 'Secret', name 'web'; correct it, or take it out",
        '[net] ConfigMap:shop/web cdk8s-groundwork/await waitFor must be `condition=…` or `jsonpath=…`, got Ready; write it as the annotation pulumi.com/waitFor takes it',
        '[net] ConfigMap:shop/web cdk8s-groundwork/await timeoutSeconds must be a whole number above 0, got NaN; give it in seconds',
        '[net] awaits[0] skip must be false beside waitFor and timeoutSeconds, got true; either wait, or do not',
        '[net] awaits[1] waitFor must be `condition=…` or `jsonpath=…`, got nothing; write it as the annotation pulumi.com/waitFor takes it',
      ].join('\n'),
    ),
  );
});
