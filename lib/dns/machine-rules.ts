import { images } from '../catalog';
import { Severity, type Cluster, type IRule, type LedgerEntry } from '../cluster';
import type { DnsChoices } from './choices';
import { dnsRule, when } from './dns-rule';
import { memoryLimitMebibytes } from './memory';

const SOURCES = 'https://github.com/kubernetes/dns/tree/1.26.7/cmd/node-cache';

/** The cache and the machines it runs on. */
export const machineRules: IRule[] = [
  dnsRule(
    {
      id: 'GW-DNS-008',
      severity: Severity.WARNING,
      title: 'Full caches fit below the memory limit',
      why: 'A kill for memory is an outage of DNS for every pod of the machine, and comes when most is asked',
      remedy: 'leave memoryLimit out, or make the caches smaller',
      reference:
        'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1024-nodelocal-cache-dns',
    },
    (_cluster, { limitMebibytes, caches }) => {
      const full = memoryLimitMebibytes(caches);
      return when(
        limitMebibytes < full,
        `memoryLimit is ${limitMebibytes} MiB, and caches of this size come to ${full} MiB`,
      );
    },
  ),
  dnsRule(
    {
      id: 'GW-DNS-009',
      severity: Severity.ERROR,
      title: 'The ports of the cache are free on every machine',
      why: 'node-cache runs in the network of the machine: a second listener on all addresses keeps it from starting, or the other way round',
      remedy: 'change metricsPort or healthPort, or the port of the other',
      reference: SOURCES,
    },
    (cluster, dns, path) =>
      [...new Set(cluster.machines.flatMap((m) => portClashes(cluster, m, dns, path)))]
        .sort()
        .map((message) => ({ message })),
  ),
  dnsRule(
    {
      id: 'GW-DNS-010',
      severity: Severity.NOTE,
      title: "resolv.conf of others' machines names real servers",
      why: 'Where the kubelet hands on the stub of systemd-resolved, 127.0.0.53, the cache asks itself and exits because of a loop',
      remedy:
        'set resolvConf of the kubelets to /run/systemd/resolve/resolv.conf, as kubeadm does where systemd-resolved runs, or set upstreamServers',
      reference: 'https://coredns.io/plugins/loop/#troubleshooting',
    },
    ({ ownsMachines }, { given }) =>
      when(
        !ownsMachines && given.upstreamServers === undefined,
        "the cache asks the name servers of the kubelet's resolvConf",
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-011',
      severity: Severity.NOTE,
      title: "The local address of an IPv6 cluster is nobody else's",
      why: 'IPv6 has no link-local address that pods could reach, so it is a unique local one, which routers elsewhere may know',
      remedy: 'see that no network around the cluster routes it, or choose another localIp',
      reference: 'https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/',
    },
    (_cluster, { localIp }) =>
      when(localIp.includes(':'), `every machine answers on ${localIp} itself`),
  ),
  dnsRule(
    {
      id: 'GW-DNS-012',
      severity: Severity.WARNING,
      title: 'node-cache is the one that everything here was checked with',
      why: 'Another one may know other flags or plugins',
      remedy: 'leave image out, or compare with the sources of that release',
      reference: SOURCES,
    },
    (_cluster, { imageTag }) =>
      when(
        imageTag !== images['node-local-dns'].tag,
        `image has tag ${imageTag ?? 'none'}; flags and plugins are those of ${images['node-local-dns'].tag}`,
      ),
  ),
];

/** What others have asked to be open on one machine, where the cache listens, too. */
function portClashes(
  cluster: Cluster,
  machine: Cluster['machines'][number],
  { metricsPort, healthPort }: DnsChoices,
  path: string,
): string[] {
  const { ports } = cluster.ledger.forMachine(machine);
  const own: Array<[string, number, readonly string[]]> = [
    ['DNS', 53, ['tcp', 'udp']],
    ['metricsPort', metricsPort, ['tcp']],
    ['healthPort', healthPort, ['tcp']],
  ];
  return own.flatMap(([name, port, protocols]) =>
    ports
      .filter((entry) => protocols.some((protocol) => opens(entry, port, protocol)))
      .flatMap(({ reasons }) => reasons.filter((reason) => !reason.endsWith(`(${path})`)))
      .map((reason) => `${name} ${port} is also that of ${reason}`),
  );
}

/** Whether an entry such as `9000-9100/tcp from pods` covers a port. */
function opens({ key }: LedgerEntry, port: number, protocol: string): boolean {
  const [, first, last, spoken] = /^(\d+)(?:-(\d+))?\/(\w+) /.exec(key) ?? [];
  return (
    first !== undefined &&
    spoken === protocol &&
    Number(first) <= port &&
    port <= Number(last ?? first)
  );
}
