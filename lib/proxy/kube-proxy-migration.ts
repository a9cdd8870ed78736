import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { kubeProxyImage } from '../catalog';
import {
  agreeWithFact,
  isDnsName,
  KubeProxyMode,
  parseImage,
  throwProblems,
  type Cluster,
  type Problem,
} from '../cluster';
import { KubeProxyNames } from './kube-proxy-options';
import { cleanupJobs } from './migration-cleanup';
import type { KubeProxyLeftover, KubeProxyMigrationProps } from './migration-options';
import { leftovers, needsCleanup } from './migration-plan';
import { runbook } from './migration-runbook';
import { objectNames } from './names';

const RUNBOOK = 'kube-proxy-migration.md';
const MANIFEST = 'kube-proxy-cleanup.manifest';

/**
 * The way from one mode of kube-proxy to another on a cluster that runs: what stays behind on the machines,
 * what takes it away, and in which order. It changes nothing: GroundworkApp writes
 * `report/kube-proxy-migration.md` and, where nothing else cleans up, `report/kube-proxy-cleanup.manifest`
 * with a suspended Job for each machine. No phase applies either. Remove it when the move is done.
 *
 * @example
 * // fragment
 * new KubeProxyMigration(chart, 'migration', { cluster, from: KubeProxyMode.IPTABLES, to: KubeProxyMode.IPVS });
 */
export class KubeProxyMigration extends Construct {
  /** The mode that ran before. */
  public readonly from: KubeProxyMode;
  /** The mode that is to run. */
  public readonly to: KubeProxyMode;

  private readonly cluster: Cluster;
  private readonly previous: string;
  private readonly image: string;

  /**
   * @param scope parent construct
   * @param id construct id
   * @param props the cluster and its two modes; wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: KubeProxyMigrationProps) {
    super(scope, id);
    const { cluster, from, previousDaemonSet, image } = props;
    const to = props.to ?? cluster.kubeProxyMode;
    throwProblems(this.node.path, migrationProblems(props, to));
    agreeWithFact(this.node.path, 'kubeProxyMode', cluster.kubeProxyMode, to!);
    this.cluster = cluster;
    this.from = from;
    this.to = to!;
    this.previous = previousDaemonSet ?? 'kube-proxy';
    this.image = image ?? cluster._image(kubeProxyImage(cluster.kubernetesVersion.patch));
    cluster._addReport(this.node.path, RUNBOOK, () => this.runbook());
    if (this.needsCleanup) {
      cluster._addReport(this.node.path, MANIFEST, () => this.cleanupManifest());
    }
  }

  /** Whether something stays on the machines that no kube-proxy takes away by itself. */
  public get needsCleanup(): boolean {
    return needsCleanup(this.from, this.to);
  }

  /** What the old mode leaves on the machines, and what takes it away. */
  public leftovers(): KubeProxyLeftover[] {
    return leftovers(this.from, this.to);
  }

  /** The steps, in Markdown. Call it when all constructs of the cluster are there. */
  public runbook(): string {
    const { from, to, previous } = this;
    const names = this.cluster._summary('kubeProxy')?.ownNames
      ? KubeProxyNames.OWN
      : KubeProxyNames.KUBEADM;
    return runbook(this.cluster, {
      from,
      to,
      previous,
      next: objectNames(names, to).name,
      leftovers: this.leftovers(),
      ...(this.needsCleanup ? { manifest: `report/${MANIFEST}` } : {}),
    });
  }

  /** The Jobs that clean up, suspended, as YAML; empty where the new kube-proxy does it. */
  public cleanupManifest(): string {
    return this.needsCleanup ? Yaml.stringify(...cleanupJobs(this.cluster, this.image)) : '';
  }
}

function migrationProblems(
  { from, previousDaemonSet, image }: KubeProxyMigrationProps,
  to: KubeProxyMode | undefined,
): Problem[] {
  const modes: string[] = Object.values(KubeProxyMode);
  const running = modes.filter((mode) => mode !== KubeProxyMode.NONE);
  const problems: Problem[] = [];
  if (!running.includes(from)) {
    const remedy = 'name the mode whose rules are on the machines now';
    problems.push({ prop: 'from', allowed: `one of ${running.join(', ')}`, got: from, remedy });
  }
  if (to === undefined || !modes.includes(to) || to === from) {
    problems.push({
      prop: 'to',
      allowed: `one of ${modes.filter((mode) => mode !== from).join(', ')}`,
      got: to,
      remedy: 'name the mode that is to run, or create the proxy before this construct',
    });
  }
  if (from === KubeProxyMode.IPVS && to === KubeProxyMode.NONE) {
    problems.push({
      prop: 'to',
      allowed: 'iptables or nftables, from ipvs',
      got: to,
      remedy:
        'restart every machine there and go on to none after that: what IPVS leaves behind can lock a machine out under BPF',
    });
  }
  if (previousDaemonSet !== undefined && !isDnsName(previousDaemonSet)) {
    problems.push({
      prop: 'previousDaemonSet',
      allowed: 'an RFC 1123 name',
      got: previousDaemonSet,
      remedy: 'copy it from `kubectl -n kube-system get daemonsets`',
    });
  }
  if (image !== undefined && parseImage(image) === undefined) {
    problems.push({
      prop: 'image',
      allowed: 'a full reference with a tag or a digest',
      got: image,
      remedy: 'write registry/repository:tag',
    });
  }
  return problems;
}
