import { App, Chart } from 'cdk8s';
import {
  Cluster,
  HardenedNginxIngress,
  HardenedTraefik,
  IpvsKubeProxy,
  NginxController,
  NvmeControlPlane,
  TunedFlannel,
} from '../../lib';
import { linesOf } from '../../lib/cluster';
import { lifeCycles } from '../../lib/report/content/life-cycles';
import { osloCluster, osloProps } from '../support/oslo';

const labels = (cluster: Cluster) => linesOf(cluster).map(({ label }) => label);

test('what a cluster is made of, each with its release', () => {
  const { cluster } = new NvmeControlPlane(new App(), 'oslo', {
    ...osloProps(),
    kubeProxy: IpvsKubeProxy.configure(),
  });
  expect(labels(cluster)).toEqual([
    'Kubernetes 1.36',
    'Debian 12',
    'kube-proxy in IPVS mode',
    expect.stringMatching(/^containerd 2\.3\.\d+$/),
    expect.stringMatching(/^etcd 3\.6\.\d+-0$/),
    expect.stringMatching(/^Calico 3\.32\.\d+$/),
  ]);
  expect(labels(osloCluster())).toEqual(['Kubernetes 1.36', 'Debian 12']);
});

test('the edge and the other plugin', () => {
  const withRoom = (add: (chart: Chart, cluster: Cluster) => unknown) => {
    const app = new App();
    const cluster = osloCluster(app);
    add(new Chart(app, 'room'), cluster);
    return labels(cluster).slice(2);
  };
  expect(withRoom((chart, cluster) => new TunedFlannel(chart, 'cni', { cluster }))).toEqual([
    expect.stringMatching(/^flannel 0\.28\.\d+$/),
  ]);
  expect(withRoom((chart, cluster) => new HardenedTraefik(chart, 'edge', { cluster }))).toEqual([
    expect.stringMatching(/^Traefik 3\.7\.\d+$/),
  ]);
  const retired = NginxController.retiredIngressNginx({
    acknowledgeRetired: { reason: 'until May' },
  });
  expect(
    withRoom(
      (chart, cluster) => new HardenedNginxIngress(chart, 'edge', { cluster, controller: retired }),
    ),
  ).toEqual(['ingress-nginx 1.15.1']);
  expect(
    withRoom((chart, cluster) => new HardenedNginxIngress(chart, 'edge', { cluster })),
  ).toEqual([]);
});

test('the chapter says until when, who goes on, and which day the spec is for', () => {
  const chapter = (asOf?: string) => {
    const cluster = osloCluster(new App(), { asOf });
    return lifeCycles({ cluster, findings: [], paths: [], files: {} }).blocks;
  };
  const [, rows] = chapter();
  expect(rows).toMatchObject({
    rows: [
      [
        'Kubernetes 1.36',
        '2027-06-28',
        expect.stringMatching(/^upgrade one minor/),
        expect.any(String),
      ],
      [
        'Debian 12',
        '2026-07-11',
        expect.stringMatching(/^Debian LTS until 2028-06-30; replace the machines/),
        expect.any(String),
      ],
    ],
  });
  expect(JSON.stringify(chapter()[0])).toContain('With a day in the spec (asOf)');
  expect(JSON.stringify(chapter('2026-11-27')[0])).toContain('The spec is for 2026-11-27.');
});
