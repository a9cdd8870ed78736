import { join } from 'node:path';
import { Chart, Size } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  EtcdDisk,
  GroundworkApp,
  HardenedNginxIngress,
  IpvsKubeProxy,
  IpvsScheduler,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  TunedCalico,
  TunedFlannel,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

// What two articles about Kubernetes on machines of one's own have people set, as it stands there. The
// one of 2019 is about Calico, IPVS, an ingress and etcd on NVMe.
const app = new GroundworkApp();

const { cluster: stavanger } = new NvmeControlPlane(app, 'stavanger', {
  operatingSystem: OperatingSystem.DEBIAN_13,
  endpoint: ApiEndpoint.external({ dnsName: 'api.stavanger.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('stavanger-1', { country: 'NO', nodeCidr: '10.50.0.0/24' })],
  machines: [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, {
      zone: 'stavanger-1',
      address: `10.50.0.1${n}`,
      nic: 'ens3',
      cpus: 4,
      memory: Size.gibibytes(16),
      etcdDisk: EtcdDisk.byId(`virtio-etcd-${n}`, { minSize: Size.gibibytes(40) }),
    }),
  ),
  cni: TunedCalico.configure(
    TunedCalico.fromManifestEnv({ CALICO_IPV4POOL_IPIP: 'Off', FELIX_IPINIPMTU: '1440' }),
  ),
  kubeProxy: IpvsKubeProxy.configure({ scheduler: IpvsScheduler.RR, strictArp: true }),
  // The six keys of the ConfigMap nginx-configuration.
  ingress: HardenedNginxIngress.seed2019({
    acknowledgeRetired: { reason: 'to see what the keys of the article do today' },
  }),
  nodes: {
    kernel: {
      modules: [
        'modprobe ip_vs',
        'modprobe ip_vs_rr',
        'modprobe ip_vs_wrr',
        'modprobe ip_vs_sh',
      ].join('\n'),
      // From the article of 2015.
      sysctlConf: [
        'net.ipv4.ip_forward=1',
        'net.bridge.bridge-nf-call-iptables=1',
        'net.netfilter.nf_conntrack_max=131072',
        'net.ipv4.tcp_fin_timeout=30',
      ].join('\n'),
    },
  },
});

// The one of 2015 is about flannel, which a cluster cannot have beside Calico. Machines that run since then
// are described, not made.
const app2015 = new GroundworkApp({ outdir: join(app.outdir, '2015') });
const chart = new Chart(app2015, 'narvik');
const narvik = Cluster.fromFacts(chart, 'cluster', {
  clusterName: 'narvik',
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.external({ dnsName: 'api.narvik.example' }),
  podCidr: '10.245.0.0/16',
  serviceCidr: '10.97.0.0/16',
  underlay: Underlay.filtered({ mtu: 1500 }),
  zones: [Zone.of('narvik-1', { country: 'NO', nodeCidr: '10.51.0.0/24' })],
  machines: [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, { zone: 'narvik-1', address: `10.51.0.1${n}` }),
  ),
});
new TunedFlannel(chart, 'cni', {
  cluster: narvik,
  ...TunedFlannel.fromEtcdConfig('{ "Network": "10.245.0.0/16", "Backend": { "Type": "udp" } }'),
});
new IpvsKubeProxy(chart, 'kube-proxy', { cluster: narvik });

app.synth();
app2015.synth();

/** Prints what the review found about one setting, by the id of the finding and a word in it. */
function answer(setting: string, cluster: Cluster, id: string, word = ''): void {
  const found = cluster.findings().filter((f) => f.id === id && f.message.includes(word));
  for (const { message, remedy } of found) {
    console.log(`${setting}\n  ${id}: ${message}\n  What to do: ${remedy}\n`);
  }
}

answer('mode: ipvs', stavanger, 'GW-PROXY-001');
answer('FELIX_IPINIPMTU=1440', stavanger, 'GW-CNI-044');
answer('upstream-keepalive-connections: 32', stavanger, 'GW-INGRESS-035', 'keepalive');
answer('timeouts against slowloris', stavanger, 'GW-INGRESS-036');
answer('net.netfilter.nf_conntrack_max=131072', stavanger, 'GW-NODE-007');
answer('/etc/sysctl.conf', stavanger, 'GW-NODE-010');
answer('"Backend": { "Type": "udp" }', narvik, 'GW-CNI-120');
answer('net.bridge.bridge-nf-call-iptables=1', stavanger, 'GW-NODE-009');
