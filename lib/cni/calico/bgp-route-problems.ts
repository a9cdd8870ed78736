import type { CalicoBgpFilterRule, CalicoBgpOptions } from './bgp-options';
import type { TunedCalicoProps } from './calico-options';
import { isForLoadBalancers, poolsOf } from './pools';
import { Cidr, isDnsName, type Problem } from '../../cluster';

/** What is wrong with filters. */
export function filterProblems(
  { cluster }: TunedCalicoProps,
  { filters = [], topOfRackPeers = [] }: CalicoBgpOptions,
): Problem[] {
  const names = filters.map(({ name }) => name);
  const used = new Set(topOfRackPeers.flatMap((peer) => peer.filters ?? []));
  return filters.flatMap((filter, index) => {
    const prop = `bgp.filters[${index}]`;
    const problems: Problem[] = [];
    if (!isDnsName(filter.name) || names.indexOf(filter.name) !== index) {
      problems.push({
        prop: `${prop}.name`,
        allowed: 'an RFC 1123 subdomain of its own',
        got: filter.name,
        remedy: 'use lower-case letters, digits, hyphens and dots',
      });
    }
    if (!used.has(filter.name)) {
      problems.push({
        prop,
        allowed: 'named by a neighbour',
        got: filter.name,
        remedy: 'add it to the filters of a neighbour, or remove it',
      });
    }
    const families = {
      exportV4: 'IPv4',
      importV4: 'IPv4',
      exportV6: 'IPv6',
      importV6: 'IPv6',
    } as const;
    if (Object.keys(families).every((list) => !filter[list as keyof typeof families]?.length)) {
      problems.push({
        prop,
        allowed: 'with a rule in one of its lists',
        got: filter.name,
        remedy: 'a filter without rules lets every route through; remove it',
      });
    }
    for (const [list, family] of Object.entries(families)) {
      const rules = filter[list as keyof typeof families] ?? [];
      if (rules.length > 0 && !cluster._families.includes(family)) {
        problems.push({
          prop: `${prop}.${list}`,
          allowed: `left out in a cluster without ${family}`,
          got: 'a value',
          remedy: 'no machine sends or receives such routes',
        });
      }
      rules.forEach((rule, at) =>
        problems.push(...ruleProblems(rule, family, `${prop}.${list}[${at}]`)),
      );
    }
    return problems;
  });
}

function ruleProblems(rule: CalicoBgpFilterRule, family: string, prop: string): Problem[] {
  const problems: Problem[] = [];
  if (rule.cidr !== undefined && Cidr.parse(rule.cidr)?.family !== family) {
    problems.push({
      prop: `${prop}.cidr`,
      allowed: `a canonical ${family} CIDR`,
      got: rule.cidr,
      remedy: 'rules of the other family stand in the other list',
    });
  }
  if ((rule.cidr === undefined) !== (rule.matchOperator === undefined)) {
    problems.push({
      prop: `${prop}.${rule.cidr === undefined ? 'cidr' : 'matchOperator'}`,
      allowed: 'given together with the other of the two',
      got: undefined,
      remedy: 'a network and the way to compare it belong together',
    });
  }
  return problems;
}

/** What is wrong with networks that are advertised. */
export function networkProblems(props: TunedCalicoProps, bgp: CalicoBgpOptions): Problem[] {
  const families: Array<string | undefined> = props.cluster._families;
  const lists: Array<[string, readonly string[]]> = [
    ['serviceExternalIps', bgp.serviceExternalIps ?? []],
    ['serviceLoadBalancerIps', bgp.serviceLoadBalancerIps ?? []],
    ['prefixAdvertisements', (bgp.prefixAdvertisements ?? []).map(({ cidr }) => cidr)],
  ];
  const problems = lists.flatMap(([name, networks]) =>
    networks
      .filter((network) => !families.includes(Cidr.parse(network)?.family))
      .map((got) => ({
        prop: `bgp.${name}`,
        allowed: `canonical ${families.join(' or ')} CIDRs`,
        got,
        remedy: 'write the network address with its prefix length; /32 for one address',
      })),
  );
  // Addresses of pods have routes of their own; as addresses of Services they would draw traffic to
  // machines that do not have the pod.
  const pods = poolsOf(props).filter((pool) => !isForLoadBalancers(pool));
  for (const [name, networks] of lists.slice(0, 2)) {
    for (const got of networks) {
      const pool = pods.find(({ cidr }) => {
        const own = Cidr.parse(cidr);
        const other = Cidr.parse(got);
        return own !== undefined && other !== undefined && own.overlaps(other);
      });
      if (pool !== undefined) {
        problems.push({
          prop: `bgp.${name}`,
          allowed: `apart from the pod network ${pool.cidr}`,
          got,
          remedy: 'addresses of Services lie outside of the pod networks',
        });
      }
    }
  }
  return problems;
}

/** What is wrong with communities and where they are used. */
export function communityProblems({
  communities = {},
  prefixAdvertisements = [],
}: CalicoBgpOptions): Problem[] {
  const used = new Set(prefixAdvertisements.flatMap((p) => p.communities));
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(communities)) {
    if (!isCommunity(value)) {
      problems.push({
        prop: `bgp.communities.${name}`,
        allowed: 'aa:nn or aa:nn:mm',
        got: value,
        remedy: 'write for example 64512:100; numbers go to 65535, three of them to 4294967295',
      });
    }
    if (!used.has(name)) {
      problems.push({
        prop: `bgp.communities.${name}`,
        allowed: 'used by a prefixAdvertisement',
        got: name,
        remedy: 'Calico refuses a community that nothing uses; name it or remove it',
      });
    }
  }
  for (const { cidr } of prefixAdvertisements.filter((p) => p.communities.length === 0)) {
    problems.push({
      prop: 'bgp.prefixAdvertisements.communities',
      allowed: `at least one community for ${cidr}`,
      got: undefined,
      remedy: 'an advertisement only adds communities; name one, or remove it',
    });
  }
  for (const got of [...used].filter((text) => !(text in communities) && !isCommunity(text))) {
    problems.push({
      prop: 'bgp.prefixAdvertisements.communities',
      allowed: 'aa:nn, aa:nn:mm or a name of bgp.communities',
      got,
      remedy: 'add it to bgp.communities or write its value',
    });
  }
  return problems;
}

/** Two numbers of 16 bits or three of 32. */
function isCommunity(text: string): boolean {
  const parts = text.split(':');
  const most = { 2: 65535, 3: 4294967295 }[parts.length] ?? -1;
  return parts.every((part) => /^\d{1,10}$/.test(part) && Number(part) <= most);
}
