import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { imageReference, type ImagePin } from '../catalog';
import type { ApiEndpoint } from './api-endpoint';
import { Cidr, type IpFamily } from './cidr';
import type { ClusterFacts, ClusterProps } from './cluster-props';
import { conntrackBudget } from './conntrack';
import { Contributions, type When } from './contributions';
import type { Decision } from './decision';
import { factProblems } from './fact-problems';
import type { FetchedManifest } from './fetched-manifest';
import { Severity, type Finding, type IRule } from './finding';
import { findingLine } from './finding-line';
import { KubernetesVersion } from './kubernetes-version';
import { Ledger } from './ledger';
import type { Machine } from './machine';
import type { NetworkPath } from './network-path';
import type { OperatingSystem } from './operating-system';
import { overheadOf, packetWays } from './overhead';
import { longestRoundTrip, networkPaths, nicMtu } from './path-limits';
import type { Phase } from './phase';
import { placeholdersInObjects } from './placeholder';
import { throwProblems } from './problem';
import type { Residency } from './residency';
import { Review } from './review';
import { clusterRules } from './rules';
import type { Summaries } from './summaries';
import type { Underlay } from './underlay';
import {
  LoadBalancerKind,
  type CniKind,
  type Encapsulation,
  type KubeProxyMode,
} from './vocabulary';
import type { Wait } from './wait';
import type { Zone } from './zone';

/**
 * The facts of one cluster, given once, and every answer that follows from them. All other
 * constructs take it as their `cluster` prop, write their needs into its ledger, and register rules
 * that it evaluates at synth under any App. Wrong facts throw in the constructor, all of them at once.
 */
export class Cluster extends Construct {
  /**
   * A cluster whose machines this spec does not own: an existing kubeadm cluster, for example.
   * Everything is checked as for an own one; nothing is written for its machines.
   *
   * @param scope parent construct
   * @param id construct id; the cluster's name by default
   * @param facts what is true of it
   */
  public static fromFacts(scope: Construct, id: string, facts: ClusterFacts): Cluster {
    return new ForeignCluster(scope, id, facts);
  }

  /** Name of the cluster. */
  public readonly clusterName: string;
  /** Kubernetes release. */
  public readonly kubernetesVersion: KubernetesVersion;
  /** Distribution on the machines. */
  public readonly operatingSystem: OperatingSystem;
  /** Where the Kubernetes API answers. */
  public readonly endpoint: ApiEndpoint;
  /** Network of the pods. */
  public readonly podCidr: string;
  /** Network of the Services. */
  public readonly serviceCidr: string;
  /** IPv6 network of the pods, in a dual-stack cluster. */
  public readonly podCidrV6?: string;
  /** IPv6 network of the Services, in a dual-stack cluster. */
  public readonly serviceCidrV6?: string;
  /** Domain of Service names. */
  public readonly dnsDomain: string;
  /** The network the machines stand on. */
  public readonly underlay: Underlay;
  /** Zones. */
  public readonly zones: Zone[];
  /** Machines. */
  public readonly machines: Machine[];
  /** Registry mirror, if there is one. */
  public readonly imageRegistry?: string;
  /** Names of the pull secrets every emitted pod lists. */
  public readonly imagePullSecrets: string[];
  /** Base URL of a mirror of release archives, if there is one. */
  public readonly downloadBaseUrl?: string;
  /** In which countries machines, volumes, backups and images may be, if the spec says so. */
  public readonly residency?: Residency;
  /** The ISO day the spec is for, if it names one. */
  public readonly asOf?: string;
  /** What the constructs of this cluster need on its machines. */
  public readonly ledger = new Ledger();

  private readonly facts: ClusterFacts;
  private readonly ways: readonly NetworkPath[];
  private readonly review = new Review();
  private readonly recorded: Decision[] = [];
  private readonly contributions = new Contributions();

