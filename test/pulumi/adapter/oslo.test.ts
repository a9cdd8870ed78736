import { App } from 'cdk8s';
import { IpvsKubeProxy, MetalLb, Phase, type NvmeControlPlaneProps } from '../../../lib';
import { Cdk8sStack } from '../../../lib/pulumi';
import { planOf, type Plan } from '../../../lib/pulumi/adapter/plan';
import { osloPlane } from '../../control-plane/oslo-plane';
import { after, NO_OPTIONS } from './planned';
import { registered, type Registered } from './registered';

jest.setTimeout(120_000);
beforeEach(() => {
  // Warnings of the review, and the word about node files.
  jest.spyOn(console, 'warn').mockImplementation();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

const pools = [{ name: 'edge', addresses: ['10.20.0.200-10.20.0.219'] }];
const flagship = { loadBalancer: MetalLb.configure({ pools }) };

function app(changes: Partial<NvmeControlPlaneProps> = flagship): App {
  const made = new App();
  osloPlane(made, changes);
  return made;
}

const plan = (changes?: Partial<NvmeControlPlaneProps>): Plan =>
  planOf('oslo', app(changes), NO_OPTIONS);

const OPERATOR = 'apps/Deployment:tigera-operator/tigera-operator';
const INSTALLATION = 'operator.tigera.io/Installation:default';
const API_SERVER = 'operator.tigera.io/APIServer:default';

describe('the flagship as it reaches the engine', () => {
  let requests: Registered[];
  const request = (name: string) => requests.find((one) => one.name === `oslo:${name}`)!;

  beforeAll(async () => {
    jest.spyOn(console, 'warn').mockImplementation();
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    requests = await registered(() => new Cdk8sStack('oslo', { app: app() }));
  });

  test('every object is a resource of the component, and every one that it comes after was there before', () => {
    expect(requests[0]).toMatchObject({
      type: 'cdk8s-groundwork:index:Cdk8sStack',
      name: 'oslo',
      inputs: {},
    });
    const there = new Set(['oslo']);
    for (const { name, parent, version, after: earlier } of requests.slice(1)) {
      expect({ name, parent, version }).toEqual({ name, parent: 'oslo', version: '4.34.2' });
      expect({ name, missing: earlier.filter((one) => !there.has(one)) }).toEqual({
        name,
        missing: [],
      });
      there.add(name);
    }
    expect(
      requests
        .slice(1)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      plan()
        .objects.map(({ kind, namespace, name }) =>
          ['oslo', kind, namespace === undefined ? name : `${namespace}/${name}`].join(':'),
        )
        .sort(),
    );
  });

  test('types are those of the classes of @pulumi/kubernetes', () => {
    expect(request('ConfigMap:kube-system/kube-proxy').type).toBe('kubernetes:core/v1:ConfigMap');
    expect(request('DaemonSet:kube-system/kube-proxy').type).toBe('kubernetes:apps/v1:DaemonSet');
    expect(request('Installation:default').type).toBe(
      'kubernetes:operator.tigera.io/v1:Installation',
    );
  });

  test('kube-proxy, the operator, the Installation, pods', () => {
    expect(request('DaemonSet:kube-system/kube-proxy').after).toEqual([
      'oslo:ClusterRoleBinding:kubeadm:node-proxier',
      'oslo:ConfigMap:kube-system/kube-proxy',
      'oslo:ServiceAccount:kube-system/kube-proxy',
    ]);
    expect(request('Deployment:tigera-operator/tigera-operator').after).toEqual([
      'oslo:ClusterRoleBinding:tigera-operator',
      'oslo:DaemonSet:kube-system/kube-proxy',
      'oslo:Namespace:tigera-operator',
      'oslo:RoleBinding:tigera-operator/tigera-operator-secrets',
      'oslo:ServiceAccount:tigera-operator/tigera-operator',
    ]);
    expect(request('Installation:default').after).toEqual([
      'oslo:Deployment:tigera-operator/tigera-operator',
      'oslo:FelixConfiguration:default',
    ]);
    expect(request('Deployment:nginx-ingress/nginx-ingress').after).toEqual([
      'oslo:ClusterRoleBinding:nginx-ingress',
      'oslo:ConfigMap:nginx-ingress/nginx-config',
      'oslo:DaemonSet:kube-system/node-local-dns',
      'oslo:IngressClass:nginx',
      'oslo:Installation:default',
      'oslo:Namespace:nginx-ingress',
      'oslo:PriorityClass:groundwork-edge',
      'oslo:RoleBinding:nginx-ingress/nginx-ingress',
      'oslo:ServiceAccount:nginx-ingress/nginx-ingress',
    ]);
    expect(request('IPAddressPool:metallb-system/edge').after).toEqual([
      'oslo:CustomResourceDefinition:ipaddresspools.metallb.io',
      'oslo:Deployment:metallb-system/controller',
      'oslo:Namespace:metallb-system',
    ]);
  });

  test('what is waited for', () => {
    const waits = Object.fromEntries(
      requests.flatMap(({ name, inputs }) => {
        const entries = Object.entries<string>(inputs.metadata?.annotations ?? {}).filter(([key]) =>
          key.startsWith('pulumi.com/'),
        );
        return entries.length === 0 || name.includes('CustomResourceDefinition')
          ? []
          : [[name, Object.fromEntries(entries.map(([key, value]) => [key.slice(11), value]))]];
      }),
    );
    const pods = { timeoutSeconds: '900' };
    expect(waits).toEqual({
      'oslo:DaemonSet:kube-system/kube-proxy': pods,
      'oslo:DaemonSet:kube-system/node-local-dns': pods,
      'oslo:Deployment:tigera-operator/tigera-operator': pods,
      // 5 and 20 minutes, and 10 more: one after the other, as apply.sh waits.
      'oslo:Installation:default': { waitFor: 'condition=Ready', timeoutSeconds: '1500' },
      'oslo:APIServer:default': { waitFor: 'condition=Ready', timeoutSeconds: '2100' },
      'oslo:DaemonSet:metallb-system/speaker': pods,
      'oslo:Deployment:metallb-system/controller': pods,
      'oslo:Deployment:nginx-ingress/nginx-ingress': pods,
    });
    expect(
      request('CustomResourceDefinition:bgppeers.metallb.io').inputs.metadata.annotations,
    ).toEqual({
      'pulumi.com/timeoutSeconds': '300',
      'pulumi.com/waitFor': 'condition=Established',
    });
  });

  test('the pod network stays when the stack goes, and nothing else', () => {
    const retained = requests.filter((one) => one.retained !== undefined);
    expect(retained.map(({ name, retained: value }) => [name, value]).sort()).toEqual(
      plan()
        .objects.filter(({ phase }) => phase === Phase.CNI_OPERATOR || phase === Phase.CNI)
        .map(({ kind, namespace, name }) => [
          `oslo:${kind}:${namespace === undefined ? name : `${namespace}/${name}`}`,
          true,
        ])
        .sort(),
    );
  });
});

test('policies come after the API server of Calico, which answers for their group', () => {
  const { graph } = plan();
  const policies = plan().objects.filter(({ group }) => group === 'projectcalico.org');
  expect(policies).not.toHaveLength(0);
  for (const { key } of policies) {
    expect(graph.after(key).get(API_SERVER)).toBe('its group is answered once this is ready');
  }
});

test('what Felix reads at its start comes after who makes its definition, and before the Installation', () => {
  const made = plan();
  expect(after(made, 'crd.projectcalico.org/FelixConfiguration:default')).toEqual({
    [OPERATOR]: 'it makes the definition of its kind',
  });
  expect(after(made, INSTALLATION)).toEqual({
    'crd.projectcalico.org/FelixConfiguration:default': 'an explicit dependency',
    [OPERATOR]: 'it makes the definition of its kind',
  });
});

test('the registration keeps the phases where no edge says otherwise', () => {
  const workloads = plan().objects.filter(({ kind }) => /^(Deployment|DaemonSet)$/.test(kind));
  const phases = workloads.map(({ phase }) => phase);
  expect(phases).toEqual([...phases].sort());
});

test('to depend on: the last things waited for', () => {
  expect(plan().ready).toEqual([
    API_SERVER,
    'apps/DaemonSet:metallb-system/speaker',
    'apps/Deployment:metallb-system/controller',
    'apps/Deployment:nginx-ingress/nginx-ingress',
  ]);
});

test('an edge without a load balancer waits for no address', () => {
  const service = plan({}).objects.find(({ key }) => key === 'Service:nginx-ingress/nginx-ingress');
  expect(service?.inputs.metadata.annotations['pulumi.com/skipAwait']).toBe('true');
  const balanced = plan().objects.find(({ key }) => key === 'Service:nginx-ingress/nginx-ingress');
  expect(balanced?.manifest.spec.type).toBe('LoadBalancer');
  expect(balanced?.awaits).toBeUndefined();
});

test('errors of the review come all at once, before anything is registered', async () => {
  const wrong = app({ kubeProxy: IpvsKubeProxy.configure({ strictArp: false }), ...flagship });
  const requests: Registered[] = [];
  await expect(registered(() => new Cdk8sStack('oslo', { app: wrong }), requests)).rejects.toThrow(
    /^validation found \d+ errors?, nothing was registered:\n {2}GW-/,
  );
  expect(requests).toEqual([]);
});
