import { Construct } from 'constructs';
import {
  addManifest,
  Phase,
  PortSource,
  throwProblems,
  type Cluster,
  type IIngressConfiguration,
} from '../cluster';
import { optionProblems, settingsProblems } from './checks';
import { NginxController } from './controller';
import type { Flavor } from './flavor';
import type { HardenedNginxIngressOptions, HardenedNginxIngressProps } from './options';
import { ingressRules } from './rules';
import { settingsOf, type Settings } from './settings';
import { machinesForReplicas, RESPONSE_FILE_MEBIBYTES, STOP_SECONDS } from './sizing';

/**
 * The edge: NGINX Ingress Controller (open source), hardened for the internet. It serves Ingresses
 * of its class in every namespace. Slow clients are held off by client-side timeouts, by as many
 * connections and requests as its memory can hold at their worst while it reloads, and by a limit for
 * each source address; the rate at which slow headers still fill a replica is computed and stands in
 * the ConfigMap, in the decisions and in the summary. Requests in flight survive a rollout for up to a
 * minute, and a reboot without a drain for a quarter of that.
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

  /**
   * @param scope parent construct, inside a Chart
   * @param id construct id
   * @param props the cluster and the options; wrong ones throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: HardenedNginxIngressProps) {
    super(scope, id);
    const { cluster } = props;
    throwProblems(this.node.path, optionProblems(props));
    const { _flavor: flavor } = props.controller ?? NginxController.nginxIngressController();
    const settings = settingsOf(cluster, props, flavor.defaultImage(cluster));
    throwProblems(this.node.path, [
      ...settingsProblems(settings),
      ...flavor.problems(settings, cluster),
    ]);
    this.namespace = flavor.identity.namespace;
    this.ingressClassName = settings.className;
    this.replicas = settings.replicas;
    this.breakEvenRate = settings.breakEvenRate;
    this.register(cluster, settings, flavor);
    this.render(cluster, settings, flavor);
    this.requireNodePorts(cluster, settings);
  }

  private render(cluster: Cluster, settings: Settings, flavor: Flavor): void {
    cluster.recordDecisions(flavor.decisions(this.node.path, settings));
    for (const object of flavor.objects(cluster, settings)) {
      addManifest(this, cluster, Phase.INGRESS, object);
    }
    flavor.require?.(cluster, settings, this);
  }

  private requireNodePorts(cluster: Cluster, settings: Settings): void {
    if (settings.loadBalanced) {
      return;
    }
    for (const port of Object.values(settings.nodePorts)) {
      cluster.ledger.requirePort(String(port), {
        by: this,
        why: 'clients reach the ingress controller here',
        protocol: 'tcp',
        from: PortSource.ANYWHERE,
        machines: machinesForReplicas(cluster).map((m) => m.name),
      });
    }
  }

  private register(cluster: Cluster, settings: Settings, flavor: Flavor): void {
    cluster._register('ingress', {
      path: this.node.path,
      label: flavor.label(settings),
      namespace: flavor.identity.namespace,
      replicas: settings.replicas,
      nodePorts: [settings.nodePorts.http, settings.nodePorts.https],
      breakEvenRate: settings.breakEvenRate,
      image: settings.image,
      headerTimeoutSeconds: settings.timeouts.header / 1000,
      memoryMebibytes: settings.mebibytes,
      drainSeconds: STOP_SECONDS,
      temporaryMebibytes: settings.temporaryMebibytes,
      addressMebibytes: addressMebibytes(settings),
    });
    [...ingressRules, ...flavor.rules].forEach((r) => cluster.addRule(r, this));
  }
}

/** What one source address can write: each of its requests a body and a response. */
function addressMebibytes(settings: Settings): number {
  const requests = settings.connectionsPerAddress || settings.requests;
  return requests * (Math.ceil(settings.bodyKibibytes / 1024) + RESPONSE_FILE_MEBIBYTES);
}

class Configuration implements IIngressConfiguration {
  public constructor(private readonly options: HardenedNginxIngressOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new HardenedNginxIngress(scope, id, { ...this.options, cluster });
  }
}
