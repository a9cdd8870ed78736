import { Chart, Duration, Size } from 'cdk8s';
import { CniKind, KubeProxyMode, KubernetesVersion } from '../../lib/cluster';
import {
  IptablesKubeProxy,
  IpvsKubeProxy,
  IpvsScheduler,
  KubeProxyDetectLocalMode,
  KubeProxyNames,
  NftablesKubeProxy,
  type IpvsKubeProxyOptions,
} from '../../lib/proxy';
import { osloCluster } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { errorOf, render, renderMode, type AnyOptions, type Mode } from './support';

const K136 = KubernetesVersion.of('1.36.4');
const K137 = KubernetesVersion.V1_37;

const refused: Array<[IpvsKubeProxyOptions, string, KubernetesVersion?]> = [
  [
    { scheduler: 'roundrobin' as IpvsScheduler },
    'scheduler must be one of rr, lc, sh, wrr, wlc, sed, nq, dh, lblc, lblcr, mh, got roundrobin; kube-proxy passes any word on and fails on the machine; rr suits most',
  ],
  [
    { excludeCidrs: ['10.20.0.1/24'] },
    'excludeCidrs must be canonical CIDRs, got 10.20.0.1/24; write the network address with its prefix length; /32 for one address',
  ],
  [
    { excludeCidrs: ['10.96.7.0/24'] },
    'excludeCidrs must be apart from serviceCidr 10.96.0.0/16, got 10.96.7.0/24; virtual servers of deleted Services would stay for ever; name only foreign addresses',
  ],
  [
    { nodePortAddresses: [] },
    'nodePortAddresses must be not empty, got nothing; leave it out for the node address; 0.0.0.0/0 opens NodePorts on every address',
  ],
  [
    { nodePortAddresses: ['eno1'] },
    'nodePortAddresses must be canonical CIDRs or primary, got eno1; these are what Kubernetes 1.36 takes; one address is a /32',
  ],
  [
    { nodePortAddresses: ['all'] },
    'nodePortAddresses must be canonical CIDRs or primary, got all; these are what Kubernetes 1.36 takes; one address is a /32',
  ],
  [
    { nodePortAddresses: ['primary', '10.20.0.0/24'] },
    'nodePortAddresses must be primary alone or only CIDRs in Kubernetes 1.36, got primary, 10.20.0.0/24; kube-proxy exits on a mix; use 1.37 or name the CIDRs',
  ],
  [
    { nodePortAddresses: ['127.0.0.0/8'] },
    'nodePortAddresses must be apart from loopback, got 127.0.0.0/8; IPVS mode serves no NodePort there; call the Service address',
  ],
  [
    { nodePortAddresses: ['localhost'] },
    'nodePortAddresses must be apart from loopback, got localhost; IPVS mode serves no NodePort there; call the Service address',
    K137,
  ],
  [
    { syncPeriod: Duration.seconds(0) },
    'syncPeriod must be longer than 0s, got 0s; use 30s, the default',
  ],
  [
    { minSyncPeriod: Duration.minutes(1) },
    'minSyncPeriod must be at most syncPeriod 30s, got 1m0s; shorten it or lengthen syncPeriod',
  ],
  [
    { syncPeriod: Duration.millis(500) },
    'minSyncPeriod must be at most syncPeriod 500ms, got 1s; shorten it or lengthen syncPeriod',
  ],
  [
    { minSyncPeriod: Duration.millis(0.5) },
    'minSyncPeriod must be whole milliseconds, got 0.5ms; round it',
  ],
  [
    { tcpTimeout: Duration.millis(1500) },
    'tcpTimeout must be whole seconds between 1s and 24h0m0s, got 1.5s; leave it out for the default; conntrack forgets what is idle for 24h0m0s',
  ],
  [
    { tcpTimeout: Duration.hours(25) },
    'tcpTimeout must be whole seconds between 1s and 24h0m0s, got 25h0m0s; leave it out for the default; conntrack forgets what is idle for 24h0m0s',
  ],
  [
    { udpTimeout: Duration.seconds(0) },
    'udpTimeout must be whole seconds between 1s and 24h0m0s, got 0s; leave it out for the default; conntrack forgets what is idle for 24h0m0s',
  ],
  [
    { metricsBindAddress: '10249' },
    'metricsBindAddress must be IP:port, got 10249; write 0.0.0.0:10249, or [::]:10249 on IPv6',
  ],
  [
    { metricsBindAddress: '10.20.0.11:10249' },
    'metricsBindAddress must be a loopback or unspecified address, got 10.20.0.11:10249; every machine reads the same configuration and only one of them has this address',
  ],
  [
    { metricsBindAddress: '0.0.0.0:10256' },
    'metricsBindAddress must be another port than 10256, got 0.0.0.0:10256; the health check listens there; 10249 is the usual one',
  ],
  [
    { metricsBindAddress: '0.0.0.0:70000' },
    'metricsBindAddress must be between 1 and 65535, got 70000; use port 10249',
  ],
  [
    { image: 'kube-proxy' },
    'image must be a full reference with a tag or a digest, got kube-proxy; write registry/repository:tag',
  ],
  [
    { image: 'registry.example.no:5000/kube-proxy' },
    'image must be a full reference with a tag or a digest, got registry.example.no:5000/kube-proxy; write registry/repository:tag',
  ],
  [
    { cpuRequestMillicores: 0 },
    'cpuRequestMillicores must be between 1 and 64000, got 0; leave it out for 50',
  ],
  [
    { memoryRequest: Size.mebibytes(8) },
    'memoryRequest must be whole mebibytes, at least 16, got 8192 KiB; leave it out for 64 MiB',
  ],
];

