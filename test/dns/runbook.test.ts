import { Chart } from 'cdk8s';
import { Cluster, KubeProxyMode, NodeLocalDns } from '../../lib';
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
