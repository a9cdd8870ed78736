import type { Duration, Size } from 'cdk8s';
import type { Cluster } from '../cluster';

/** Name servers for one domain. */
export interface StubDomain {
  /** The domain, RFC 1123, without a dot at the end; not the cluster's own. Another value throws. */
  readonly domain: string;
  /**
   * Its name servers, 1 to 15: addresses, with `:port` behind them where it is not 53
   * (`[2001:db8::53]:5353`). Names, loopback and the cache's own addresses throw.
   */
  readonly servers: string[];
}

/**
 * What a user decides about the DNS cache of every machine. All of it has a default that follows from
 * the cluster's facts.
 */
export interface NodeLocalDnsOptions {
  /**
   * The address the cache answers on, the same on every machine and nowhere else: an IPv4 link-local
   * address (169.254.0.0/16, neither Calico's gateway 169.254.1.1 nor the metadata service), or a unique
   * local IPv6 one (fd00::/8) where the first address family of the cluster is IPv6. Another address,
   * or one inside a network of the cluster, throws.
   *
   * @default '169.254.20.10', as upstream's guide has it; 'fd00:a9fe:140a::10' in IPv6 clusters
   */
  readonly localIp?: string;
  /**
   * Whether the cache also takes the address of the cluster's DNS Service on every machine, so that pods
   * need not be told another one. It then depends on rules that keep these packets from kube-proxy. In
   * IPVS mode `true` throws: kube-proxy has the address on an interface of its own.
   *
   * @default - false where the machines boot from the spec: their kubelets give pods `localIp`; true
   * under `Cluster.fromFacts` with kube-proxy in iptables or nftables mode
   */
  readonly bindClusterIp?: boolean;
  /**
   * Whether node-cache writes iptables rules that take its packets out of connection tracking. `false`
   * with `bindClusterIp` throws where kube-proxy runs: it would answer in the cache's place.
   *
   * @default - exactly when `bindClusterIp`, except without kube-proxy
   */
  readonly setupIptables?: boolean;
  /**
   * Address of the cluster's DNS Service, for clusters of others whose installer chose another one than
   * kubeadm's. Inside `serviceCidr`. With machines of the spec it throws.
   *
   * @default - the tenth address of `serviceCidr`
   */
  readonly clusterDnsIp?: string;
  /**
   * Address of the Service kube-dns-upstream, through which the cache reaches CoreDNS while it holds the
   * address of the DNS Service itself. Inside `serviceCidr` and taken by nothing else. Without
   * `bindClusterIp` it throws: there is no such Service then.
   *
   * @default - the eleventh address of `serviceCidr`
   */
  readonly upstreamServiceIp?: string;
  /**
   * Name servers for everything outside of the cluster, 1 to 15, as in `StubDomain.servers`.
   *
   * @default - those of the machine: the file that the kubelet's `resolvConf` names
   */
  readonly upstreamServers?: string[];
  /**
   * Name servers for single domains; unique by domain.
   *
   * @default - none
   */
  readonly stubDomains?: StubDomain[];
  /**
   * Whether questions about the cluster's own names go to CoreDNS over TCP even when they came by UDP:
   * a lost packet is sent again after milliseconds instead of 5 seconds.
   *
   * @default true, as in upstream's manifest
   */
  readonly forceTcp?: boolean;
  /**
   * How many answers each zone keeps, 1024 to 1,000,000; the cache rounds down to a multiple of 256.
   * Another value throws.
   *
   * @default 9984, as in upstream's manifest
   */
  readonly cacheSuccess?: number;
  /**
   * How many answers that a name does not exist each zone keeps, 1024 to 1,000,000. Another value throws.
   *
   * @default 9984, as in upstream's manifest
   */
  readonly cacheDenial?: number;
  /**
   * The longest time an answer is kept, whole seconds, 1 s to 1 hour. Another value throws.
   *
   * @default Duration.seconds(30), as in upstream's manifest
   */
  readonly cacheSuccessTtl?: Duration;
  /**
   * The longest time it is remembered that a name of the cluster does not exist, whole seconds, 1 s to
   * 1 hour. A new Service stays unknown that long. Another value throws. Other zones take
   * `cacheSuccessTtl` for both, as upstream does.
   *
   * @default Duration.seconds(5), as in upstream's manifest
   */
  readonly cacheDenialTtl?: Duration;
  /**
   * Whether every question is logged.
   *
   * @default false
   */
  readonly logQueries?: boolean;
  /**
   * TCP port of the metrics, on all addresses of the machine, 1024 to 65535. Another value throws.
   *
   * @default 9253, as in upstream's manifest
   */
  readonly metricsPort?: number;
  /**
   * TCP port of the health check, on `localIp` only, 1024 to 65535. Another value throws.
   *
   * @default 8080, as in upstream's manifest
   */
  readonly healthPort?: number;
  /**
   * CPU that it reserves, in millicores, 1 to 64000. Another value throws.
   *
   * @default 25, as in upstream's manifest
   */
  readonly cpuRequestMillicores?: number;
  /**
   * Memory that it reserves, whole MiB, at most `memoryLimit`. Another value throws.
   *
   * @default - 32 MiB and a quarter of the caches at 1 KiB an answer, in steps of 16 MiB: 64 MiB with
   * caches of upstream's size
   */
  readonly memoryRequest?: Size;
  /**
   * Memory above which it is killed, whole MiB, at least 32. Another value throws; one below the default
   * is finding GW-DNS-006.
   *
   * @default - 32 MiB and twice the full caches at 1 KiB an answer, in steps of 16 MiB: 192 MiB with
   * caches of upstream's size
   */
  readonly memoryLimit?: Size;
  /**
   * Full reference of node-cache's image, with tag.
   *
   * @default - the catalogue's, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
}

/** `NodeLocalDnsOptions` and the cluster they are for. */
export interface NodeLocalDnsProps extends NodeLocalDnsOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
