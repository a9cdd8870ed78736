import { images } from '../catalog';
import { Cidr, familyOf, KubeProxyMode, parseImage, type Cluster } from '../cluster';
import type { NodeLocalDnsOptions, NodeLocalDnsProps, StubDomain } from './dns-options';
import { memoryLimitMebibytes, memoryRequestMebibytes, type CacheShape } from './memory';

/** The numbers and names that upstream's manifest has. */
export const DEFAULTS = {
  localIp: { IPv4: '169.254.20.10', IPv6: 'fd00:a9fe:140a::10' },
  cacheSize: 9984,
  successSeconds: 30,
  denialSeconds: 5,
  metricsPort: 9253,
  healthPort: 8080,
  cpuMillicores: 25,
  interfaceName: 'nodelocaldns',
} as const;

/** Zones that upstream sends to CoreDNS: the cluster's own, and both reverse ones. */
export const REVERSE_ZONES = ['in-addr.arpa', 'ip6.arpa'] as const;

/** The options with every default settled. */
export interface DnsChoices {
  /** What the user said, to tell a choice from a default. */
  readonly given: NodeLocalDnsOptions;
  /** The release, for people. */
  readonly label: string;
  readonly image: string;
  readonly imageTag?: string;
  /** Mode of the proxy at the moment of settling. */
  readonly proxyMode?: KubeProxyMode;
  readonly localIp: string;
  readonly bindsClusterIp: boolean;
  readonly setupIptables: boolean;
  /** The address of the DNS Service. */
  readonly clusterDnsIp: string;
  /** The fixed address of kube-dns-upstream; there is none while the cache does not hold clusterDnsIp. */
  readonly upstreamServiceIp?: string;
  /** Where questions about the cluster's names go. */
  readonly forwardTo: string;
  readonly upstreamServers: readonly string[];
  readonly stubDomains: readonly StubDomain[];
  readonly forceTcp: boolean;
  readonly caches: CacheShape;
  readonly successSeconds: number;
  readonly denialSeconds: number;
  readonly logQueries: boolean;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly cpuMillicores: number;
  readonly requestMebibytes: number;
  readonly limitMebibytes: number;
  /** Whether the network plugin was created earlier: what it renders for the cache has been rendered. */
  readonly afterCni: boolean;
}

/** Settles every option; call `optionProblems` first. */
export function settleChoices(props: NodeLocalDnsProps): DnsChoices {
  const { cluster, ...given } = props;
  const bindsClusterIp = settledBinding(cluster, given);
  const clusterDnsIp = given.clusterDnsIp ?? cluster.clusterDnsIp;
  const upstreamServiceIp = bindsClusterIp ? settledUpstreamIp(cluster, given) : undefined;
  const image = given.image ?? cluster._image(images['node-local-dns']);
  const { tag } = parseImage(image)!;
  const caches = cacheShape(given);
  return {
    given,
    label: `NodeLocal DNSCache ${tag ?? 'by digest'}`,
    image,
    imageTag: tag,
    proxyMode: cluster.kubeProxyMode,
    localIp: settledLocalIp(cluster, given),
    bindsClusterIp,
    setupIptables: settledIptables(cluster, given),
    clusterDnsIp,
    upstreamServiceIp,
    forwardTo: upstreamServiceIp ?? clusterDnsIp,
    upstreamServers: given.upstreamServers ?? ['/etc/resolv.conf'],
    stubDomains: [...(given.stubDomains ?? [])].sort((a, b) => (a.domain < b.domain ? -1 : 1)),
    forceTcp: given.forceTcp ?? true,
    caches,
    successSeconds: given.cacheSuccessTtl?.toSeconds() ?? DEFAULTS.successSeconds,
    denialSeconds: given.cacheDenialTtl?.toSeconds() ?? DEFAULTS.denialSeconds,
    logQueries: given.logQueries ?? false,
    metricsPort: given.metricsPort ?? DEFAULTS.metricsPort,
    healthPort: given.healthPort ?? DEFAULTS.healthPort,
    cpuMillicores: given.cpuRequestMillicores ?? DEFAULTS.cpuMillicores,
    requestMebibytes: settledRequest(given, caches),
    limitMebibytes: settledLimit(given, caches),
    afterCni: cluster._summary('cni') !== undefined,
  };
}

/** One family is enough: the DNS Service has only the first, and answers hold addresses of both. */
export function settledLocalIp(cluster: Cluster, given: NodeLocalDnsOptions): string {
  return given.localIp ?? DEFAULTS.localIp[cluster._families[0]!];
}

/** Whether the cache holds the address of the DNS Service. */
export function settledBinding(cluster: Cluster, given: NodeLocalDnsOptions): boolean {
  const { kubeProxyMode, ownsMachines } = cluster;
  const redirectable =
    kubeProxyMode === KubeProxyMode.IPTABLES || kubeProxyMode === KubeProxyMode.NFTABLES;
  return given.bindClusterIp ?? (!ownsMachines && redirectable);
}

/** Rules are needed only to keep packets to a Service's address from the proxy that redirects them. */
export function settledIptables(cluster: Cluster, given: NodeLocalDnsOptions): boolean {
  const redirected = cluster.kubeProxyMode !== KubeProxyMode.NONE;
  return given.setupIptables ?? (settledBinding(cluster, given) && redirected);
}

/** The address of kube-dns-upstream: the one behind that of the DNS Service, below all dynamic ones. */
export function settledUpstreamIp(cluster: Cluster, given: NodeLocalDnsOptions): string {
  return given.upstreamServiceIp ?? Cidr.parse(cluster.serviceCidr)!.nth(11);
}

export function settledLimit(given: NodeLocalDnsOptions, caches: CacheShape): number {
  return given.memoryLimit?.toMebibytes() ?? memoryLimitMebibytes(caches);
}

/** The default never exceeds a limit that somebody chose. */
export function settledRequest(given: NodeLocalDnsOptions, caches: CacheShape): number {
  const limit = settledLimit(given, caches);
  return given.memoryRequest?.toMebibytes() ?? Math.min(limit, memoryRequestMebibytes(caches));
}

export function cacheShape(given: NodeLocalDnsOptions): CacheShape {
  return {
    // The cluster's domain, the reverse zones, everything else, and the stub domains.
    zones: 2 + REVERSE_ZONES.length + (given.stubDomains?.length ?? 0),
    success: given.cacheSuccess ?? DEFAULTS.cacheSize,
    denial: given.cacheDenial ?? DEFAULTS.cacheSize,
  };
}

/** The addresses that node-cache puts on its interface and answers on. */
export function boundIps({ localIp, bindsClusterIp, clusterDnsIp }: DnsChoices): string[] {
  return bindsClusterIp ? [localIp, clusterDnsIp] : [localIp];
}

/** Host and port as CoreDNS and URLs spell them. */
export function hostPort(ip: string, port: number): string {
  return familyOf(ip) === 'IPv6' ? `[${ip}]:${port}` : `${ip}:${port}`;
}
