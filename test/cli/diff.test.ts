import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  EtcdDisk,
  EtcdOnNvme,
  IptablesKubeProxy,
  IpvsKubeProxy,
  IpvsScheduler,
  KubernetesVersion,
  Machine,
  MetalLb,
  NodeAddressAutodetection,
  OperatingSystem,
  TunedCalico,
  TunedFlannel,
  Underlay,
  type NvmeControlPlaneProps,
} from '../../lib';
import { Stage } from '../../lib/cli/diff/effect';
import { osloMachine } from '../support/oslo';
import { planOf, rendered, told, type Files } from './diff-support';

jest.setTimeout(120_000);

const worker = (n: number) =>
  Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}`, nic: 'eno1' });
const three = [1, 2, 3].map((n) => osloMachine(n));
const routed = (gateway: string) =>
  [1, 2, 3].map((n) => osloMachine(n, { gateway, dnsServers: ['10.20.0.2'] }));
const pools = (...addresses: string[]) =>
  MetalLb.configure({ pools: [{ name: 'edge', addresses }] });

let base: Files;
beforeAll(() => {
  base = rendered();
});

interface Case {
  readonly from?: Partial<NvmeControlPlaneProps>;
  readonly to: Partial<NvmeControlPlaneProps>;
  /** The worst effect. */
  readonly effect: string;
  /** Values that must be told, each with its own effect. */
  readonly tells: readonly string[];
  readonly stages: readonly Stage[];
}

const MACHINES_THEN_OBJECTS = [Stage.FILES, Stage.MANIFESTS];

const cases: Record<string, Case> = {
  'another pod network': {
    to: { podCidr: '10.248.0.0/16' },
    effect: 'rebuild',
    tells: [
      'rebuild ClusterConfiguration networking.podSubnet',
      'rebuild ConfigMap kube-system/kube-proxy data.config.conf.clusterCIDR',
      'rebuild Installation default spec.calicoNetwork.ipPools[default-ipv4-ippool].cidr',
    ],
    stages: [Stage.NEW_CLUSTER],
  },
  'another Service network': {
    to: { serviceCidr: '10.112.0.0/16' },
    effect: 'rebuild',
    tells: ['rebuild ClusterConfiguration networking.serviceSubnet'],
    stages: [Stage.NEW_CLUSTER],
  },
  'another network plugin': {
    to: { cni: TunedFlannel.configure() },
    effect: 'breaks-connections',
    tells: ['rebuild Installation default', 'added DaemonSet kube-flannel/kube-flannel-ds'],
    stages: [Stage.NEW_CLUSTER],
  },
  'another mode of kube-proxy': {
    to: { kubeProxy: IptablesKubeProxy.configure() },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections ConfigMap kube-system/kube-proxy data.config.conf.mode',
      'live /etc/modules-load.d/60-groundwork.conf [ip_vs]',
    ],
    stages: MACHINES_THEN_OBJECTS,
  },
  'another IPVS scheduler': {
    to: { kubeProxy: IpvsKubeProxy.configure({ scheduler: IpvsScheduler.LC }) },
    effect: 'rollout',
    tells: [
      'rollout ConfigMap kube-system/kube-proxy data.config.conf.ipvs.scheduler',
      'rollout DaemonSet kube-system/kube-proxy spec.template.metadata.annotations.cdk8s-groundwork/config-hash',
      'live /etc/modules-load.d/60-groundwork.conf [ip_vs_lc]',
    ],
    stages: MACHINES_THEN_OBJECTS,
  },
  'a smaller MTU': {
    to: { underlay: Underlay.flatL2({ mtu: 1400 }) },
    effect: 'drain',
    tells: [
      'drain Installation default spec.calicoNetwork.mtu',
      'nothing /etc/groundwork/preflight.env NIC_MTU',
    ],
    stages: [Stage.MANIFESTS, Stage.DRAIN],
  },
  'another MTU of flannel': {
    from: { cni: TunedFlannel.configure() },
    to: { cni: TunedFlannel.configure(), underlay: Underlay.flatL2({ mtu: 1400 }) },
    effect: 'drain',
    tells: ['drain ConfigMap kube-flannel/kube-flannel-cfg data.net-conf.json.Backend.MTU'],
    stages: [Stage.MANIFESTS, Stage.DRAIN],
  },
  'another encapsulation': {
    to: { cni: TunedCalico.configure({ encapsulation: Encapsulation.VXLAN }) },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections Installation default spec.calicoNetwork.ipPools[default-ipv4-ippool].encapsulation',
      'breaks-connections Installation default spec.calicoNetwork.bgp',
      'drain Installation default spec.calicoNetwork.mtu',
    ],
    stages: [Stage.FILES, Stage.MANIFESTS, Stage.DRAIN],
  },
  'another patch of Kubernetes': {
    to: { kubernetesVersion: KubernetesVersion.of('1.36.3') },
    effect: 'drain',
    tells: [
      'drain ClusterConfiguration kubernetesVersion',
      'drain /etc/groundwork/archives.list kubelet',
      'rollout DaemonSet kube-system/kube-proxy spec.template.spec.containers[kube-proxy].image',
    ],
    stages: [Stage.FILES, Stage.UPGRADE, Stage.MANIFESTS],
  },
  'another limit of processes in a pod': {
    to: { nodes: { kubelet: { podPidsLimit: 2048 } } },
    effect: 'live',
    tells: ['live KubeletConfiguration podPidsLimit'],
    stages: [Stage.KUBELETS],
  },
  'more that a machine keeps for itself': {
    to: { nodes: { kubelet: { systemReserved: { memory: Size.gibibytes(2) } } } },
    effect: 'drain',
    tells: ['drain /etc/groundwork/kubelet.conf.d/50-machine.conf systemReserved.memory'],
    stages: [Stage.FILES],
  },
  'another quota of etcd': {
    to: { etcd: EtcdOnNvme.configure({ quota: Size.gibibytes(4) }) },
    effect: 'rollout',
    tells: ['rollout ClusterConfiguration etcd.local.extraArgs[quota-backend-bytes].value'],
    stages: [Stage.FILES, Stage.ETCD],
  },
  'another etcd disk': {
    to: {
      machines: [
        three[0]!,
        osloMachine(2, {
          etcdDisk: EtcdDisk.nvmeSerial('S4EVNX0R9', { minSize: Size.gibibytes(100) }),
        }),
        three[2]!,
      ],
    },
    effect: 'rebuild',
    tells: [
      'rebuild /usr/local/lib/groundwork/etcd-disk-prepare identity',
      'rebuild /etc/systemd/system/var-lib-etcd.mount What',
    ],
    stages: [Stage.ETCD_DISK],
  },
  'another flag of the API server': {
    to: { nodes: { controlPlane: { apiServerExtraArgs: { 'goaway-chance': '0.001' } } } },
    effect: 'rollout',
    tells: ['rollout ClusterConfiguration apiServer.extraArgs[goaway-chance]'],
    stages: [Stage.FILES, Stage.CONTROL_PLANE],
  },
  'a policy that the API server reads': {
    to: { nodes: { controlPlane: { podSecurity: { exemptNamespaces: ['storage'] } } } },
    effect: 'rollout',
    tells: [expect.stringMatching(/^rollout \/etc\/kubernetes\/admission\.conf /) as never],
    stages: [Stage.FILES, Stage.CONTROL_PLANE],
  },
  'another name of the API': {
    to: { endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'k8s.oslo.example' }) },
    effect: 'rebuild',
    tells: [
      'rebuild ClusterConfiguration controlPlaneEndpoint',
      'rollout ClusterConfiguration apiServer.certSANs[k8s.oslo.example]',
    ],
    stages: [Stage.NEW_CLUSTER],
  },
  'another address of a machine': {
    to: { machines: [three[0]!, three[1]!, osloMachine(3, { address: '10.20.0.19' })] },
    effect: 'rebuild',
    tells: ['rebuild /etc/groundwork/machine.env NODE_ADDRESSES', 'live /etc/hosts'],
    stages: [Stage.FILES, Stage.CONTROL_PLANE, Stage.MANIFESTS, Stage.REBUILD],
  },
  'a worker more': {
    from: { machines: [...three, worker(1)], ingress: undefined },
    to: { machines: [...three, worker(1), worker(2)], ingress: undefined },
    effect: 'added',
    tells: ['added machine w-2'],
    stages: [Stage.JOIN],
  },
  'a worker less': {
    from: { machines: [...three, worker(1), worker(2)], ingress: undefined },
    to: { machines: [...three, worker(1)], ingress: undefined },
    effect: 'drain',
    tells: ['drain machine w-2'],
    stages: [Stage.LEAVE],
  },
  'a range more and a range less of a load balancer': {
    from: { loadBalancer: pools('10.20.0.200-10.20.0.209') },
    to: { loadBalancer: pools('10.20.0.210-10.20.0.219') },
    effect: 'breaks-connections',
    tells: [
      'live IPAddressPool metallb-system/edge spec.addresses[10.20.0.210-10.20.0.219]',
      'breaks-connections IPAddressPool metallb-system/edge spec.addresses[10.20.0.200-10.20.0.209]',
    ],
    stages: [Stage.MANIFESTS],
  },
  'only a range more': {
    from: { loadBalancer: pools('10.20.0.200-10.20.0.209') },
    to: { loadBalancer: pools('10.20.0.200-10.20.0.209', '10.20.0.210-10.20.0.219') },
    effect: 'live',
    tells: ['live IPAddressPool metallb-system/edge spec.addresses[10.20.0.210-10.20.0.219]'],
    stages: [Stage.MANIFESTS],
  },
  'no edge any more': {
    to: { ingress: undefined },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections Deployment nginx-ingress/nginx-ingress',
      'live ConfigMap nginx-ingress/nginx-config',
    ],
    stages: [Stage.ORPHANS],
  },
  // What kubeadm of the old version would refuse to write comes when the new one is there.
  'another minor of Kubernetes': {
    from: { kubernetesVersion: KubernetesVersion.V1_35 },
    to: { kubernetesVersion: KubernetesVersion.V1_36 },
    effect: 'drain',
    tells: [
      'drain ClusterConfiguration kubernetesVersion',
      expect.stringMatching(/^rollout \/etc\/kubernetes\/admission\.conf /) as never,
    ],
    stages: [Stage.FILES, Stage.UPGRADE, Stage.CONTROL_PLANE, Stage.MANIFESTS],
  },
  // The plugin refuses it, and no machine that is made anew changes that.
  'another size of blocks': {
    to: { cni: TunedCalico.configure({ blockSize: 27 }) },
    effect: 'rebuild',
    tells: [
      'rebuild Installation default spec.calicoNetwork.ipPools[default-ipv4-ippool].blockSize',
    ],
    stages: [Stage.POOL],
  },
  'addresses of pods towards the outside': {
    to: { cni: TunedCalico.configure({ natOutgoing: false }) },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections Installation default spec.calicoNetwork.ipPools[default-ipv4-ippool].natOutgoing',
    ],
    stages: [Stage.MANIFESTS],
  },
  'another way to find the address of a machine': {
    to: {
      cni: TunedCalico.configure({
        nodeAddressAutodetection: NodeAddressAutodetection.cidrs('10.20.0.0/24'),
      }),
    },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections Installation default spec.calicoNetwork.nodeAddressAutodetectionV4.cidrs',
    ],
    stages: [Stage.MANIFESTS],
  },
  'another address of the API under the same name': {
    to: { endpoint: ApiEndpoint.kubeVip('10.20.0.9', { dnsName: 'api.oslo.example' }) },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections /etc/groundwork/kube-vip.manifest spec.containers[kube-vip].env[address].value',
      'rollout ClusterConfiguration apiServer.certSANs[10.20.0.9]',
      'live /etc/hosts',
    ],
    stages: [Stage.FILES, Stage.CONTROL_PLANE, Stage.MANIFESTS],
  },
  'another address of the API, held by keepalived': {
    from: {
      endpoint: ApiEndpoint.keepalivedHaproxy('10.20.0.10', { dnsName: 'api.oslo.example' }),
    },
    to: { endpoint: ApiEndpoint.keepalivedHaproxy('10.20.0.9', { dnsName: 'api.oslo.example' }) },
    effect: 'breaks-connections',
    tells: [
      'breaks-connections /etc/keepalived/keepalived.conf [10.20.0.9/32 dev eno1]',
      'breaks-connections /etc/keepalived/keepalived.conf [10.20.0.10/32 dev eno1]',
    ],
    stages: [Stage.FILES, Stage.CONTROL_PLANE, Stage.MANIFESTS],
  },
  'a flag of the kubelet': {
    to: { nodes: { kubelet: { extraArgs: { v: '4' } } } },
    effect: 'live',
    tells: ['live JoinConfiguration nodeRegistration.kubeletExtraArgs[v]'],
    stages: [],
  },
  'another issuer of tokens': {
    to: {
      nodes: {
        controlPlane: { apiServerExtraArgs: { 'service-account-issuer': 'https://id.example' } },
      },
    },
    effect: 'breaks-connections',
    tells: ['breaks-connections ClusterConfiguration apiServer.extraArgs[service-account-issuer]'],
    stages: [Stage.FILES, Stage.CONTROL_PLANE],
  },
  'somebody more who may log in': {
    to: { nodes: { sshAuthorizedKeys: [`ssh-ed25519 ${'A'.repeat(68)} me`] } },
    effect: 'live',
    tells: ['live user-data ssh_authorized_keys'],
    stages: [],
  },
  'another gateway of machines': {
    from: { machines: routed('10.20.0.1') },
    to: { machines: routed('10.20.0.254') },
    effect: 'drain',
    tells: ['drain network-config ethernets.eno1.routes[0].via'],
    stages: [],
  },
  // apply.sh waits for every machine of the spec.
  'a worker more and an object changed': {
    from: { machines: [...three, worker(1)], ingress: undefined },
    to: {
      machines: [...three, worker(1), worker(2)],
      ingress: undefined,
      kubeProxy: IpvsKubeProxy.configure({ scheduler: IpvsScheduler.LC }),
    },
    effect: 'rollout',
    tells: ['added machine w-2'],
    stages: [Stage.FILES, Stage.JOIN, Stage.MANIFESTS],
  },
  'another operating system': {
    to: { operatingSystem: OperatingSystem.UBUNTU_24_04 },
    effect: 'rebuild',
    tells: ['rebuild /etc/groundwork/preflight.env OS_ID'],
    stages: [Stage.REBUILD],
  },
};

test.each(Object.entries(cases))('%s', (_name, { from, to, effect, tells, stages }) => {
  const plan = planOf(from === undefined ? base : rendered(from), rendered(to));
  expect(told(plan)).toEqual(expect.arrayContaining([...tells]));
  expect({ effect: plan.effect, stages: plan.steps.map(({ stage }) => stage) }).toEqual({
    effect,
    stages,
  });
});

test('the same spec gives nothing', () => {
  expect(planOf(base, rendered())).toEqual({
    effect: 'nothing',
    counts: {},
    changes: [],
    steps: [],
    decisions: [],
  });
});
