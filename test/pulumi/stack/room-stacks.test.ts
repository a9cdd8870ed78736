import {
  ApiEndpoint,
  CniKind,
  HardenedNginxIngress,
  IpvsKubeProxy,
  KubeProxyMigration,
  KubeProxyMode,
  Machine,
  MetalLb,
  OperatingSystem,
  Underlay,
  Zone,
  type ClusterFacts,
} from 'cdk8s-groundwork';
import {
  Adoption,
  ExistingClusterStack,
  IngressStack,
  KubeProxyStack,
  LoadBalancerStack,
  NodeLocalDnsStack,
  OnDestroy,
  TunedCalicoStack,
  TunedFlannelStack,
  type RoomsStack,
} from 'cdk8s-groundwork/pulumi';
import { makeTexts, World, type Texts } from './world';

jest.setTimeout(300_000);

let texts: Texts;
beforeAll(async () => {
  texts = await makeTexts();
});

const facts: ClusterFacts = {
  operatingSystem: OperatingSystem.UBUNTU_24_04,
  endpoint: ApiEndpoint.external({ dnsName: 'api.tromso.example', address: '10.40.0.5' }),
  podCidr: '10.246.0.0/16',
  serviceCidr: '10.98.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('tromso-1', { country: 'NO', nodeCidr: '10.40.0.0/24' })],
  machines: [
    Machine.controlPlane('cp-1', { zone: 'tromso-1', address: '10.40.0.11' }),
    Machine.worker('w-1', { zone: 'tromso-1', address: '10.40.0.21' }),
  ],
};
const kubeProxy = IpvsKubeProxy.configure();
const loadBalancer = MetalLb.configure({
  pools: [{ name: 'edge', addresses: ['10.40.0.200-10.40.0.209'] }],
});
const ingress = HardenedNginxIngress.configure();

async function run<T extends RoomsStack>(make: () => T) {
  const world = await World.with(texts);
  const stack = make();
  const registrations = await world.settled();
  return { world, stack, registrations };
}

test.each<[string, () => RoomsStack, string, boolean]>([
  [
    'TunedCalicoStack',
    () => new TunedCalicoStack('tromso', { facts }),
    'Installation:default',
    true,
  ],
  [
    'TunedFlannelStack',
    () => new TunedFlannelStack('tromso', { facts }),
    'DaemonSet:kube-flannel/kube-flannel-ds',
    true,
  ],
  [
    'KubeProxyStack',
    () => new KubeProxyStack('tromso', { facts, kubeProxy }),
    'DaemonSet:kube-system/kube-proxy',
    true,
  ],
  [
    'NodeLocalDnsStack',
    () => new NodeLocalDnsStack('tromso', { facts }),
    'DaemonSet:kube-system/node-local-dns',
    true,
  ],
  [
    'IngressStack',
    () => new IngressStack('tromso', { facts, ingress }),
    'Deployment:nginx-ingress/nginx-ingress',
    false,
  ],
  [
    'LoadBalancerStack',
    () => new LoadBalancerStack('tromso', { facts, loadBalancer }),
    'DaemonSet:metallb-system/speaker',
    false,
  ],
])('%s registers its room, and no other', async (className, make, object, stays) => {
  const { world, stack, registrations } = await run(make);
  expect(registrations[0]).toMatchObject({
    type: `cdk8s-groundwork:index:${className}`,
    inputs: {},
  });
  world.one(`tromso:${object}`);
  expect(registrations.filter(({ type }) => !/^(kubernetes|cdk8s-groundwork):/.test(type))).toEqual(
    [],
  );
  const { retainOnDelete, deletedWith } = world.one('tromso', 'Cdk8sStack');
  expect({ retainOnDelete, deletedWith }).toEqual({ retainOnDelete: stays, deletedWith: '' });
  expect(stack.cluster.clusterName).toBe('tromso');
  expect(stack.ready.length).toBeGreaterThan(0);
});

test('rooms in one component are reviewed together', async () => {
  const { world, registrations } = await run(
    () =>
      new ExistingClusterStack('tromso', {
        facts,
        kubeProxy,
        dns: undefined,
        loadBalancer,
        networking: { onDestroy: OnDestroy.DELETE },
      }),
  );
  world.one('tromso:DaemonSet:kube-system/kube-proxy');
  world.one('tromso:DaemonSet:metallb-system/speaker');
  expect(registrations.filter(({ retainOnDelete }) => retainOnDelete)).toEqual([]);
  const apart = await World.with(texts);
  expect(
    () =>
      new ExistingClusterStack('tromso', {
        facts,
        loadBalancer,
        kubeProxy: IpvsKubeProxy.configure({ strictArp: false }),
      }),
  ).toThrow(/validation found 1 error, nothing was registered:\n {2}GW-/);
  expect(await apart.settled()).toEqual([]);
});

test('what kubeadm made is taken over, and what an extension adds is in the review', async () => {
  const extended: string[] = [];
  const { world } = await run(
    () =>
      new KubeProxyStack('tromso', {
        facts: { ...facts, clusterName: 'tromso-one' },
        kubeProxy,
        networking: { adopt: [{ namespace: 'kube-system', mode: Adoption.PATCH }] },
        extend: (chart, cluster) => {
          extended.push(cluster.clusterName);
          new KubeProxyMigration(chart, 'migration', { cluster, from: KubeProxyMode.IPTABLES });
        },
      }),
  );
  expect(extended).toEqual(['tromso-one']);
  expect(world.one('tromso:DaemonSet:kube-system/kube-proxy').type).toBe(
    'kubernetes:apps/v1:DaemonSetPatch',
  );
});

test('a room that contradicts the facts throws before anything is registered', async () => {
  const world = await World.with(texts);
  expect(
    () => new TunedCalicoStack('tromso', { facts: { ...facts, cni: CniKind.FLANNEL } }),
  ).toThrow(
    '[tromso/cni] cluster.cni must be calico for this construct, got flannel; change the fact or use the construct for flannel',
  );
  expect(await world.settled()).toEqual([]);
});
