import { Construct } from 'constructs';
import { nftablesLocalhostGate } from '../catalog';
import {
  KubeProxyMode,
  Tuning,
  throwProblems,
  type Cluster,
  type IKubeProxyConfiguration,
} from '../cluster';
import { buildProxy } from './build-proxy';
import type { ModePart } from './mode-part';
import { nftablesModules } from './modules';
import type { NftablesKubeProxyOptions, NftablesKubeProxyProps } from './nftables-options';
import { localhostRows } from './tuning-localhost';
import { sectionRows } from './tuning-section';
import { nftablesProblems } from './validate-localhost';

/**
 * kube-proxy in nftables mode: one map lookup for every new connection, whatever the number of
 * Services, and updates of what changed only. It wants a kernel of 5.13 or newer, and a network plugin
 * that writes nftables rules as well; see findings GW-PROXY-011 to GW-PROXY-014.
 *
 * A privileged container prepares the machine and ends; the one that runs on has NET_ADMIN and nothing
 * else. Conntrack has the owner that it has in the other modes, see IpvsKubeProxy.
 *
 * @example
 * // fragment
 * new NftablesKubeProxy(chart, 'kube-proxy', { cluster });
 */
export class NftablesKubeProxy extends Construct {
  /**
   * The options alone, for a construct that makes the cluster itself.
   *
   * @param options as for the construct, without the cluster
   */
  public static configure(options: NftablesKubeProxyOptions = {}): IKubeProxyConfiguration {
    return new NftablesConfiguration(options);
  }

  /**
   * @param scope parent construct, in the chart that gets the objects
   * @param id construct id
   * @param props the cluster and options; a wrong option throws, as does a cluster whose
   * `kubeProxyMode` is another one or that has a proxy already
   */
  constructor(scope: Construct, id: string, props: NftablesKubeProxyProps) {
    super(scope, id);
    throwProblems(this.node.path, nftablesProblems(props, props.cluster));
    buildProxy(this, props.cluster, props, nftablesPart(props));
  }
}

function nftablesPart(options: NftablesKubeProxyOptions): ModePart {
  const mode = KubeProxyMode.NFTABLES;
  const tuning = new Tuning({ ...sectionRows(mode, options), ...localhostRows(mode, options) });
  return {
    mode,
    tuning,
    modules: nftablesModules,
    ...(tuning.get('localhostNodePorts')
      ? { featureGates: { [nftablesLocalhostGate.value.name]: true } }
      : {}),
    section: {
      nftables: {
        masqueradeBit: tuning.get('masqueradeBit'),
        masqueradeAll: tuning.get('masqueradeAll'),

        syncPeriod: tuning.get('syncPeriod'),
        minSyncPeriod: tuning.get('minSyncPeriod'),
      },
    },
  };
}

class NftablesConfiguration implements IKubeProxyConfiguration {
  public readonly mode = KubeProxyMode.NFTABLES;

  public constructor(private readonly options: NftablesKubeProxyOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new NftablesKubeProxy(scope, id, { ...this.options, cluster });
  }
}
