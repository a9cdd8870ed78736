import { Construct } from 'constructs';
import {
  KubeProxyMode,
  Tuning,
  throwProblems,
  type Cluster,
  type IKubeProxyConfiguration,
  millis,
} from '../cluster';
import { buildProxy } from './build-proxy';
import type { IpvsKubeProxyOptions, IpvsKubeProxyProps } from './ipvs-options';
import { ipvsFeatureGates } from './life-cycle';
import type { ModePart } from './mode-part';
import { ipvsModules } from './modules';
import { DEFAULT_TCP_TIMEOUT_MS, ipvsRows } from './tuning-ipvs';
import { sectionRows } from './tuning-section';
import { ipvsProblems } from './validate-ipvs';

/**
 * kube-proxy in IPVS mode: kernel virtual servers with a hash lookup per packet instead of a walk
 * through rules. Renders its configuration, a DaemonSet and their access rights under kubeadm's own
 * names, and asks the machines for the modules and the conntrack table it needs.
 *
 * On machines of this spec the machine owns the conntrack table and kube-proxy leaves it alone; on
 * machines of others (`Cluster.fromFacts`) kube-proxy sizes it. Upstream has deprecated this mode:
 * finding GW-PROXY-001 carries the dates. Its container is privileged, unlike those of the other modes.
 *
 * @example
 * // fragment
 * new IpvsKubeProxy(chart, 'kube-proxy', { cluster, scheduler: IpvsScheduler.LC });
 */
export class IpvsKubeProxy extends Construct {
  /**
   * The options alone, for a construct that makes the cluster itself.
   *
   * @param options as for the construct, without the cluster
   */
  public static configure(options: IpvsKubeProxyOptions = {}): IKubeProxyConfiguration {
    return new IpvsConfiguration(options);
  }

  /**
   * @param scope parent construct, in the chart that gets the objects
   * @param id construct id
   * @param props the cluster and options; a wrong option throws, as does a cluster whose
   * `kubeProxyMode` is another one or that has a proxy already
   */
  constructor(scope: Construct, id: string, props: IpvsKubeProxyProps) {
    super(scope, id);
    throwProblems(this.node.path, ipvsProblems(props, props.cluster));
    buildProxy(this, props.cluster, props, ipvsPart(props.cluster, props));
  }
}

function ipvsPart(cluster: Cluster, options: IpvsKubeProxyOptions): ModePart {
  const mode = KubeProxyMode.IPVS;
  const { tcpTimeout } = options;
  const tuning = new Tuning({ ...ipvsRows(cluster, options), ...sectionRows(mode, options) });
  return {
    mode,
    tuning,
    modules: ipvsModules(tuning.get('scheduler')),
    featureGates: ipvsFeatureGates(cluster.kubernetesVersion.minor),
    section: {
      ipvs: {
        scheduler: tuning.get('scheduler'),
        strictARP: tuning.get('strictARP'),
        excludeCIDRs: tuning.get('excludeCIDRs'),
        syncPeriod: tuning.get('syncPeriod'),
        minSyncPeriod: tuning.get('minSyncPeriod'),
        tcpTimeout: tuning.get('tcpTimeout'),
        tcpFinTimeout: tuning.get('tcpFinTimeout'),
        udpTimeout: tuning.get('udpTimeout'),
      },
      iptables: {
        masqueradeBit: tuning.get('masqueradeBit'),
        masqueradeAll: tuning.get('masqueradeAll'),
        localhostNodePorts: tuning.get('localhostNodePorts'),
      },
    },
    ipvs: {
      scheduler: tuning.get('scheduler'),
      strictArp: tuning.get('strictARP'),
      excludeCidrs: tuning.get('excludeCIDRs'),
      tcpTimeoutSeconds:
        (tcpTimeout === undefined ? DEFAULT_TCP_TIMEOUT_MS : millis(tcpTimeout)) / 1000,
    },
  };
}

class IpvsConfiguration implements IKubeProxyConfiguration {
  public readonly mode = KubeProxyMode.IPVS;

  public constructor(private readonly options: IpvsKubeProxyOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new IpvsKubeProxy(scope, id, { ...this.options, cluster });
  }
}
