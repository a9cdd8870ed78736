import { App, Chart } from 'cdk8s';
import {
  IptablesKubeProxy,
  IpvsKubeProxy,
  KubeProxyNames,
  NftablesKubeProxy,
  type ClusterProps,
} from '../../lib';
import { dualStack } from '../support/dual-stack';
import { osloCluster } from '../support/oslo';

type Proxy = typeof IpvsKubeProxy | typeof NftablesKubeProxy | typeof IptablesKubeProxy;

function commands(Kind: Proxy, facts: Partial<ClusterProps> = {}, options = {}): string[] {
  const app = new App();
  const cluster = osloCluster(app, facts);
  new Kind(new Chart(app, 'chart'), 'proxy', { cluster, ...options });
  return cluster._summary('kubeProxy')!.inspect.map(({ command }) => command);
}

test.each<[string, Proxy, string]>([
  ['iptables', IptablesKubeProxy, 'iptables-save -t nat'],
  ['ipvs', IpvsKubeProxy, 'ipvsadm -Ln'],
  ['nftables', NftablesKubeProxy, 'nft list map ip kube-proxy service-ips'],
])('%s mode is looked at with its own program, and with no other', (_, kind, own) => {
  const asked = commands(kind).join('\n');
  expect(asked).toContain(own);
  const programs = ['iptables-save', 'ipvsadm', 'nft list'].filter((one) => asked.includes(one));
  expect(programs).toEqual([
    own
      .split(' ')
      .slice(0, own.startsWith('nft') ? 2 : 1)
      .join(' '),
  ]);
});

test('it is asked where it answers, and found by its name', () => {
  const options = { metricsBindAddress: '127.0.0.1:10300', names: KubeProxyNames.OWN };
  const asked = commands(IpvsKubeProxy, {}, options);
  expect(asked).toContain('curl -s http://127.0.0.1:10300/proxyMode; echo');
  expect(asked[0]).toBe('kubectl -n kube-system get pods -l k8s-app=kube-proxy-ipvs -o wide');
});

test('both families have rules of their own', () => {
  expect(commands(NftablesKubeProxy, dualStack()).join('\n')).toContain('ip6 kube-proxy');
  expect(commands(NftablesKubeProxy).join('\n')).not.toContain('ip6');
});
