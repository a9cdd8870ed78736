import { toldByArguments } from '../../../lib/pulumi/adapter/references';
import { after, planned, type Written } from './planned';

/** A workload with this pod. */
const runs = (is: string, pod: object, labels: object = {}): Written => ({
  is,
  spec: { selector: {}, template: { metadata: { labels }, spec: { hostNetwork: true, ...pod } } },
});

test('what is in a namespace comes after it; one that is not rendered is there already', () => {
  const plan = planned([
    { is: 'ConfigMap shop/settings' },
    { is: 'ConfigMap kube-system/coredns' },
    { is: 'Namespace shop' },
  ]);
  expect(after(plan, 'ConfigMap:shop/settings')).toEqual({ 'Namespace:shop': 'its namespace' });
  expect(after(plan, 'ConfigMap:kube-system/coredns')).toEqual({});
});

test('bindings come after their role and their accounts', () => {
  const binding = (is: string, kind: string) => ({
    is,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'reader' },
    subjects: [
      { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
      { kind: 'Group', name: 'web' },
    ],
  });
  const plan = planned([
    binding('ClusterRoleBinding reader', 'ClusterRole'),
    binding('RoleBinding shop/reader', 'Role'),
    binding('RoleBinding bank/reader', 'ClusterRole'),
    { is: 'ServiceAccount shop/web' },
    { is: 'Role shop/reader' },
    { is: 'ClusterRole reader' },
  ]);
  const rbac = 'rbac.authorization.k8s.io/';
  const account = { 'ServiceAccount:shop/web': 'its subject' };
  expect(after(plan, `${rbac}ClusterRoleBinding:reader`)).toEqual({
    [`${rbac}ClusterRole:reader`]: 'its role',
    ...account,
  });
  expect(after(plan, `${rbac}RoleBinding:shop/reader`)).toEqual({
    [`${rbac}Role:shop/reader`]: 'its role',
    ...account,
  });
  expect(after(plan, `${rbac}RoleBinding:bank/reader`)).toEqual({
    [`${rbac}ClusterRole:reader`]: 'its role',
    ...account,
  });
});

test('pods come after everything they are started with, and never after a Service', () => {
  const plan = planned([
    runs('Deployment shop/web', {
      serviceAccountName: 'web',
      priorityClassName: 'high',
      runtimeClassName: 'gvisor',
      imagePullSecrets: [{ name: 'registry' }],
      initContainers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'token' } } }] }],
      containers: [
        {
          args: ['-config=$(POD_NAMESPACE)/by-argument', '--service=web'],
          env: [{ name: 'B', valueFrom: { configMapKeyRef: { name: 'by-key' } } }],
          envFrom: [{ configMapRef: { name: 'by-map' } }, { secretRef: { name: 'by-secret' } }],
        },
      ],
      volumes: [
        { name: 'a', configMap: { name: 'mounted' } },
        { name: 'b', secret: { secretName: 'mounted' } },
        { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'd', projected: { sources: [{ secret: { name: 'projected' } }] } },
      ],
    }),
    { is: 'Service shop/web', spec: { selector: { app: 'web' } } },
    { is: 'ServiceAccount shop/web' },
    {
      is: 'ClusterRoleBinding web',
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
    },
    { is: 'PriorityClass high' },
    { is: 'RuntimeClass gvisor' },
    { is: 'PersistentVolumeClaim shop/data', spec: { storageClassName: 'fast' } },
    { is: 'StorageClass fast' },
    ...['by-argument', 'by-key', 'by-map', 'mounted', 'unused'].map((name) => ({
      is: `ConfigMap shop/${name}`,
    })),
    ...['registry', 'token', 'by-secret', 'mounted', 'projected'].map((name) => ({
      is: `Secret shop/${name}`,
    })),
    { is: 'ConfigMap bank/mounted' },
  ]);
  expect(Object.keys(after(plan, 'apps/Deployment:shop/web')).sort()).toEqual(
    [
      'ConfigMap:shop/by-argument',
      'ConfigMap:shop/by-key',
      'ConfigMap:shop/by-map',
      'ConfigMap:shop/mounted',
      'PersistentVolumeClaim:shop/data',
      'Secret:shop/by-secret',
      'Secret:shop/mounted',
      'Secret:shop/projected',
      'Secret:shop/registry',
      'Secret:shop/token',
      'ServiceAccount:shop/web',
      'node.k8s.io/RuntimeClass:gvisor',
      'rbac.authorization.k8s.io/ClusterRoleBinding:web',
      'scheduling.k8s.io/PriorityClass:high',
    ].sort(),
  );
  expect(after(plan, 'PersistentVolumeClaim:shop/data')).toEqual({
    'storage.k8s.io/StorageClass:fast': 'its storage class',
  });
  expect(after(plan, 'Service:shop/web')).toEqual({});
});

