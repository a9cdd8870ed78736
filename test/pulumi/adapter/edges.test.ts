import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Phase } from '../../../lib';
import { planOf } from '../../../lib/pulumi/adapter/plan';
import { add, after, NO_OPTIONS, planned, type Written } from './planned';

const workload = (is: string, pod: object = {}, more: Partial<Written> = {}): Written => ({
  is,
  spec: { template: { metadata: { labels: { app: is } }, spec: pod } },
  ...more,
});

/** A workload, its account and its rights. */
function operator(name: string, rules: object[], pod: object = {}): Written[] {
  return [
    workload(`Deployment ops/${name}`, { hostNetwork: true, serviceAccountName: name, ...pod }),
    { is: `ServiceAccount ops/${name}` },
    {
      is: `ClusterRoleBinding ${name}`,
      roleRef: { kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'ops' }],
    },
    { is: `ClusterRole ${name}`, rules },
  ];
}

const rule = (resources: string[], verbs: string[], group = 'kinds.example') => ({
  apiGroups: [group],
  resources,
  verbs,
});

describe('controllers', () => {
  const policy: Written = { is: 'Policy shop/one', api: 'kinds.example/v1' };
  const acts = 'it acts on it';

  test('a custom resource comes after who may change what it says, not after who only looks', () => {
    const plan = planned([
      policy,
      ...operator('acting', [rule(['policies'], ['watch']), rule(['policies/status'], ['update'])]),
      ...operator('looking', [rule(['policies'], ['get', 'list', 'watch'])]),
      ...operator('elsewhere', [rule(['*'], ['*'], 'others.example')]),
    ]);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({
      'apps/Deployment:ops/acting': acts,
    });
  });

  test('where nobody may change it, it comes after who looks', () => {
    const plan = planned([
      policy,
      ...operator('looking', [rule(['policies'], ['watch'])]),
      ...operator('writing', [rule(['policies'], ['create'])]),
    ]);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({
      'apps/Deployment:ops/looking': acts,
    });
  });

  test('a right on everything makes nobody a controller', () => {
    const plan = planned([policy, ...operator('deployer', [rule(['*'], ['*'], '*')])]);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({});
  });

  test('built-in kinds have no controller among the workloads', () => {
    const ingress = { is: 'Ingress shop/web' };
    const rules = [rule(['ingresses', 'ingresses/status'], ['*'], 'networking.k8s.io')];
    expect(
      after(planned([ingress, ...operator('edge', rules)]), 'networking.k8s.io/Ingress:shop/web'),
    ).toEqual({});
  });

  test('a custom resource comes after the service that answers for its group', () => {
    const spec = { group: 'kinds.example', service: { namespace: 'ops', name: 'api' } };
    const plan = planned([policy, { is: 'APIService v1.kinds.example', spec }]);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({
      'apiregistration.k8s.io/APIService:v1.kinds.example': 'its group is answered there',
    });
  });

  test('what a controller is told of by an argument comes before it', () => {
    const pod = { containers: [{ args: ['--policy=one'] }] };
    const plan = planned([policy, ...operator('acting', [rule(['policies'], ['*'])], pod)]);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({});
    expect(after(plan, 'apps/Deployment:ops/acting')).toMatchObject({
      'kinds.example/Policy:shop/one': 'an argument of its pods names it',
    });
  });

  test('an explicit order the other way round stands', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const [deployment] = operator('acting', [rule(['policies'], ['*'])]).map((one) =>
      add(chart, one),
    );
    deployment!.addDependency(add(chart, policy));
    const plan = planOf('net', app, NO_OPTIONS);
    expect(after(plan, 'kinds.example/Policy:shop/one')).toEqual({});
    expect(after(plan, 'apps/Deployment:ops/acting')).toMatchObject({
      'kinds.example/Policy:shop/one': 'an explicit dependency',
    });
  });
});

describe('webhooks', () => {
  const guard = (more: object = {}): Written[] => [
    {
      is: 'ValidatingWebhookConfiguration judge',
      webhooks: [
        {
          clientConfig: { service: { namespace: 'ops', name: 'judge' } },
          rules: [
            { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], operations: ['CREATE'] },
          ],
          ...more,
        },
      ],
    },
    { is: 'Service ops/judge', spec: { selector: { app: 'Deployment ops/judge' } } },
    workload('Deployment ops/judge', { hostNetwork: true }),
    { is: 'Ingress shop/web' },
    { is: 'NetworkPolicy shop/web' },
    { is: 'ConfigMap ops/settings' },
  ];
  const ingress = 'networking.k8s.io/Ingress:shop/web';

  test('what a webhook judges comes after who answers there', () => {
    const plan = planned(guard());
    expect(after(plan, ingress)).toEqual({ 'apps/Deployment:ops/judge': 'judge asks it' });
    expect(after(plan, 'networking.k8s.io/NetworkPolicy:shop/web')).toEqual({});
  });

  test('unless it lets everything pass while nobody answers, or judges changes only', () => {
    expect(after(planned(guard({ failurePolicy: 'Ignore' })), ingress)).toEqual({});
    const rules = [
      { apiGroups: ['networking.k8s.io'], resources: ['*'], operations: ['UPDATE', 'DELETE'] },
    ];
    expect(after(planned(guard({ rules })), ingress)).toEqual({});
  });

  test('a webhook that judges everything does not wait for itself', () => {
    const rules = [{ apiGroups: ['*'], resources: ['*/*'], operations: ['*'] }];
    const plan = planned(guard({ rules }));
    expect(after(plan, ingress)).toEqual({ 'apps/Deployment:ops/judge': 'judge asks it' });
    expect(after(plan, 'apps/Deployment:ops/judge')).toEqual({});
    expect(after(plan, 'ConfigMap:ops/settings')).toEqual({
      'apps/Deployment:ops/judge': 'judge asks it',
    });
  });
});

