import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { kubeProxyImage } from '../catalog';
import {
  KubeProxyMode,
  Phase,
  Tuning,
  addManifest,
  agreeWithFact,
  throwProblems,
  type Cluster,
  type IKubeProxyConfiguration,
} from '../cluster';
import { millis } from './go-duration';
import type { IpvsKubeProxyOptions, IpvsKubeProxyProps } from './ipvs-options';
import { ipvsFeatureGates } from './life-cycle';
import { machineRows, requireMachineNeeds } from './machine-needs';
import { renderConfiguration, renderIpvsSection, renderKubeconfig } from './render-config';
import { renderObjects } from './render-objects';
import { ipvsRules } from './rules';
import { configurationRows, type SharedOptions } from './tuning';
import { daemonSetRows } from './tuning-daemonset';
import {
  DEFAULT_MIN_SYNC_MS,
  DEFAULT_SYNC_MS,
  DEFAULT_TCP_TIMEOUT_MS,
  ipvsRows,
} from './tuning-ipvs';
import { optionProblems } from './validate';

/**
 * kube-proxy in IPVS mode: kernel virtual servers with a hash lookup per packet instead of a walk
 * through rules. Renders its configuration, a DaemonSet and their access rights under kubeadm's own
 * names, and asks the machines for the modules and the conntrack table it needs.
 *
 * On machines of this spec the machine owns the conntrack table and kube-proxy leaves it alone; on
 * machines of others (`Cluster.fromFacts`) kube-proxy sizes it. Upstream has deprecated this mode:
 * finding GW-PROXY-001 carries the dates.
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
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props, cluster));
    agreeWithFact(path, 'kubeProxyMode', cluster.kubeProxyMode, KubeProxyMode.IPVS);

    const shared = sharedOptions(props);
    const configuration = new Tuning(configurationRows(cluster, KubeProxyMode.IPVS, shared));
    const ipvs = new Tuning(ipvsRows(cluster, props));
    const pods = new Tuning(daemonSetRows(shared));
    cluster._register('kubeProxy', {
      path,
      mode: KubeProxyMode.IPVS,
      scheduler: ipvs.get('scheduler'),
      strictArp: ipvs.get('strictARP'),
      excludeCidrs: ipvs.get('excludeCIDRs'),
      syncPeriodSeconds: seconds(props.syncPeriod, DEFAULT_SYNC_MS),
      minSyncPeriodSeconds: seconds(props.minSyncPeriod, DEFAULT_MIN_SYNC_MS),
      tcpTimeoutSeconds: seconds(props.tcpTimeout, DEFAULT_TCP_TIMEOUT_MS),
    });

    const objects = renderObjects({
      image: props.image ?? cluster._image(kubeProxyImage(cluster.kubernetesVersion.patch)),
      imagePullSecrets: cluster.imagePullSecrets,
      configuration: Yaml.stringify(
        renderConfiguration(cluster, configuration, {
          section: renderIpvsSection(ipvs),
          featureGates: ipvsFeatureGates(cluster.kubernetesVersion.minor),
        }),
      ),
      kubeconfig: Yaml.stringify(renderKubeconfig(cluster.endpoint.url)),
      tuning: pods,
    });
    objects.forEach((object) => addManifest(this, cluster, Phase.KUBE_PROXY, object));

    requireMachineNeeds(
      this,
      cluster,
      ipvs.get('scheduler'),
      configuration.get('metricsBindAddress'),
    );
    [configuration, ipvs, pods, new Tuning(machineRows(cluster))].forEach((tuning) =>
      cluster.recordDecisions(tuning.decisions(path)),
    );
    ipvsRules.forEach((rule) => cluster.addRule(rule, this));
  }
}

class IpvsConfiguration implements IKubeProxyConfiguration {
  public readonly mode = KubeProxyMode.IPVS;

  public constructor(private readonly options: IpvsKubeProxyOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new IpvsKubeProxy(scope, id, { ...this.options, cluster });
  }
}

function sharedOptions({ memoryRequest, ...options }: IpvsKubeProxyOptions): SharedOptions {
  return { ...options, memoryRequest: memoryRequest?.toMebibytes() };
}

function seconds(given: IpvsKubeProxyOptions['syncPeriod'], otherwise: number): number {
  return (given === undefined ? otherwise : millis(given)) / 1000;
}
