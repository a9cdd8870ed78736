import { looseReferences, references } from './references';

// The judge is judged: each reference that it must see, by one object that makes it.

const object = (kind: string, name: string, rest: object = {}, namespace?: string) => ({
  ...{ apiVersion: 'v1', kind, metadata: { name, ...(namespace ? { namespace } : {}) } },
  ...rest,
});
const said = (objects: object[], find = references) =>
  find(objects).map(
    ({ from, to }) => `${from.kind} ${from.metadata.name} → ${to.kind} ${to.metadata.name}`,
  );

const pod = {
  serviceAccountName: 'agent',
  priorityClassName: 'high',
  imagePullSecrets: [{ name: 'pull' }],
  volumes: [
    { configMap: { name: 'settings' } },
    { projected: { sources: [{ secret: { name: 'key' } }] } },
    { persistentVolumeClaim: { claimName: 'data' } },
  ],
  containers: [{ envFrom: [{ configMapRef: { name: 'env' } }] }],
};
const workload = object(
  'Deployment',
  'agent',
  { spec: { template: { metadata: { labels: { app: 'agent' } }, spec: pod } } },
  'team',
);

test('pods need their account, its rights, what they mount and what they read', () => {
  const needed = [
    object('Namespace', 'team'),
    object('ServiceAccount', 'agent', {}, 'team'),
    object('PriorityClass', 'high'),
    object('Secret', 'pull', {}, 'team'),
    object('ConfigMap', 'settings', {}, 'team'),
    object('Secret', 'key', {}, 'team'),
    object('PersistentVolumeClaim', 'data', { spec: {} }, 'team'),
    object('ConfigMap', 'env', {}, 'team'),
    object('RoleBinding', 'agent', {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'agent', namespace: 'team' }],
    }),
  ];
  const others = [object('ConfigMap', 'settings', {}, 'other'), object('Secret', 'x', {}, 'team')];
  const found = said([workload, ...needed, ...others]).filter((one) =>
    one.startsWith('Deployment'),
  );
  expect(found.sort()).toEqual(
    needed.map(({ kind, metadata }) => `Deployment agent → ${kind} ${metadata.name}`).sort(),
  );
});

test('what a webhook judges needs the pods that answer for it, and so does the webhook', () => {
  const service = object('Service', 'hook', { spec: { selector: { app: 'agent' } } }, 'team');
  const webhook = object('ValidatingWebhookConfiguration', 'judge', {
    webhooks: [
      {
        clientConfig: { service: { name: 'hook', namespace: 'team' } },
        rules: [{ apiGroups: ['example.org'], resources: ['widgets'] }],
      },
    ],
  });
  const definition = object('CustomResourceDefinition', 'widgets.example.org', {
    spec: { group: 'example.org', names: { kind: 'Widget', plural: 'widgets' } },
  });
  const widget = { ...object('Widget', 'one', {}, 'team'), apiVersion: 'example.org/v1' };
  expect(said([workload, service, webhook, definition, widget]).sort()).toEqual([
    'ValidatingWebhookConfiguration judge → Deployment agent',
    'ValidatingWebhookConfiguration judge → Service hook',
    'Widget one → CustomResourceDefinition widgets.example.org',
    'Widget one → Deployment agent',
  ]);
});

test('names that are followed whenever they come are loose', () => {
  const gateway = object('Gateway', 'edge', { spec: { gatewayClassName: 'nginx' } }, 'edge');
  const route = object('HTTPRoute', 'app', { spec: { parentRefs: [{ name: 'edge' }] } }, 'edge');
  const objects = [gateway, route, object('GatewayClass', 'nginx', { spec: {} })];
  expect(said(objects)).toEqual([]);
  expect(said(objects, looseReferences)).toEqual([
    'Gateway edge → GatewayClass nginx',
    'HTTPRoute app → Gateway edge',
  ]);
});
