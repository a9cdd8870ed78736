import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  Cluster,
  Encapsulation,
  FlannelBackend,
  IptablesKubeProxy,
  IpvsKubeProxy,
  IpvsScheduler,
  KubeProxyMode,
  NftablesKubeProxy,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  TunedFlannel,
} from '../lib';
import { osloProps } from './support/oslo';

const fixture = readFileSync(join(__dirname, 'fixtures', 'debian12-cloud-modules.txt'), 'utf8');
const known = new Set(fixture.split('\n').filter((line) => line !== '' && !line.startsWith('#')));

type Plugin = (chart: Chart, cluster: Cluster) => void;

/** What the machines of a cluster load, with every room that asks for modules. */
function modules(plugin: Plugin, mode: KubeProxyMode, scheduler: IpvsScheduler) {
  const app = new App();
  const chart = new Chart(app, 'net');
  const cluster = new Cluster(app, 'oslo', osloProps({ kubeProxyMode: mode }));
  plugin(chart, cluster);
  switch (mode) {
    case KubeProxyMode.IPVS:
      new IpvsKubeProxy(chart, 'kube-proxy', { cluster, scheduler });
      break;
    case KubeProxyMode.IPTABLES:
      new IptablesKubeProxy(chart, 'kube-proxy', { cluster });
      break;
    case KubeProxyMode.NFTABLES:
      new NftablesKubeProxy(chart, 'kube-proxy', { cluster });
      break;
    case KubeProxyMode.NONE:
      break;
  }
  new NodeLocalDns(chart, 'dns', { cluster, setupIptables: true });
  new NodeBootstrap(chart, 'nodes', { cluster });
  return cluster.ledger.forMachine(cluster.machines[0]!).kernelModules.map(({ key }) => key);
}

const plugins: Array<[string, Plugin]> = [
  ...Object.values(Encapsulation).map((encapsulation): [string, Plugin] => [
    `Calico ${encapsulation}`,
    (chart, cluster) => void new TunedCalico(chart, 'cni', { cluster, encapsulation }),
  ]),
  ...[
    FlannelBackend.vxlan(),
    FlannelBackend.hostGw(),
    FlannelBackend.wireguard(),
    FlannelBackend.udp({ debug: true }),
  ].map((backend): [string, Plugin] => [
    `flannel ${backend.type}`,
    (chart, cluster) => void new TunedFlannel(chart, 'cni', { cluster, backend }),
  ]),
];

describe.each(plugins)('%s', (_name, plugin) => {
  test.each(Object.values(KubeProxyMode))('kube-proxy mode %s', (mode) => {
    const asked = Object.values(IpvsScheduler).flatMap((s) => modules(plugin, mode, s));
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
  });
});
