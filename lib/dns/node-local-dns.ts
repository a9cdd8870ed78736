import { Construct } from 'constructs';
import {
  addManifest,
  decisionsOf,
  Phase,
  throwProblems,
  Tuning,
  type Cluster,
  type IDnsConfiguration,
} from '../cluster';
import { boundIps, settleChoices, type DnsChoices } from './choices';
import { corefile } from './corefile';
import { corefileRows } from './corefile-tuning';
import { daemonSet } from './daemon-set';
import type { NodeLocalDnsOptions, NodeLocalDnsProps } from './dns-options';
import { requireMachineNeeds } from './needs';
import { configMap, metricsService, serviceAccount, upstreamService } from './objects';
import { flagRows, podRows } from './pod-tuning';
import { optionProblems } from './problems';
import { absentRules, dnsRules } from './rules';
import { kubeletRunbook } from './runbook';

/**
 * NodeLocal DNSCache: a DNS cache on every machine, on an address that exists nowhere else. Pods' questions
 * are not translated on their way to it, and it asks CoreDNS over TCP: the 5 seconds that a lost UDP
 * packet costs are gone. kubelets of machines that boot from the spec give pods its address by
 * themselves. One per cluster; create it before the network plugin and after the proxy.
 *
 * @example
 * // fragment
 * new NodeLocalDns(chart, 'dns', { cluster, upstreamServers: ['192.0.2.53'] });
 */
export class NodeLocalDns extends Construct {
  /**
   * The cache with its options, for a cluster that does not exist yet.
   *
   * @param options what to decide about it
   */
  public static configure(options: NodeLocalDnsOptions = {}): IDnsConfiguration {
    return new DnsConfiguration(options);
  }

  /** No cache: pods ask CoreDNS through its Service. A note (GW-DNS-013) says what that means. */
  public static none(): IDnsConfiguration {
    return new NoDnsConfiguration();
  }

  /** The address the cache answers on, on every machine. */
  public readonly localIp: string;
  /** Whether it holds the address of the cluster's DNS Service as well. */
  public readonly bindsClusterIp: boolean;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: NodeLocalDnsProps) {
    super(scope, id);
    const { cluster } = props;
    throwProblems(this.node.path, optionProblems(props));
    const choices = settleChoices(props);
    this.localIp = choices.localIp;
    this.bindsClusterIp = choices.bindsClusterIp;
    cluster._register('dns', {
      path: this.node.path,
      label: choices.label,
      localIps: [choices.localIp],
      serviceIp: choices.clusterDnsIp,
      bindsClusterIp: choices.bindsClusterIp,
      own: choices,
    });
    this.addObjects(cluster, choices);
    requireMachineNeeds(cluster, this, choices);
    dnsRules.forEach((rule) => cluster.addRule(rule, this));
    if (!cluster.ownsMachines && !choices.bindsClusterIp) {
      cluster._addReport(this.node.path, 'node-local-dns.md', () =>
        kubeletRunbook(cluster, choices),
      );
    }
  }

  private addObjects(cluster: Cluster, choices: DnsChoices): void {
    const file = new Tuning(corefileRows(choices));
    const pod = new Tuning(podRows(choices));
    const flags = flagRows(choices);
    const { upstreamServiceIp, metricsPort } = choices;
    const objects = [
      serviceAccount(),
      ...(upstreamServiceIp === undefined ? [] : [upstreamService(upstreamServiceIp)]),
      configMap(corefile({ dnsDomain: cluster.dnsDomain, choices, tuning: file })),
      daemonSet({ choices, imagePullSecrets: cluster.imagePullSecrets, flags, tuning: pod }),
      metricsService(metricsPort),
    ];
    objects.forEach((object) => addManifest(this, cluster, Phase.NODE_LOCAL_DNS, object));
    const { path } = this.node;
    cluster.recordDecisions([
      ...decisionsOf(path, [addressRow(choices)]),
      ...file.decisions(path),
      ...pod.decisions(path),
      ...decisionsOf(path, Object.values(flags)),
    ]);
  }
}

/** The choice that everything else follows from. */
function addressRow(choices: DnsChoices) {
  const { bindsClusterIp, given } = choices;
  return {
    key: 'node-cache.-localip',
    value: boundIps(choices).join(','),
    upstream: 'the local address and, in iptables mode, that of the DNS Service',
    why:
      (given.localIp ?? given.bindClusterIp) === undefined
        ? bindsClusterIp
          ? 'kubelets of others give pods the address of the DNS Service, so the cache takes that one, too'
          : 'an address that nothing else has and nobody translates: right in every proxy mode'
        : 'chosen in the spec',
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/',
  };
}

class DnsConfiguration implements IDnsConfiguration {
  public constructor(private readonly options: NodeLocalDnsOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new NodeLocalDns(scope, id, { ...this.options, cluster });
  }
}

class NoDnsConfiguration implements IDnsConfiguration {
  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    const nothing = new Construct(scope, id);
    absentRules.forEach((rule) => cluster.addRule(rule, nothing));
    return nothing;
  }
}
