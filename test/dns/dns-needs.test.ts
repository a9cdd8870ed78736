import { Chart, Testing } from 'cdk8s';
import { Cluster, IpvsKubeProxy, KubeProxyMode, NodeBootstrap, NodeLocalDns } from '../../lib';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { foreign, render, type RenderedDns } from './dns';

function needs({ cluster }: RenderedDns) {
  const all = cluster.machines.map((m) => {
    const { kernelModules, kernelModuleOptions, ports, ...rest } = cluster.ledger.forMachine(m);
    return {
      modules: kernelModules.map(({ key }) => key),
      options: kernelModuleOptions.map(({ key, value }) => `${key}=${value}`),
      ports: ports.map(({ key }) => key),
      rest: Object.values(rest).flat(),
    };
  });
  all.forEach((one) => expect(one).toEqual(all[0]));
  return all[0]!;
}

const ports = [
  '53/tcp from pods',
  '53/udp from pods',
  '9253/tcp from machines',
  '9253/tcp from pods',
];

test('an interface, and ports that pods reach', () => {
  expect(needs(render())).toEqual({
    modules: ['dummy'],
    options: ['dummy numdummies=0'],
    ports,
    rest: [],
  });
  expect(needs(render({ metricsPort: 19253 })).ports).toEqual([
    '19253/tcp from machines',
    '19253/tcp from pods',
    ...ports.slice(0, 2),
  ]);
});

test('rules need what they are made of', () => {
  expect(needs(render({ setupIptables: true })).modules).toEqual(['dummy', 'xt_CT', 'xt_comment']);
  const nftables = { kubeProxyMode: KubeProxyMode.NFTABLES };
  expect(needs(foreign({}, nftables)).modules).toEqual([
    'dummy',
    'nft_compat',
    'xt_CT',
    'xt_comment',
  ]);
});

test('IPVS asks for the same interface module, and both agree', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', osloProps());
  new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
  new NodeLocalDns(chart, 'dns', { cluster });
  expect(cluster.ledger.clashes(cluster.machines)).toEqual([]);
});

test('every reason is a sentence and names the construct', () => {
  const { cluster } = render({ setupIptables: true });
  const entries = Object.values(cluster.ledger.forMachine(cluster.machines[0]!)).flat();
  const reasons = entries.flatMap((entry) => entry.reasons);
  expect(reasons).toHaveLength(8);
  expect(reasons.filter((reason) => !/^\S.* \(oslo\/dns\)$/.test(reason))).toEqual([]);
});

describe('the kubelets of the machines', () => {
  const clusterDns = (made: (chart: Chart, cluster: Cluster) => void) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(chart, 'cluster', osloProps());
    const nodes = new NodeBootstrap(chart, 'nodes', { cluster });
    made(chart, cluster);
    const text = nodes.nodeFiles()['nodes/cp-1/files/etc/groundwork/kubeadm.conf']!;
    return /clusterDNS:\n((?: +- .*\n)+)/.exec(text)![1]!.trim();
  };

  test('give pods the cache, whichever was created first', () => {
    expect(clusterDns((chart, cluster) => new NodeLocalDns(chart, 'dns', { cluster }))).toBe(
      '- 169.254.20.10',
    );
    expect(clusterDns(() => undefined)).toBe('- 10.96.0.10');
  });
});

test('the objects are those of the chart', () => {
  const { dns } = render();
  const kinds = Testing.synth(Chart.of(dns)).map(({ kind }: any) => kind);
  expect(kinds).toEqual(['ServiceAccount', 'ConfigMap', 'DaemonSet', 'Service']);
});
