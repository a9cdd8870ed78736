import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  Cluster,
  Encapsulation,
  IpvsKubeProxy,
  IpvsScheduler,
  KubeProxyMode,
  NodeBootstrap,
  TunedCalico,
} from '../lib';
import { osloProps } from './support/oslo';

const fixture = readFileSync(join(__dirname, 'fixtures', 'debian12-cloud-modules.txt'), 'utf8');
const known = new Set(fixture.split('\n').filter((line) => line !== '' && !line.startsWith('#')));

/** What the machines of a cluster load, with every room that asks for modules. */
function modules(encapsulation: Encapsulation, mode: KubeProxyMode, scheduler: IpvsScheduler) {
  const app = new App();
  const chart = new Chart(app, 'net');
  const cluster = new Cluster(app, 'oslo', osloProps({ kubeProxyMode: mode }));
  new TunedCalico(chart, 'cni', { cluster, encapsulation });
  if (mode === KubeProxyMode.IPVS) {
    new IpvsKubeProxy(chart, 'kube-proxy', { cluster, scheduler });
  }
  new NodeBootstrap(chart, 'nodes', { cluster });
  return cluster.ledger.forMachine(cluster.machines[0]!).kernelModules.map(({ key }) => key);
}

describe.each(Object.values(Encapsulation))('encapsulation %s', (encapsulation) => {
  test.each(Object.values(KubeProxyMode))('kube-proxy mode %s', (mode) => {
    const asked = Object.values(IpvsScheduler).flatMap((s) => modules(encapsulation, mode, s));
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
  });
});