test.each(refused)('refuses %j', (options, message, kubernetesVersion = K136) => {
  expect(errorOf(() => render(options, { kubernetesVersion }))).toBe(
    `[oslo/kube-proxy] ${message}`,
  );
});

test('says everything that is wrong at once', () => {
  const message = errorOf(() => render({ nodePortAddresses: [], cpuRequestMillicores: 0.5 }));
  expect(message.split('\n')).toHaveLength(2);
});

test.each<[IpvsKubeProxyOptions, KubernetesVersion]>([
  [{ nodePortAddresses: ['0.0.0.0/0'] }, K136],
  [{ nodePortAddresses: ['all', '10.20.0.0/24'] }, K137],
  [{ nodePortAddresses: ['primary', '10.20.0.0/24'] }, K137],
  [{ metricsBindAddress: '[::]:10249' }, K136],
  [{ minSyncPeriod: Duration.seconds(0) }, K136],
  [{ tcpTimeout: Duration.hours(24) }, K136],
  [{ image: 'registry.example.no:5000/k8s/kube-proxy:v1.36.4' }, K136],
])('accepts %j', (options, kubernetesVersion) => {
  expect(errorOf(() => render(options, { kubernetesVersion }))).toBe('no error');
});

test('refuses a cluster of another mode', () => {
  expect(errorOf(() => render({}, { kubeProxyMode: KubeProxyMode.NFTABLES }))).toBe(
    '[oslo/kube-proxy] cluster.kubeProxyMode must be ipvs for this construct, got nftables; change the fact or use the construct for nftables',
  );
  expect(errorOf(() => render({}, { kubeProxyMode: KubeProxyMode.IPVS }))).toBe('no error');
});

test('refuses a second proxy', () => {
  const { chart, cluster } = render();
  expect(errorOf(() => new IpvsKubeProxy(chart, 'again', { cluster }))).toBe(
    '[oslo/again] cluster must be a cluster without another construct of this room (kubeProxy), got oslo/kube-proxy; remove one of the two',
  );
});

test('tells the other rooms about itself', () => {
  const { cluster } = render({ scheduler: IpvsScheduler.SH }, { cni: CniKind.CALICO });
  expect(cluster.kubeProxyMode).toBe(KubeProxyMode.IPVS);
  expect(cluster._summary('kubeProxy')).toEqual({
    path: 'oslo/kube-proxy',
    mode: 'ipvs',
    scheduler: 'sh',
    strictArp: true,
    excludeCidrs: ['10.20.0.10/32'],
    syncPeriodSeconds: 30,
    minSyncPeriodSeconds: 1,
    tcpTimeoutSeconds: 8100,
    tcpBeLiberal: false,
    detectLocalMode: 'ClusterCIDR',
    expectedServices: undefined,
    nodePortAddresses: ['primary'],
    image: undefined,
    ownNames: false,
    inspect: expect.any(Array),
  });
});

test('configure() makes the same construct', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = osloCluster(chart);
  const configuration = IpvsKubeProxy.configure({ scheduler: IpvsScheduler.LC });
  expect(configuration.mode).toBe(KubeProxyMode.IPVS);
  const proxy = configuration.create(chart, 'kube-proxy', cluster);
  expect(proxy).toBeInstanceOf(IpvsKubeProxy);
  expect(cluster._summary('kubeProxy')!.scheduler).toBe('lc');
  expect(errorOf(() => IpvsKubeProxy.configure().create(chart, 'two', cluster))).toContain(
    '[oslo/two] cluster must be',
  );
});

