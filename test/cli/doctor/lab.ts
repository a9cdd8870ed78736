import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { FlannelBackend, IptablesKubeProxy, NetworkDoctor, TunedFlannel } from '../../../lib';
import type { NetworkDoctorOptions } from '../../../lib';
import { reportHtml } from '../../../lib/report';
import { fixture } from '../../doctor/doctor';
import { labCluster } from '../../doctor/lab-cluster';
import { tempDir } from '../../support/temp-app';
import { writeTree } from '../../../lib/testing/tree';
import { FakeKubectl, node, pod, type FakeCluster } from './fake-kubectl';

/** A folder with what a synth of the lab's cluster leaves for the doctor, in dist/. */
export function labFolder(options: NetworkDoctorOptions = {}): string {
  const cluster = labCluster();
  const chart = new Chart(cluster, 'chart');
  new TunedFlannel(chart, 'cni', {
    cluster,
    backend: FlannelBackend.vxlan({ directRouting: false }),
  });
  new IptablesKubeProxy(chart, 'proxy', { cluster });
  const doctor = new NetworkDoctor(chart, 'doctor', { stays: false, ...options, cluster });
  const root = tempDir();
  writeTree(join(root, 'dist'), { ...doctor.files(), 'report/index.html': reportHtml(cluster) });
  return root;
}

/** What the machines of a fixture say, by `<pod> <collector>`; of several the first. */
export function saidBy(...names: string[]): Record<string, string> {
  const groups = names.flatMap((name) =>
    fixture(name)
      .split(/^(?=collector\t)/m)
      .filter((text) => text.startsWith('collector\t')),
  );
  const said: Record<string, string> = {};
  for (const text of groups) {
    const of = (key: string) => new RegExp(`^${key}\t(.*)$`, 'm').exec(text)![1]!;
    const place = of('network') === 'pod' ? 'podnet' : 'inspector';
    said[`${place}-${of('node')} ${of('collector').split(' ')[0]}`] ??= text;
  }
  return said;
}

export const NODES = [node('cp-1'), node('w-1')];
export const PODS = [
  pod('inspector', 'cp-1', '10.20.0.11'),
  pod('inspector', 'w-1', '10.20.0.12'),
  pod('podnet', 'cp-1', '10.244.0.2'),
  pod('podnet', 'w-1', '10.244.1.2'),
];

/** A script that says only who it is: on a machine that nobody recorded. */
export function mute(collector: string, nodeName: string, network: string): string {
  return `collector\t${collector} 1\nnode\t${nodeName}\nnetwork\t${network}\nend\t${collector}\n`;
}

/** A cluster whose machines say what those of the healthy fixture said. */
export function healthyCluster(changes: Partial<FakeCluster> = {}): FakeCluster {
  const silent = Object.fromEntries(
    ['round-trip', 'connect', 'dns-storm', 'etcd-metrics', 'counters'].flatMap((collector) => [
      [`inspector-w-1 ${collector}`, mute(collector, 'w-1', 'host')],
      [`podnet-w-1 ${collector}`, mute(collector, 'w-1', 'pod')],
    ]),
  );
  return {
    nodes: NODES,
    pods: PODS,
    serviceAddress: '10.96.7.7',
    says: { ...silent, ...saidBy('healthy') },
    ...changes,
  };
}

/** A fake kubectl of such a cluster. */
export function fakeKubectl(root: string, cluster: FakeCluster): FakeKubectl {
  return new FakeKubectl(join(root, 'bin'), cluster);
}
