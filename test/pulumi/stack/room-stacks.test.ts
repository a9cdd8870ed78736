import * as pulumi from '@pulumi/pulumi';
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
  Residency,
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
  ResidentStorageStack,
  TunedCalicoStack,
  TunedFlannelStack,
  type RoomsStack,
} from 'cdk8s-groundwork/pulumi';
import { recordPulumi } from '../../../lib/testing/pulumi';

jest.setTimeout(300_000);

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
const ADAPTER = 'cdk8s-groundwork:index:Cdk8sStack';

beforeEach(() => {
  // Warnings of the review.
  jest.spyOn(pulumi.log, 'warn').mockResolvedValue();
});

test.each<[string, () => RoomsStack, string, boolean]>([
  [
    'TunedCalicoStack',
    () =>
      new TunedCalicoStack('tromso', {
        facts: { ...facts, clusterName: undefined },
        networking: { onDestroy: undefined },
      }),
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
  [
    'ResidentStorageStack',
    () =>
      new ResidentStorageStack('tromso', { facts: { ...facts, residency: Residency.of(['NO']) } }),
    'ValidatingAdmissionPolicy:groundwork-residency-volumes',
    true,
  ],
])('%s registers its room, and no other', async (className, make, object, stays) => {
  const recording = await recordPulumi(make);
  const { result: stack, resources } = recording;
  expect(resources[0]).toMatchObject({
    type: `cdk8s-groundwork:index:${className}`,
    inputs: {},
  });
  expect(resources.map(({ name }) => name)).toContain(`tromso:${object}`);
  expect(resources.filter(({ type }) => !/^(kubernetes|cdk8s-groundwork):/.test(type))).toEqual([]);
  const { retainOnDelete, deletedWith } = recording.named('tromso', ADAPTER).options;
  expect({ stays: retainOnDelete === true, deletedWith }).toEqual({ stays, deletedWith: '' });
  expect(stack.cluster.clusterName).toBe('tromso');
  expect(stack.ready.length).toBeGreaterThan(0);
});

test('rooms in one component are reviewed together', async () => {
  const recording = await recordPulumi(
    () =>
      new ExistingClusterStack('tromso', {
        facts,
        kubeProxy,
        dns: undefined,
        loadBalancer,
        networking: { onDestroy: OnDestroy.DELETE },
      }),
  );
  recording.find('DaemonSet', 'kube-proxy', 'kube-system');
  recording.find('DaemonSet', 'speaker', 'metallb-system');
  expect(recording.resources.filter(({ options }) => options.retainOnDelete)).toEqual([]);
  const apart = await recordPulumi(() => {
    expect(
      () =>
        new ExistingClusterStack('tromso', {
          facts,
          loadBalancer,
          kubeProxy: IpvsKubeProxy.configure({ strictArp: false }),
        }),
    ).toThrow(/validation found 1 error, nothing was registered:\n {2}GW-/);
  });
  expect(apart.resources).toEqual([]);
});

test('what kubeadm made is taken over, and what an extension adds is in the review', async () => {
  const extended: string[] = [];
  const recording = await recordPulumi(
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
  expect(recording.find('DaemonSet', 'kube-proxy', 'kube-system').type).toBe(
    'kubernetes:apps/v1:DaemonSetPatch',
  );
});

test('a room that contradicts the facts throws before anything is registered', async () => {
  const { resources } = await recordPulumi(() => {
    expect(
      () => new TunedCalicoStack('tromso', { facts: { ...facts, cni: CniKind.FLANNEL } }),
    ).toThrow(
      '[tromso/cni] cluster.cni must be calico for this construct, got flannel; change the fact or use the construct for flannel',
    );
  });
  expect(resources).toEqual([]);
});