test('the pods of a schedule and the claims of a set are looked at too', () => {
  const plan = planned([
    {
      is: 'CronJob shop/nightly',
      spec: {
        jobTemplate: { spec: { template: { spec: { volumes: [{ configMap: { name: 'a' } }] } } } },
      },
    },
    {
      is: 'StatefulSet shop/db',
      spec: {
        template: { spec: { hostNetwork: true } },
        volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }],
      },
    },
    { is: 'ConfigMap shop/a' },
    { is: 'StorageClass fast' },
  ]);
  expect(after(plan, 'batch/CronJob:shop/nightly')).toEqual({
    'ConfigMap:shop/a': 'its pods read it',
  });
  expect(after(plan, 'apps/StatefulSet:shop/db')).toEqual({
    'storage.k8s.io/StorageClass:fast': 'its storage class',
  });
});

test('what the API server calls comes after the Service and after what runs behind it', () => {
  const plan = planned([
    {
      is: 'ValidatingWebhookConfiguration judge',
      webhooks: [{ clientConfig: { service: { namespace: 'shop', name: 'judge' } } }, {}],
    },
    {
      is: 'APIService v1.things.example',
      spec: { service: { namespace: 'shop', name: 'judge' } },
    },
    { is: 'APIService v1.local.example', spec: { service: null } },
    { is: 'Service shop/judge', spec: { selector: { app: 'judge' } } },
    runs('Deployment shop/judge', {}, { app: 'judge', tier: 'back' }),
    runs('Deployment shop/other', {}, { app: 'other' }),
    runs('Deployment bank/judge', {}, { app: 'judge' }),
  ]);
  const expected = {
    'Service:shop/judge': 'the API server calls this Service',
    'apps/Deployment:shop/judge': 'it answers the API server',
  };
  expect(after(plan, 'admissionregistration.k8s.io/ValidatingWebhookConfiguration:judge')).toEqual(
    expected,
  );
  expect(after(plan, 'apiregistration.k8s.io/APIService:v1.things.example')).toEqual(expected);
  expect(after(plan, 'apiregistration.k8s.io/APIService:v1.local.example')).toEqual({});
});

test('classes, certificates and policies', () => {
  const plan = planned([
    {
      is: 'Ingress shop/web',
      spec: { ingressClassName: 'nginx', tls: [{ secretName: 'cert' }, {}] },
    },
    { is: 'IngressClass nginx' },
    { is: 'Secret shop/cert' },
    { is: 'ValidatingAdmissionPolicyBinding guard', spec: { policyName: 'guard' } },
    { is: 'ValidatingAdmissionPolicy guard' },
  ]);
  expect(after(plan, 'networking.k8s.io/Ingress:shop/web')).toEqual({
    'networking.k8s.io/IngressClass:nginx': 'its class',
    'Secret:shop/cert': 'its certificate',
  });
  const admission = 'admissionregistration.k8s.io/ValidatingAdmissionPolicy';
  expect(after(plan, `${admission}Binding:guard`)).toEqual({
    [`${admission}:guard`]: 'its policy',
  });
});

