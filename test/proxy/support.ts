import { ApiObject, Chart } from 'cdk8s';
import { parse } from 'yaml';
import { Cluster, type ClusterFacts, type ClusterProps } from '../../lib/cluster';
import { IpvsKubeProxy, type IpvsKubeProxyOptions } from '../../lib/proxy';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

export interface Rendered {
  readonly chart: Chart;
  readonly cluster: Cluster;
  readonly objects: any[];
  /** The parsed `config.conf`. */
  readonly configuration: any;
  /** The parsed `kubeconfig.conf`. */
  readonly kubeconfig: any;
  readonly daemonSet: any;
}

/** The proxy of the flagship, with options and facts changed. */
export function render(
  options: IpvsKubeProxyOptions = {},
  facts: Partial<ClusterProps> = {},
  foreign = false,
): Rendered {
  const chart = new Chart(tempApp(), 'oslo');
  const props: ClusterProps = osloProps(facts);
  const cluster = foreign
    ? Cluster.fromFacts(chart, 'cluster', props as ClusterFacts)
    : new Cluster(chart, 'cluster', props);
  new IpvsKubeProxy(chart, 'kube-proxy', { ...options, cluster });
  // One by one, not by Testing.synth: findings are errors there, and some tests look at them.
  const objects = chart.node
    .findAll()
    .filter((c): c is ApiObject => c instanceof ApiObject)
    .map((object) => object.toJson());
  const { data } = objects.find(({ kind }) => kind === 'ConfigMap');
  return {
    chart,
    cluster,
    objects,
    configuration: parse(data['config.conf']),
    kubeconfig: parse(data['kubeconfig.conf']),
    daemonSet: objects.find(({ kind }) => kind === 'DaemonSet'),
  };
}

/** The findings of this room, `id severity message`. */
export function findings(cluster: Cluster): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-PROXY'))
    .map(({ id, severity, message }) => `${id} ${severity} ${message}`);
}