  /**
   * @param scope parent construct
   * @param id construct id; the cluster's name by default
   * @param props the facts
   */
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    this.facts = props;
    this.clusterName = props.clusterName ?? id;
    throwProblems(this.node.path, factProblems(this.clusterName, props));
    this.kubernetesVersion = props.kubernetesVersion ?? KubernetesVersion.V1_36;
    this.operatingSystem = props.operatingSystem;
    this.endpoint = props.endpoint;
    this.podCidr = props.podCidr;
    this.serviceCidr = props.serviceCidr;
    this.podCidrV6 = props.podCidrV6;
    this.serviceCidrV6 = props.serviceCidrV6;
    this.dnsDomain = props.dnsDomain ?? 'cluster.local';
    this.underlay = props.underlay;
    this.zones = [...props.zones];
    this.machines = [...props.machines];
    this.ways = networkPaths(this);
    this.imageRegistry = props.imageRegistry;
    this.imagePullSecrets = [...(props.imagePullSecrets ?? [])];
    this.downloadBaseUrl = props.downloadBaseUrl;
    this.residency = props.residency;
    this.asOf = props.asOf;
    clusterRules.forEach((rule) => this.addRule(rule));
    this.node.addValidation({
      validate: () => [
        ...this.findings()
          .filter((f) => f.severity === Severity.ERROR)
          .map(findingLine),
        ...placeholdersInObjects(this.node.root),
      ],
    });
  }

  /** Whether the machines boot from this spec. */
  public get ownsMachines(): boolean {
    return true;
  }

  /** Mode of the service proxy, if it is known. */
  public get kubeProxyMode(): KubeProxyMode | undefined {
    return this.facts.kubeProxyMode ?? this._summary('kubeProxy')?.mode;
  }

  /** The network plugin, if it is known. */
  public get cni(): CniKind | undefined {
    return this.facts.cni ?? this._summary('cni')?.kind;
  }

  /** What gives Services of type LoadBalancer their addresses. */
  public get loadBalancer(): LoadBalancerKind {
    return this.facts.loadBalancer ?? this._summary('loadBalancer')?.kind ?? LoadBalancerKind.NONE;
  }

  /** Machines that run etcd and the API server, in the order in which they join. */
  public get controlPlanes(): Machine[] {
    return this.machines.filter((m) => m.isControlPlane);
  }

  /** Machines that run workloads only. */
  public get workers(): Machine[] {
    return this.machines.filter((m) => !m.isControlPlane);
  }

  /** Whether workloads run on the control planes, because the spec has no worker. */
  public get controlPlaneRunsWorkloads(): boolean {
    return this.workers.length === 0;
  }

  /** Members that must agree before etcd writes: more than half. */
  public get quorum(): number {
    return Math.floor(this.controlPlanes.length / 2) + 1;
  }

  /** Address of cluster DNS: the tenth of the service network, as kubeadm chooses it. */
  public get clusterDnsIp(): string {
    return Cidr.parse(this.serviceCidr)!.nth(10);
  }

  /** Address of the `kubernetes` Service: the first of the service network. */
  public get kubernetesServiceIp(): string {
    return Cidr.parse(this.serviceCidr)!.nth(1);
  }

  /** The kernel of the machines, for example `6.1`. */
  public get kernel(): string {
    return this.operatingSystem.kernel;
  }

  /** Whether machines, pods and Services have addresses of both families. */
  public get isDualStack(): boolean {
    return this.podCidrV6 !== undefined;
  }

  /** Networks of the pods, IPv4 first. */
  public get podCidrs(): string[] {
    return [this.podCidr, ...(this.podCidrV6 === undefined ? [] : [this.podCidrV6])];
  }

  /** Networks of the Services, IPv4 first. */
  public get serviceCidrs(): string[] {
    return [this.serviceCidr, ...(this.serviceCidrV6 === undefined ? [] : [this.serviceCidrV6])];
  }

  /**
   * The ways between machines: inside every zone that has any, and between every two of them, with
   * the largest packet that each carries.
   */
  public paths(): NetworkPath[] {
    return [...this.ways];
  }

  /**
   * MTU of the NIC of a machine, in bytes.
   *
   * @param machine one of `machines`
   */
  public nicMtu(machine: Machine): number {
    return nicMtu(this, machine);
  }

  /**
   * The largest packet that every machine can send to every other, in bytes: the least over all NICs,
   * zones and links.
   */
  public get pathMtu(): number {
    // A cluster without machines does not get past its facts.
    return this.ways.reduce((least, { mtu }) => Math.min(least, mtu), Infinity);
  }

  /** The longest round trip between two control-plane machines. */
  public get controlPlaneRoundTrip(): Duration {
    return longestRoundTrip(this.ways, this.controlPlanes);
  }

  /**
   * MTU of a pod's interface, in bytes: what every way carries, less what the encapsulation adds.
   * CrossSubnet counts in full: some way uses it. In a dual-stack cluster the encapsulation is that of
   * IPv4; IPv6 travels the same way, by VXLAN beside IP in IP.
   *
   * @param encapsulation how pod packets travel
   */
  public podMtu(encapsulation: Encapsulation): number {
    return this.pathMtu - overheadOf(packetWays(encapsulation, this._families));
  }

  /**
   * The largest number of connections the machine's kernel tracks: a power of two that takes at most
   * 2 % of its memory, never less than the kernel's own default, never more than 1,048,576. With
   * `peakConnections` twice that peak, within the same bounds. On machines of others it is what
   * kube-proxy sets there, by cores.
   *
   * @param machine the machine
   */
  public conntrackMax(machine: Machine): number {
    return conntrackBudget(this, machine).entries;
  }

  /**
   * The zone a machine stands in.
   *
   * @param machine one of `machines`
   */
  public zoneOf(machine: Machine): Zone {
    return this.zones.find((z) => z.name === machine.zone)!;
  }

  /**
   * Registers a rule. Every construct registers the rules about what would break in it; users may
   * add rules of their own with ids of their own.
   *
   * @param rule the rule; an id of another form than `GW-PROXY-001`, or one that is registered already
   * for the same path, throws
   * @param registrant the construct that findings of this rule point to; this cluster by default
   */
  public addRule(rule: IRule, registrant: Construct = this): void {
    this.review.add(rule, registrant.node.path);
  }

  /**
   * Records decisions, for the report and for comments on the machines.
   *
   * @param decisions what was chosen, and why
   */
  public recordDecisions(decisions: Decision[]): void {
    this.recorded.push(...decisions);
  }

  /** Every decision, in the order of the constructs that made them. */
  public decisions(): Decision[] {
    return [...this.recorded];
  }

  /** Every finding of all rules: errors first, then warnings, then notes, each sorted by id and path. */
  public findings(): Finding[] {
    return this.review.findings(this);
  }

  /**
   * Accepts a warning or a note and records why. Errors cannot be accepted.
   *
   * @param id the finding's id, for example `GW-PROXY-001`; another form throws
   * @param reason why it is acceptable here; an empty one throws
   */
  public acknowledge(id: string, reason: string): void {
    this.review.acknowledge(this.node.path, id, reason);
  }

  /**
   * Address families of machines, pods and Services; both, IPv4 first, in a dual-stack cluster.
   *
   * @internal
   */
  public get _families(): IpFamily[] {
    return this.isDualStack ? ['IPv4', 'IPv6'] : [this.zones[0]!._cidr.family];
  }

  /**
   * What kubelets tell pods to ask: the cache of their machine if there is one. A cache that holds the
   * address of the DNS Service is asked there, so that CoreDNS answers while it is away.
   *
   * @internal
   */
  public get _kubeletDnsIps(): readonly string[] {
    const cache = this._summary('dns');
    return cache === undefined || cache.bindsClusterIp ? [this.clusterDnsIp] : cache.localIps;
  }

  /**
   * What a room tells the others about itself; one construct of each room per cluster.
   *
   * @internal
   */
  public _register<K extends keyof Summaries>(room: K, summary: Summaries[K]): void {
    this.contributions.register(room, summary);
  }

  /**
   * What a room said about itself, if it is part of this cluster.
   *
   * @internal
   */
  public _summary<K extends keyof Summaries>(room: K): Summaries[K] | undefined {
    return this.contributions.summaries[room] as Summaries[K] | undefined;
  }

  /**
   * Does something with what a room says about itself: at once, or when it says it. For rooms that
   * render an object which two of them have a say in.
   *
   * @internal
   */
  public _whenRegistered<K extends keyof Summaries>(
    room: K,
    then: (summary: Summaries[K]) => void,
  ): void {
    this.contributions.whenRegistered(room, then);
  }

  /**
   * Whether the kind of load balancer is a fact of the spec, not only what a construct says.
   *
   * @internal
   */
  public get _loadBalancerStated(): LoadBalancerKind | undefined {
    return this.facts.loadBalancer;
  }

  /**
   * What must be true of the cluster before a phase is applied, such as kinds that somebody else
   * defines, or must have come true after it, before the next one is.
   *
   * @internal
   */
  public _wait(when: When, phase: Phase, ...waits: Wait[]): void {
    this.contributions.wait(when, phase, waits);
  }

  /**
   * The waits of one phase, in the order in which they were added.
   *
   * @internal
   */
  public _waits(when: When, phase: Phase): Wait[] {
    return this.contributions.waits(when, phase);
  }

  /**
   * What somebody else publishes and a phase needs, such as the definitions of an API: apply.sh fetches
   * it before the objects of the phase. Two constructs may need the same one.
   *
   * @internal
   */
  public _fetch(phase: Phase, ...manifests: FetchedManifest[]): void {
    this.contributions.fetch(phase, manifests);
  }

  /**
   * What is fetched before one phase, in the order in which it was asked for.
   *
   * @internal
   */
  public _fetched(phase: Phase): FetchedManifest[] {
    return this.contributions.fetched(phase);
  }

  /**
   * A file for people below `report/`, rendered when all constructs have said what they are. Nothing
   * there is ever applied by itself; a manifest that somebody applies by hand ends in `.manifest`, since
   * tools collect every `.yaml` below the output folder.
   *
   * @param name the file's name; one that another construct has taken throws
   * @internal
   */
  public _addReport(path: string, name: string, content: () => string): void {
    this.contributions.addReport(path, name, content);
  }

  /**
   * The files that constructs add to the report, name → content.
   *
   * @internal
   */
  public _reports(): Record<string, string> {
    return this.contributions.reports();
  }

  /**
   * The reference of a catalogued image, from the mirror if there is one.
   *
   * @internal
   */
  public _image(pin: ImagePin): string {
    return imageReference(pin, this.imageRegistry);
  }

  /**
   * Acknowledged ids under which no rule found a warning or note.
   *
   * @param askedBy id of the rule that asks, which cannot be evaluated while it asks
   * @internal
   */
  public _staleAcknowledgements(askedBy: string): string[] {
    return this.review.staleAcknowledgements(this, askedBy);
  }
}

/** The machines are there already; only the answer to one question differs. */
class ForeignCluster extends Cluster {
  public override get ownsMachines(): boolean {
    return false;
  }
}
