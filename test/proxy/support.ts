import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { Cluster, KubeProxyMode, type ClusterFacts, type ClusterProps } from '../../lib/cluster';
import {
  IptablesKubeProxy,
  IpvsKubeProxy,
  NftablesKubeProxy,
  type IptablesKubeProxyOptions,
  type IpvsKubeProxyOptions,
  type NftablesKubeProxyOptions,
} from '../../lib/proxy';
import { ObjectSet } from '../../lib/testing';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

export interface Rendered {
  readonly chart: Chart;
  readonly cluster: Cluster;
  readonly objects: ObjectSet;
  /** The parsed `config.conf`. */
  readonly configuration: any;
  /** The parsed `kubeconfig.conf`. */
  readonly kubeconfig: any;
  readonly daemonSet: any;
}

/** The modes that kube-proxy runs in. */
export const modes = [KubeProxyMode.IPTABLES, KubeProxyMode.IPVS, KubeProxyMode.NFTABLES] as const;
export type Mode = (typeof modes)[number];

/** Options of any mode; a test gives those that its mode has. */
export type AnyOptions = IpvsKubeProxyOptions & IptablesKubeProxyOptions & NftablesKubeProxyOptions;

/** Constructs by mode. */
export const proxies = {
  [KubeProxyMode.IPTABLES]: IptablesKubeProxy,
  [KubeProxyMode.IPVS]: IpvsKubeProxy,
  [KubeProxyMode.NFTABLES]: NftablesKubeProxy,
} as const;

/** The IPVS proxy of the flagship, with options and facts changed. */
export function render(
  options: IpvsKubeProxyOptions = {},
  facts: Partial<ClusterProps> = {},
  foreign = false,
): Rendered {
  return renderMode(KubeProxyMode.IPVS, options, facts, foreign);
}

/** The proxy of the flagship in any mode. */
export function renderMode(
  mode: Mode,
  options: AnyOptions = {},
  facts: Partial<ClusterProps> = {},
  foreign = false,
): Rendered {
  const chart = new Chart(tempApp(), 'oslo');
  const props: ClusterProps = osloProps(facts);
  const cluster = foreign
    ? Cluster.fromFacts(chart, 'cluster', props as ClusterFacts)
    : new Cluster(chart, 'cluster', props);
  new proxies[mode](chart, 'kube-proxy', { ...options, cluster });
  const objects = ObjectSet.of(chart);
  const { data } = objects.find('ConfigMap');
  return {
    chart,
    cluster,
    objects,
    configuration: parse(data['config.conf']),
    kubeconfig: parse(data['kubeconfig.conf']),
    daemonSet: objects.find('DaemonSet'),
  };
}

/** What an error says, or that there was none. */
export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

/** The findings of this room, `id severity message`. */
export function findings(cluster: Cluster): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-PROXY'))
    .map(({ id, severity, message }) => `${id} ${severity} ${message}`);
}