test('custom resources come after the definition of their kind in their group', () => {
  const definition = (group: string) => ({
    is: `CustomResourceDefinition things.${group}`,
    spec: { group, names: { kind: 'Thing', plural: 'things' }, scope: 'Namespaced' },
  });
  const plan = planned([
    { is: 'Thing shop/one', api: 'kinds.example/v1' },
    { is: 'Thing shop/other', api: 'nobody.example/v1' },
    definition('kinds.example'),
    definition('more.kinds.example'),
  ]);
  expect(after(plan, 'kinds.example/Thing:shop/one')).toEqual({
    'apiextensions.k8s.io/CustomResourceDefinition:things.kinds.example':
      'its kind is defined there',
  });
  expect(after(plan, 'nobody.example/Thing:shop/other')).toEqual({});
});

test('arguments that name something are read in every form that programs take', () => {
  const args = [
    '--config=shop/web',
    '-config=$(POD_NAMESPACE)/web2',
    '--class',
    'nginx',
    '--verbose',
    '--level=2',
    '--url=https://example',
    'bank/far',
    '--file=/etc/passwd',
  ];
  expect(toldByArguments([{ args }, { command: ['run', 7] }], 'shop')).toEqual([
    'web',
    'web2',
    'nginx',
    '2',
    'run',
  ]);
});

test('what announces addresses comes after its pools and peers, and a route after its Gateway', () => {
  const plan = planned([
    { is: 'L2Advertisement lb/all', spec: { ipAddressPools: ['edge', 'elsewhere'] } },
    { is: 'BGPAdvertisement lb/all', spec: { ipAddressPools: ['edge'], peers: ['rack'] } },
    { is: 'BGPPeer lb/rack', spec: { bfdProfile: 'fast', passwordSecret: { name: 'rack' } } },
    { is: 'IPAddressPool lb/edge' },
    { is: 'BFDProfile lb/fast' },
    { is: 'Secret lb/rack' },
    {
      is: 'HTTPRoute shop/web',
      spec: { parentRefs: [{ name: 'edge', namespace: 'gateways' }, { name: 'inner' }] },
    },
    { is: 'Gateway gateways/edge' },
    { is: 'Gateway shop/inner' },
  ]);
  const metallb = 'metallb.io/';
  expect(after(plan, `${metallb}L2Advertisement:lb/all`)).toEqual({
    [`${metallb}IPAddressPool:lb/edge`]: 'its pool',
  });
  expect(after(plan, `${metallb}BGPAdvertisement:lb/all`)).toEqual({
    [`${metallb}IPAddressPool:lb/edge`]: 'its pool',
    [`${metallb}BGPPeer:lb/rack`]: 'its peer',
  });
  expect(after(plan, `${metallb}BGPPeer:lb/rack`)).toEqual({
    [`${metallb}BFDProfile:lb/fast`]: 'its profile',
    'Secret:lb/rack': 'its password',
  });
  expect(after(plan, 'gateway.networking.k8s.io/HTTPRoute:shop/web')).toEqual({
    'gateway.networking.k8s.io/Gateway:gateways/edge': 'its parent',
    'gateway.networking.k8s.io/Gateway:shop/inner': 'its parent',
  });
});

test('the token of an account comes after it, also where the account lists it', () => {
  const plan = planned([
    {
      is: 'Secret shop/token',
      annotations: { 'kubernetes.io/service-account.name': 'web' },
      type: 'kubernetes.io/service-account-token',
    },
    { is: 'ServiceAccount shop/web', secrets: [{ name: 'token' }, { name: 'other' }] },
    { is: 'Secret shop/other' },
    runs('Deployment shop/web', { volumes: [{ secret: { secretName: 'token' } }] }),
  ]);
  expect(after(plan, 'Secret:shop/token')).toEqual({ 'ServiceAccount:shop/web': 'its account' });
  expect(after(plan, 'ServiceAccount:shop/web')).toEqual({ 'Secret:shop/other': 'its secret' });
  expect(after(plan, 'apps/Deployment:shop/web')).toEqual({
    'Secret:shop/token': 'its pods read it',
  });
});
