import { Chart, Testing } from 'cdk8s';
import { CalicoBaseline, Cluster, KubeProxyMode, NodeLocalDns, TunedCalico } from '../../lib';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** The runbooks that the cache adds to the report. */
function reports(kubeProxyMode: KubeProxyMode, foreign: boolean): Record<string, string> {
  const chart = new Chart(tempApp(), 'oslo');
  const facts = { ...osloProps(), clusterName: 'oslo', kubeProxyMode };
  const cluster = foreign
    ? Cluster.fromFacts(chart, 'cluster', facts)
    : new Cluster(chart, 'cluster', facts);
  new NodeLocalDns(chart, 'dns', { cluster });
  return cluster._reports();
}

test('machines of others in IPVS mode: the step for the kubelets, machine by machine', () => {
  const text = reports(KubeProxyMode.IPVS, true)['node-local-dns.md'];
  expect(text).toContain('`clusterDNS` becomes a list of 169.254.20.10 alone');
  expect(text).toContain('dig @169.254.20.10 kubernetes.default.svc.cluster.local');
  for (const name of ['cp-1', 'cp-2', 'cp-3']) {
    expect(text).toContain(`   - ${name}: \`sudo kubeadm upgrade node phase kubelet-config`);
  }
});

test('where the cache holds the address of the Service, or the machines are ours, there is no step', () => {
  expect(reports(KubeProxyMode.IPTABLES, true)).toEqual({});
  expect(reports(KubeProxyMode.IPVS, false)).toEqual({});
});

test('a DNS Service of another address is meant everywhere', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const kubeProxyMode = KubeProxyMode.IPVS;
  const facts = { ...osloProps(), clusterName: 'oslo', kubeProxyMode };
  const cluster = Cluster.fromFacts(chart, 'cluster', facts);
  new NodeLocalDns(chart, 'dns', { cluster, clusterDnsIp: '10.96.0.53' });
  const text = cluster._reports()['node-local-dns.md']!;
  expect(text.match(/10\.96\.0\.53/g)).toHaveLength(2);
  expect(text).not.toContain('10.96.0.10');
  new TunedCalico(chart, 'cni', { cluster, policy: { baseline: CalicoBaseline.DEFAULT_DENY } });
  const policy = Testing.synth(chart).find(
    (object) => object.metadata?.name === 'groundwork-default-deny',
  );
  const nets = policy.spec.egress.flatMap((rule: any) => rule.destination.nets ?? []);
  expect(new Set(nets)).toEqual(new Set(['169.254.20.10/32', '10.96.0.53/32']));
});
