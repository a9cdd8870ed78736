import { Construct } from 'constructs';
import {
  addManifest,
  decisionsOf,
  Phase,
  throwProblems,
  type Cluster,
  type IIngressConfiguration,
} from '../cluster';
import { optionProblems } from './checks';
import { NginxController } from './controller';
import { requireEdgePorts } from './edge-ports';
import { edgeRows } from './edge-tuning';
import type { Flavor } from './flavor';
import { renderNginxConf } from './nginx-conf';
import type { HardenedNginxIngressOptions, HardenedNginxIngressProps } from './options';
import { withPreset } from './preset';
import { retiredFlavor, seedModel, type Seed2019Options } from './retired';
import { ingressRules } from './rules';
import type { Settings } from './settings';
import { settingsProblems } from './settings-checks';
import { settingsOf } from './settle';
import { summaryOf } from './summary';

/**
 * The edge, hardened for the internet: NGINX Ingress Controller (open source), or another controller
 * that `controller` names. It serves Ingresses of its class in every namespace. Slow clients are held off by client-side timeouts, by as many
 * connections and requests as its memory can hold at their worst while it reloads, and by a limit for
 * each source address; the rate at which slow headers still fill a replica is computed and stands in
 * the configuration, in the decisions and in the summary. Requests in flight survive a rollout for up
 * to a minute (`shutdown`), and a reboot without a drain for a quarter of that. `preset` says what the
 * edge is mostly for.
 *
 * A host without a certificate of its own is refused in the TLS handshake; there is no default
 * certificate. Backends on a host network need a NetworkPolicy of their own.
 */
export class HardenedNginxIngress extends Construct {
  /**
   * The edge with its options, to be put into a cluster later.
   *
   * @param options everything but the cluster
   */
  public static configure(options: HardenedNginxIngressOptions = {}): IIngressConfiguration {
    return new Configuration(options);
  }

  /**
   * The hardened ingress of the guides of 2019, to be put into a cluster later: ingress-nginx with
   * exactly their six keys (`proxy-body-size: 20m`, `proxy-connect-timeout: 10`,
   * `proxy-read-timeout: 120`, `proxy-send-timeout: 120`, `worker-processes: auto`,
   * `upstream-keepalive-connections: 32`) in a ConfigMap `nginx-configuration`. nginx is not hardened
   * beyond them, and findings say what each does today: none of them stops a slow client. Pods, rights
   * and NetworkPolicy are as with every edge here.
   *
   * @param options the reason for a retired controller, and where and how large the edge is
   */
  public static seed2019(options: Seed2019Options): IIngressConfiguration {
    return new Seed2019(options);
  }

  /** Namespace of the controller. */
  public readonly namespace: string;
  /** Name of the IngressClass. */
  public readonly ingressClassName: string;
  /** Replicas. */
  public readonly replicas: number;
  /**
   * New connections a second at which clients that send their header slowly fill one replica:
   * connections divided by the header timeout, rounded down.
   */
  public readonly breakEvenRate: number;

  private readonly settings: Settings;

  /**
   * @param scope parent construct, inside a Chart
   * @param id construct id
   * @param props the cluster and the options; wrong ones throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: HardenedNginxIngressProps) {
    super(scope, id);
    const { cluster } = props;
    const options = withPreset(props);
    throwProblems(this.node.path, optionProblems(options));
    const { _flavor: flavor } = props.controller ?? NginxController.nginxIngressController();
    const workerProcesses = options.workerProcesses ?? flavor.processes?.(cluster);
    const settings = settingsOf(
      cluster,
      { ...options, workerProcesses },
      flavor.defaultImage(cluster),
    );
    throwProblems(this.node.path, [
      ...settingsProblems(settings, cluster),
      ...flavor.problems(settings, cluster),
    ]);
    this.namespace = flavor.identity.namespace;
    this.ingressClassName = settings.className;
    this.replicas = settings.replicas;
    this.breakEvenRate = settings.breakEvenRate;
    this.settings = settings;
    cluster._register('ingress', summaryOf(this.node.path, settings, flavor));
    [...ingressRules, ...flavor.rules].forEach((r) => cluster.addRule(r, this));
    this.render(cluster, settings, flavor);
    requireEdgePorts(this, cluster, 'the ingress controller');
  }

  /**
   * The nginx configuration that the options stand for, as one text: each limit and timeout where nginx
   * reads it, around one host with one backend. It is for review and for tests with a real nginx; the
   * controller writes its own, with these values, your Ingresses, and whatever else it was told by
   * options of its own. Certificate and key are `tls.crt` and `tls.key` beside it.
   */
  public get nginxConf(): string {
    return renderNginxConf(this.settings);
  }

  private render(cluster: Cluster, settings: Settings, flavor: Flavor): void {
    cluster.recordDecisions([
      ...decisionsOf(this.node.path, Object.values(edgeRows(settings))),
      ...flavor.decisions(this.node.path, settings),
    ]);
    for (const object of flavor.objects(cluster, settings)) {
      addManifest(this, cluster, Phase.INGRESS, object);
    }
    flavor.require?.(cluster, settings, this);
  }
}

class Configuration implements IIngressConfiguration {
  public constructor(private readonly options: HardenedNginxIngressOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new HardenedNginxIngress(scope, id, { ...this.options, cluster });
  }
}

class Seed2019 implements IIngressConfiguration {
  public constructor(private readonly options: Seed2019Options) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    const { acknowledgeRetired, nginxVersion } = this.options;
    const flavor = retiredFlavor({ acknowledgeRetired, nginxVersion }, true);
    return new HardenedNginxIngress(scope, id, {
      ...seedModel(cluster, this.options),
      controller: NginxController._ofFlavor(flavor),
      cluster,
    });
  }
}
