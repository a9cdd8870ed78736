import { App, Chart } from 'cdk8s';
import {
  Cluster,
  FlannelBackend,
  IptablesKubeProxy,
  IpvsKubeProxy,
  KernelProfile,
  KubeProxyMode,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  TunedFlannel,
} from '../lib';
import { dualStack } from './support/dual-stack';
import { osloProps } from './support/oslo';

type Room = (chart: Chart, cluster: Cluster) => void;

const plugins: Array<[string, Room]> = [
  ['no plugin', () => undefined],
  ['Calico', (chart, cluster) => void new TunedCalico(chart, 'cni', { cluster })],
  ['flannel', (chart, cluster) => void new TunedFlannel(chart, 'cni', { cluster })],
  [
    'flannel wireguard',
    (chart, cluster) =>
      void new TunedFlannel(chart, 'cni', { cluster, backend: FlannelBackend.wireguard() }),
  ],
];
const proxies: Array<[string, KubeProxyMode | undefined, Room]> = [
  ['no proxy construct', undefined, () => undefined],
  ['no kube-proxy', KubeProxyMode.NONE, () => undefined],
  [
    'iptables',
    KubeProxyMode.IPTABLES,
    (chart, cluster) => void new IptablesKubeProxy(chart, 'kube-proxy', { cluster }),
  ],
  [
    'nftables',
    KubeProxyMode.NFTABLES,
    (chart, cluster) => void new NftablesKubeProxy(chart, 'kube-proxy', { cluster }),
  ],
  [
    'IPVS',
    KubeProxyMode.IPVS,
    (chart, cluster) => void new IpvsKubeProxy(chart, 'kube-proxy', { cluster }),
  ],
];

describe.each(plugins)('%s', (_plugin, plugin) => {
  describe.each(proxies)('%s', (_proxy, kubeProxyMode, proxy) => {
    test.each(Object.values(KernelProfile))('%s: one owner, no clash', (profile) => {
      for (const families of [{}, dualStack()]) {
        const app = new App();
        const chart = new Chart(app, 'net');
        const cluster = new Cluster(app, 'oslo', osloProps({ ...families, kubeProxyMode }));
        plugin(chart, cluster);
        proxy(chart, cluster);
        new NodeLocalDns(chart, 'dns', { cluster });
        new NodeBootstrap(chart, 'nodes', { cluster, kernel: { profile } });
        const { machines, ledger } = cluster;
        expect(ledger.clashes(machines)).toEqual([]);
        const needs = ledger.forMachine(machines[0]!);
        const table = needs.sysctls.find(({ key }) => key === 'net.netfilter.nf_conntrack_max');
        expect(table?.reasons).toEqual([
          'sized from memory and peakConnections; kube-proxy leaves it alone (net/nodes)',
        ]);
        expect(needs.kernelModules.map(({ key }) => key)).toContain('nf_conntrack');
        const kernel = cluster.findings().filter(({ id }) => /^GW-NODE-0(0[6-9]|1[0-4])$/.test(id));
        expect(kernel).toEqual([]);
      }
    });
  });
});