describe('what pods stand on', () => {
  const plugin = workload('DaemonSet net/plugin', {
    hostNetwork: true,
    volumes: [{ hostPath: { path: '/etc/cni/net.d' } }],
  });
  const proxy = workload(
    'DaemonSet kube-system/kube-proxy',
    { hostNetwork: true },
    { phase: Phase.KUBE_PROXY },
  );
  const cache = workload(
    'DaemonSet kube-system/cache',
    { hostNetwork: true, dnsPolicy: 'Default' },
    { phase: Phase.NODE_LOCAL_DNS },
  );
  const network = { 'apps/DaemonSet:net/plugin': 'its pods need a network' };
  const reach = { 'apps/DaemonSet:kube-system/kube-proxy': 'its pods reach the API there' };
  const names = { 'apps/DaemonSet:kube-system/cache': 'its pods resolve names there' };

  test('the plugin, and the cache of names; the plugin and the cache need the proxy', () => {
    const plan = planned([plugin, proxy, cache, workload('Deployment shop/web')]);
    expect(after(plan, 'apps/Deployment:shop/web')).toEqual({ ...network, ...names });
    expect(after(plan, 'apps/DaemonSet:net/plugin')).toEqual(reach);
    expect(after(plan, 'apps/DaemonSet:kube-system/cache')).toEqual(reach);
    expect(after(plan, 'apps/DaemonSet:kube-system/kube-proxy')).toEqual({});
  });

  test('who reads the configuration of the network is no plugin', () => {
    const looking = (readOnly: boolean) =>
      workload('DaemonSet net/looking', {
        hostNetwork: true,
        volumes: [{ name: 'net', hostPath: { path: '/etc/cni/net.d' } }],
        containers: [{ volumeMounts: [{ name: 'net', readOnly }] }],
      });
    const web = (readOnly: boolean) =>
      after(
        planned([looking(readOnly), workload('Deployment shop/web')]),
        'apps/Deployment:shop/web',
      );
    expect(web(true)).toEqual({});
    expect(web(false)).toEqual({ 'apps/DaemonSet:net/looking': 'its pods need a network' });
  });

  test('without a plugin in the program pods need the proxy', () => {
    const plan = planned([proxy, cache, workload('Deployment shop/web')]);
    expect(after(plan, 'apps/Deployment:shop/web')).toEqual({ ...reach, ...names });
  });

  test('pods of the machine network need no plugin; in a later phase they come after it all the same', () => {
    const pod = { hostNetwork: true };
    const plan = planned([
      plugin,
      proxy,
      cache,
      workload('DaemonSet shop/agent', pod),
      workload('DaemonSet shop/asking', { ...pod, dnsPolicy: 'ClusterFirstWithHostNet' }),
      workload('DaemonSet shop/late', pod, { phase: Phase.LOAD_BALANCER }),
    ]);
    expect(after(plan, 'apps/DaemonSet:shop/agent')).toEqual(reach);
    expect(after(plan, 'apps/DaemonSet:shop/asking')).toEqual({ ...reach, ...names });
    expect(after(plan, 'apps/DaemonSet:shop/late')).toEqual({ ...network, ...names });
  });

  test('a schedule starts no pod when it is created', () => {
    const spec = { jobTemplate: { spec: { template: { spec: {} } } } };
    const plan = planned([plugin, { is: 'CronJob shop/nightly', spec }]);
    expect(after(plan, 'batch/CronJob:shop/nightly')).toEqual({});
  });
});