describe('options of all modes and of the others', () => {
  const { IPTABLES, NFTABLES, IPVS } = KubeProxyMode;
  const K135 = KubernetesVersion.of('1.35.8');
  const cases: Array<[Mode, AnyOptions, string, KubernetesVersion?]> = [
    ...([IPTABLES, NFTABLES, IPVS] as const).flatMap((mode): Array<[Mode, AnyOptions, string]> => [
      [
        mode,
        { masqueradeBit: 15 },
        "masqueradeBit must be between 0 and 14, got 15; 15 was kubelet's and 16 to 31 are Calico's; leave it out for 14",
      ],
      [
        mode,
        { masqueradeBit: 31 },
        "masqueradeBit must be between 0 and 14, got 31; 15 was kubelet's and 16 to 31 are Calico's; leave it out for 14",
      ],
      [
        mode,
        { bindAddress: '10.20.0.11' },
        'bindAddress must be 0.0.0.0 or left out, got 10.20.0.11; it would become the node address of every machine, since all read the same configuration',
      ],
      [
        mode,
        { healthzBindAddress: '127.0.0.1:10256' },
        "healthzBindAddress must be an unspecified address with a port, got 127.0.0.1:10256; kubelet asks at the node's address; write 0.0.0.0:10256, or [::]:10256 on IPv6",
      ],
      [
        mode,
        { healthzBindAddress: '0.0.0.0:10249', metricsBindAddress: '0.0.0.0:10249' },
        'metricsBindAddress must be another port than 10249, got 0.0.0.0:10249; the health check listens there; 10249 is the usual one',
      ],
      [
        mode,
        { detectLocalMode: KubeProxyDetectLocalMode.BRIDGE_INTERFACE },
        'bridgeInterface must be 1 to 15 characters of an interface name with detectLocalMode BridgeInterface, got nothing; give for example cni0',
      ],
      [
        mode,
        {
          detectLocalMode: KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX,
          interfaceNamePrefix: 'cali/',
        },
        'interfaceNamePrefix must be 1 to 15 characters of an interface name with detectLocalMode InterfaceNamePrefix, got cali/; give for example cali',
      ],
      [
        mode,
        { bridgeInterface: 'cni0' },
        'bridgeInterface must be left out with detectLocalMode ClusterCIDR, got cni0; only BridgeInterface reads it',
      ],
      [
        mode,
        { detectLocalMode: 'PodCIDR' as KubeProxyDetectLocalMode },
        'detectLocalMode must be one of ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix, got PodCIDR; correct the word',
      ],
      [
        mode,
        { oomScoreAdj: -1001 },
        'oomScoreAdj must be between -1000 and 1000, got -1001; leave it out: kube-proxy then goes after all pods that can be spared',
      ],
      [
        mode,
        { expectedServices: 0 },
        'expectedServices must be between 1 and 150000, got 0; upstream tests clusters of up to 10000 Services; leave it out when it is not known',
      ],
      [
        mode,
        { names: 'mine' as KubeProxyNames },
        'names must be one of kubeadm, own, got mine; correct the word',
      ],
      [
        mode,
        { minSyncPeriod: Duration.minutes(1) },
        'minSyncPeriod must be at most syncPeriod 30s, got 1m0s; shorten it or lengthen syncPeriod',
      ],
    ]),
    [
      IPTABLES,
      { nodePortAddresses: ['127.0.0.0/8'] },
      'nodePortAddresses must be apart from loopback, got 127.0.0.0/8; set localhostNodePorts as well, or call the Service address',
    ],
    [
      IPTABLES,
      { localhostNodePorts: true },
      'localhostNodePorts must be false without loopback among nodePortAddresses, got true; add 127.0.0.0/8 to nodePortAddresses beside the networks of the machines',
    ],
    [
      NFTABLES,
      { nodePortAddresses: ['localhost'] },
      'nodePortAddresses must be apart from loopback, got localhost; nftables mode serves no NodePort there; call the Service address',
      K137,
    ],
    [
      NFTABLES,
      { localhostNodePorts: true, nodePortAddresses: ['0.0.0.0/0'] },
      'localhostNodePorts must be false before Kubernetes 1.37 in nftables mode, got true; kube-proxy exits on a gate that it does not know; call the Service address',
      K135,
    ],
    [
      NFTABLES,
      { localhostNodePorts: true },
      'localhostNodePorts must be false without loopback among nodePortAddresses, got true; add 127.0.0.0/8 to nodePortAddresses beside the networks of the machines',
      K137,
    ],
  ];

  test.each(cases)('%s refuses %j', (mode, options, message, kubernetesVersion = K136) => {
    expect(errorOf(() => renderMode(mode, options, { kubernetesVersion }))).toBe(
      `[oslo/kube-proxy] ${message}`,
    );
  });

  const accepted: Array<[Mode, AnyOptions, KubernetesVersion]> = [
    [IPTABLES, { localhostNodePorts: true, nodePortAddresses: ['0.0.0.0/0'] }, K136],
    [IPTABLES, { localhostNodePorts: true, nodePortAddresses: ['primary', 'localhost'] }, K137],
    [NFTABLES, { localhostNodePorts: true, nodePortAddresses: ['primary', 'localhost'] }, K137],
    [NFTABLES, { masqueradeBit: 0, oomScoreAdj: -1000, expectedServices: 150_000 }, K136],
    [IPVS, { healthzBindAddress: '0.0.0.0:10356', bindAddress: '0.0.0.0' }, K136],
  ];
  test.each(accepted)('%s accepts %j', (mode, options, kubernetesVersion) => {
    expect(errorOf(() => renderMode(mode, options, { kubernetesVersion }))).toBe('no error');
  });

  test.each([
    [IPTABLES, IptablesKubeProxy],
    [NFTABLES, NftablesKubeProxy],
  ] as const)('configure() makes the same construct in %s mode', (mode, construct) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = osloCluster(chart);
    const configuration = construct.configure({ masqueradeBit: 13 });
    expect(configuration.mode).toBe(mode);
    expect(configuration.create(chart, 'kube-proxy', cluster)).toBeInstanceOf(construct);
    expect(cluster.kubeProxyMode).toBe(mode);
  });
});
