import { Construct } from 'constructs';
import { images } from '../../catalog';
import {
  addManifest,
  Phase,
  throwProblems,
  type Cluster,
  type IIngressConfiguration,
  type Manifest,
} from '../../cluster';
import { requireEdgePorts } from '../edge-ports';
import { renderNamespace } from '../namespace';
import { renderPriorityClass } from '../pod-placement';
import { controllerRelease } from '../release';
import type { Settings } from '../settings';
import { summaryOf } from '../summary';
import { renderDisruptionBudget, renderNetworkPolicy, renderService } from '../traffic';
import { renderAutoscaler, renderWorkload } from '../workload';
import {
  renderClusterRole,
  renderClusterRoleBinding,
  renderIngressClass,
  renderServiceAccount,
} from './access';
import { traefikProblems, traefikSettingsProblems } from './checks';
import { filesAnnotation, renderConfigMap, renderFiles } from './configuration';
import { IDENTITY, PORTS } from './names';
import type { HardenedTraefikOptions, HardenedTraefikProps } from './options';
import { podSpec } from './pod';
import { sharedRules, traefikRules, type TraefikOwn } from './rules';
import { traefikSettingsOf, type TraefikSettings } from './settings';
import { traefikTuning } from './tuning';

/**
 * The edge on Traefik: Ingresses of its class in every namespace, or those that were written for
 * ingress-nginx. Its configuration is a file without custom resources, dashboard, HTTP/3 and usage
 * reports. A slow client is cut off when its whole request has not arrived in `readTimeout`; there is
 * no number of connections, so `breakEvenRate` is where the memory of a replica is full.
 *
 * A host without a certificate of its own is refused in the TLS handshake; there is no default
 * certificate. With KUBERNETES_INGRESS plain HTTP is redirected to HTTPS, but for ACME HTTP-01
 * challenges and for Ingresses whose annotation `traefik.ingress.kubernetes.io/router.priority` is
 * above 1000000, which are served without TLS as well. With INGRESS_NGINX_COMPATIBLE hosts with TLS are
 * redirected, unless their Ingress says otherwise. Backends on a host network need a
 * NetworkPolicy of their own.
 */
export class HardenedTraefik extends Construct {
  /**
   * The edge with its options, to be put into a cluster later.
   *
   * @param options everything but the cluster
   */
  public static configure(options: HardenedTraefikOptions = {}): IIngressConfiguration {
    return new Configuration(options);
  }

  /** Namespace of Traefik. */
  public readonly namespace: string;
  /** Name of the IngressClass. */
  public readonly ingressClassName: string;
  /** Replicas. */
  public readonly replicas: number;
  /** New connections a second at which slow clients fill the memory of one replica, rounded down. */
  public readonly breakEvenRate: number;

  /**
   * @param scope parent construct, inside a Chart
   * @param id construct id
   * @param props the cluster and the options; wrong ones throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: HardenedTraefikProps) {
    super(scope, id);
    const { cluster } = props;
    throwProblems(this.node.path, traefikProblems(props));
    const settings = traefikSettingsOf(cluster, props, cluster._image(images.traefik));
    throwProblems(this.node.path, traefikSettingsProblems(settings, cluster));
    this.namespace = IDENTITY.namespace;
    this.ingressClassName = settings.edge.className;
    this.replicas = settings.edge.replicas;
    this.breakEvenRate = settings.edge.breakEvenRate;
    this.register(cluster, settings);
    const tuning = traefikTuning(settings);
    cluster.recordDecisions(tuning.decisions(this.node.path));
    for (const object of objects(cluster, settings)) {
      addManifest(this, cluster, Phase.INGRESS, object);
    }
    requireEdgePorts(this, cluster, 'Traefik');
  }

  private register(cluster: Cluster, s: TraefikSettings): void {
    const { edge } = s;
    const own: TraefikOwn = { ...edge, traefik: s };
    cluster._register('ingress', {
      ...summaryOf(this.node.path, edge, { identity: IDENTITY, label }),
      headerTimeoutSeconds: s.readMilliseconds / 1000,
      addressMebibytes: addressMebibytes(s),
      own,
    });
    [...sharedRules, ...traefikRules].forEach((r) => cluster.addRule(r, this));
  }
}

function label({ image }: Settings): string {
  return `Traefik ${controllerRelease(image) ?? image}`;
}

function objects(cluster: Cluster, s: TraefikSettings): Manifest[] {
  const tuning = traefikTuning(s);
  const files = renderFiles(s, tuning);
  const budget = renderDisruptionBudget(IDENTITY, s.edge, tuning.placement);
  const autoscaler = renderAutoscaler(IDENTITY, s.edge, tuning.placement);
  return [
    renderNamespace(IDENTITY, cluster.kubernetesVersion.minor, tuning.access.get('podSecurity')),
    renderPriorityClass(tuning.placement),
    renderServiceAccount(),
    renderClusterRole(s),
    renderClusterRoleBinding(),
    renderConfigMap(files),
    renderIngressClass(s),
    renderNetworkPolicy(IDENTITY, cluster, s.edge, PORTS),
    renderService(IDENTITY, cluster, s.edge, tuning.traffic),
    ...(budget === undefined ? [] : [budget]),
    renderWorkload(
      IDENTITY,
      s.edge,
      tuning.placement,
      podSpec(cluster, s, tuning),
      filesAnnotation(files),
    ),
    ...(autoscaler === undefined ? [] : [autoscaler]),
  ];
}

/** What one source address can write to disk: its requests to one route, where bodies are collected. */
function addressMebibytes({ compatible, edge }: TraefikSettings): number {
  const requests = edge.connectionsPerAddress || edge.requests;
  return compatible ? requests * Math.ceil(edge.bodyKibibytes / 1024) : 0;
}

class Configuration implements IIngressConfiguration {
  public constructor(private readonly options: HardenedTraefikOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new HardenedTraefik(scope, id, { ...this.options, cluster });
  }
}
