import { Cidr, familyOf, isDnsName, type Problem } from '../cluster';
import { REVERSE_ZONES, settledLocalIp } from './choices';
import type { NodeLocalDnsProps } from './dns-options';

/** The plugin that forwards refuses more. */
const MOST_SERVERS = 15;
const LOOPBACK = ['127.0.0.0/8', '::1/128'].map((text) => Cidr.parse(text)!);

/** What is wrong with name servers and domains. */
export function serverProblems(props: NodeLocalDnsProps): Problem[] {
  const { upstreamServers, stubDomains = [] } = props;
  return [
    ...(upstreamServers === undefined
      ? []
      : listProblems('upstreamServers', upstreamServers, props)),
    ...stubDomains.flatMap(({ domain, servers }) => [
      ...domainProblems(domain, props),
      ...listProblems(`servers of stub domain ${domain}`, servers, props),
    ]),
  ];
}

function domainProblems(
  domain: string,
  { cluster, stubDomains = [] }: NodeLocalDnsProps,
): Problem[] {
  const one = (allowed: string, remedy: string): Problem[] => [
    { prop: 'stubDomains', allowed, got: domain, remedy },
  ];
  if (!isDnsName(domain)) {
    return one(
      'domains, RFC 1123 subdomains without a dot at the end',
      'write for example corp.example.no; everything else belongs into upstreamServers',
    );
  }
  if (domain === cluster.dnsDomain || (REVERSE_ZONES as readonly string[]).includes(domain)) {
    return one(
      'other domains than those of the cluster',
      'CoreDNS answers for them, and two blocks for one domain stop node-cache',
    );
  }
  return stubDomains.filter((stub) => stub.domain === domain).length > 1
    ? one('unique by domain', 'give one entry all servers')
    : [];
}

function listProblems(
  prop: string,
  servers: readonly string[],
  props: NodeLocalDnsProps,
): Problem[] {
  if (servers.length === 0 || servers.length > MOST_SERVERS) {
    return [
      {
        prop,
        allowed: `1 to ${MOST_SERVERS} name servers`,
        got: `${servers.length}`,
        remedy: 'leave it out for those of the machine',
      },
    ];
  }
  return servers.flatMap((server) => oneProblem(prop, server, props));
}

function oneProblem(prop: string, got: string, props: NodeLocalDnsProps): Problem[] {
  const ip = addressOf(got);
  if (ip === undefined) {
    return [
      {
        prop,
        allowed: 'addresses, with :port where it is not 53',
        got,
        remedy:
          'write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353; a name would have to be looked up first',
      },
    ];
  }
  const { cluster } = props;
  const own = [settledLocalIp(cluster, props), props.clusterDnsIp ?? cluster.clusterDnsIp];
  return own.includes(ip) || LOOPBACK.some((network) => network.contains(ip))
    ? [
        {
          prop,
          allowed: 'other machines than the cache itself',
          got,
          remedy:
            "a question that comes back is a loop, and node-cache exits; name the servers behind the machine's stub resolver",
        },
      ]
    : [];
}

function addressOf(server: string): string | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(server) ?? [];
  const ip = bracketed ?? plain ?? server;
  const family = familyOf(ip);
  const spelt = port === undefined || (bracketed !== undefined) === (family === 'IPv6');
  return family !== undefined && spelt && validPort(port) ? ip : undefined;
}

function validPort(port: string | undefined): boolean {
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535);
}