describe('explicit dependencies', () => {
  test('of constructs hold for all their objects, with an edge between the last and the first only', () => {
    const app = new App();
    const first = new Chart(app, 'first');
    const second = new Chart(app, 'second');
    [{ is: 'Namespace a' }, { is: 'ConfigMap a/one' }, { is: 'ConfigMap a/two' }].forEach((one) =>
      add(first, one),
    );
    [{ is: 'Namespace b' }, { is: 'ConfigMap b/one' }].forEach((one) => add(second, one));
    second.addDependency(first);
    const plan = planOf('net', app, NO_OPTIONS);
    expect(after(plan, 'Namespace:b')).toEqual({
      'ConfigMap:a/one': 'an explicit dependency',
      'ConfigMap:a/two': 'an explicit dependency',
    });
    expect(after(plan, 'ConfigMap:b/one')).toEqual({ 'Namespace:b': 'its namespace' });
  });

  test('of a chart do not hold for a chart inside it, as in cdk8s', () => {
    const app = new App();
    const first = new Chart(app, 'first');
    const outer = new Chart(app, 'outer');
    add(first, { is: 'ConfigMap a/first' });
    add(outer, { is: 'ConfigMap a/outer' });
    add(new Chart(outer, 'inner'), { is: 'ConfigMap a/inner' });
    outer.addDependency(first);
    const plan = planOf('net', app, NO_OPTIONS);
    expect(after(plan, 'ConfigMap:a/inner')).toEqual({});
    expect(after(plan, 'ConfigMap:a/outer')).toEqual({
      'ConfigMap:a/first': 'an explicit dependency',
    });
  });

  test('a chart inside another is no dependency, and a dependency on the outside of the chart is none', () => {
    const app = new App();
    const outer = new Chart(app, 'outer');
    const inner = new Chart(outer, 'inner');
    const other = add(new Chart(app, 'other'), { is: 'ConfigMap a/other' });
    add(outer, { is: 'ConfigMap a/outer' }).addDependency(other);
    add(inner, { is: 'ConfigMap a/inner' });
    const plan = planOf('net', outer, NO_OPTIONS);
    expect(plan.objects.map(({ key, after: earlier }) => [key, earlier])).toEqual([
      ['ConfigMap:a/inner', []],
      ['ConfigMap:a/outer', []],
    ]);
  });

  test('a circle is an error that names its objects and every reason', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const namespace = add(chart, { is: 'Namespace shop' });
    const group = new Construct(chart, 'group');
    namespace.addDependency(group);
    const settings = add(chart, { is: 'ConfigMap shop/settings' });
    namespace.addDependency(settings);
    expect(() => planOf('net', app, NO_OPTIONS)).toThrow(
      '[net] order must be free of circles, got ConfigMap:shop/settings after Namespace:shop ' +
        '(its namespace) after ConfigMap:shop/settings (an explicit dependency); ' +
        'remove the explicit dependency, or the reference, that closes the circle',
    );
  });
});

describe('what leads to pods', () => {
  const web = workload('Deployment shop/web');
  const service = (type: string): Written => ({
    is: 'Service shop/web',
    spec: { type, selector: { app: 'Deployment shop/web' } },
  });
  const behind = { 'apps/Deployment:shop/web': 'it is there when these pods answer' };

  test('a Service that gets an address comes after the pods behind it, any other does not', () => {
    expect(after(planned([service('LoadBalancer'), web]), 'Service:shop/web')).toEqual(behind);
    for (const type of ['ClusterIP', 'NodePort']) {
      expect(after(planned([service(type), web]), 'Service:shop/web')).toEqual({});
    }
  });

  test('a Service that gets an address comes after all that gives addresses', () => {
    const plan = planned([
      service('LoadBalancer'),
      workload('DaemonSet lb/speaker', { hostNetwork: true }, { phase: Phase.LOAD_BALANCER }),
      { is: 'ConfigMap lb/settings', phase: Phase.LOAD_BALANCER },
      { is: 'IPAddressPool lb/edge', phase: Phase.LOAD_BALANCER_CONFIG },
    ]);
    const why = 'its address is given there';
    expect(after(plan, 'Service:shop/web')).toEqual({
      'apps/DaemonSet:lb/speaker': why,
      'metallb.io/IPAddressPool:lb/edge': why,
    });
  });

  test('an Ingress comes after its Services and the pods behind them', () => {
    const ingress: Written = {
      is: 'Ingress shop/web',
      spec: {
        defaultBackend: { service: { name: 'elsewhere' } },
        rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }, {}],
      },
    };
    const plan = planned([ingress, service('ClusterIP'), web]);
    expect(after(plan, 'networking.k8s.io/Ingress:shop/web')).toEqual({
      ...behind,
      'Service:shop/web': 'it leads there',
    });
    expect(after(planned([ingress]), 'networking.k8s.io/Ingress:shop/web')).toEqual({});
  });

  test('pods that are told to come after their Service do', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const deployment = add(chart, web);
    deployment.addDependency(add(chart, service('LoadBalancer')));
    const plan = planOf('net', app, NO_OPTIONS);
    expect(after(plan, 'Service:shop/web')).toEqual({});
    expect(after(plan, 'apps/Deployment:shop/web')).toEqual({
      'Service:shop/web': 'an explicit dependency',
    });
  });
});
