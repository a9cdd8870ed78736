import { Construct } from 'constructs';
import {
  KubeProxyMode,
  Tuning,
  throwProblems,
  type Cluster,
  type IKubeProxyConfiguration,
} from '../cluster';
import { buildProxy } from './build-proxy';
import type { IptablesKubeProxyOptions, IptablesKubeProxyProps } from './iptables-options';
import type { ModePart } from './mode-part';
import { iptablesModules } from './modules';
import { localhostRows } from './tuning-localhost';
import { sectionRows } from './tuning-section';
import { iptablesProblems } from './validate-localhost';

/**
 * kube-proxy in iptables mode: a chain of rules for every Service, walked once for every new connection.
 * The mode that every kernel and every network plugin knows, and the slowest beyond some thousand
 * Services.
 *
 * A privileged container prepares the machine and ends; the one that runs on has NET_ADMIN and nothing
 * else. Conntrack has the owner that it has in the other modes, see IpvsKubeProxy.
 *
 * @example
 * // fragment
 * new IptablesKubeProxy(chart, 'kube-proxy', { cluster });
 */
export class IptablesKubeProxy extends Construct {
  /**
   * The options alone, for a construct that makes the cluster itself.
   *
   * @param options as for the construct, without the cluster
   */
  public static configure(options: IptablesKubeProxyOptions = {}): IKubeProxyConfiguration {
    return new IptablesConfiguration(options);
  }

  /**
   * @param scope parent construct, in the chart that gets the objects
   * @param id construct id
   * @param props the cluster and options; a wrong option throws, as does a cluster whose
   * `kubeProxyMode` is another one or that has a proxy already
   */
  constructor(scope: Construct, id: string, props: IptablesKubeProxyProps) {
    super(scope, id);
    throwProblems(this.node.path, iptablesProblems(props, props.cluster));
    buildProxy(this, props.cluster, props, iptablesPart(props));
  }
}

function iptablesPart(options: IptablesKubeProxyOptions): ModePart {
  const mode = KubeProxyMode.IPTABLES;
  const tuning = new Tuning({ ...sectionRows(mode, options), ...localhostRows(mode, options) });
  return {
    mode,
    tuning,
    modules: iptablesModules,

    section: {
      iptables: {
        masqueradeBit: tuning.get('masqueradeBit'),
        masqueradeAll: tuning.get('masqueradeAll'),
        localhostNodePorts: tuning.get('localhostNodePorts'),
        syncPeriod: tuning.get('syncPeriod'),
        minSyncPeriod: tuning.get('minSyncPeriod'),
      },
    },
  };
}

class IptablesConfiguration implements IKubeProxyConfiguration {
  public readonly mode = KubeProxyMode.IPTABLES;

  public constructor(private readonly options: IptablesKubeProxyOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new IptablesKubeProxy(scope, id, { ...this.options, cluster });
  }
}
