import { Cidr, checkInteger, familyOf, isDnsName, type Problem } from '../../cluster';
import { isForLoadBalancers, poolsOf } from './pools';
import type { CalicoBgpFilterRule, CalicoBgpOptions, TopOfRackPeer } from './bgp-options';
import type { TunedCalicoProps } from './calico-options';

/** What Calico's schema takes: its type is a signed 32-bit number. */
const AS_NUMBERS = { min: 1, max: 2147483647 };
const AS_REMEDY = 'use a private number, 64512 to 65534, or your own';
const COMMUNITY = /^\d{1,5}:\d{1,5}$|^\d{1,10}:\d{1,10}:\d{1,10}$/;

/** What is wrong with the BGP options by themselves and with the facts they name. */
export function bgpProblems(props: TunedCalicoProps): Problem[] {
  const { bgp } = props;
  if (bgp === undefined) {
    return [];
  }
  return [
    ...checkInteger('bgp.asNumber', bgp.asNumber, AS_NUMBERS, AS_REMEDY),
    ...checkInteger(
      'bgp.listenPort',
      bgp.listenPort,
      { min: 1, max: 65535 },
      'use 179 unless it is taken',
    ),
    ...switchedOffProblems(bgp),
    ...meshProblems(bgp),
    ...reflectorProblems(props, bgp),
    ...(bgp.topOfRackPeers ?? []).flatMap((peer, index) =>
      peerProblems(props, bgp, peer, `bgp.topOfRackPeers[${index}]`),
    ),
    ...duplicatePeerProblems(bgp.topOfRackPeers ?? []),
    ...filterProblems(bgp),
    ...networkProblems(props, bgp),
    ...communityProblems(bgp),
  ];
}

function switchedOffProblems(bgp: CalicoBgpOptions): Problem[] {
  if (bgp.enabled !== false) {
    return [];
  }
  return Object.entries(bgp)
    .filter(([name, value]) => name !== 'enabled' && value !== undefined && value !== false)
    .map(([name]) => ({
      prop: `bgp.${name}`,
      allowed: 'left out with bgp.enabled false',
      got: 'a value',
      remedy: 'without BIRD nobody reads it; leave bgp.enabled out',
    }));
}

function meshProblems({
  nodeMeshPassword,
  nodeToNodeMesh,
  routeReflectors,
}: CalicoBgpOptions): Problem[] {
  const mesh = nodeToNodeMesh ?? routeReflectors === undefined;
  return nodeMeshPassword === undefined || mesh
    ? []
    : [
        {
          prop: 'bgp.nodeMeshPassword',
          allowed: 'left out without the mesh',
          got: nodeMeshPassword.secretName,
          remedy: 'give each neighbour its password, or keep nodeToNodeMesh on',
        },
      ];
}

function reflectorProblems(
  { cluster }: TunedCalicoProps,
  { routeReflectors }: CalicoBgpOptions,
): Problem[] {
  if (routeReflectors === undefined) {
    return [];
  }
  const { machines, clusterId } = routeReflectors;
  const names = cluster.machines.map((m) => m.name);
  const problems: Problem[] = machines
    .filter((name, index) => !names.includes(name) || machines.indexOf(name) !== index)
    .map((got) => ({
      prop: 'bgp.routeReflectors.machines',
      allowed: 'names of machines of the spec, each once',
      got,
      remedy: 'correct the name, or add the machine to the spec',
    }));
  if (machines.length === 0) {
    problems.push({
      prop: 'bgp.routeReflectors.machines',
      allowed: 'at least one machine',
      got: undefined,
      remedy: 'name two, so that one may be away',
    });
  }
  if (clusterId !== undefined && familyOf(clusterId) !== 'IPv4') {
    problems.push({
      prop: 'bgp.routeReflectors.clusterId',
      allowed: 'in the form of an IPv4 address',
      got: clusterId,
      remedy: 'write an address that nobody has, such as 244.0.0.1',
    });
  }
  return problems;
}

function peerProblems(
  { cluster }: TunedCalicoProps,
  bgp: CalicoBgpOptions,
  peer: TopOfRackPeer,
  prop: string,
): Problem[] {
  const family = familyOf(peer.peerIp);
  const problems: Problem[] = [
    ...checkInteger(`${prop}.asNumber`, peer.asNumber, AS_NUMBERS, AS_REMEDY),
    ...checkInteger(`${prop}.localAsNumber`, peer.localAsNumber, AS_NUMBERS, AS_REMEDY),
    ...checkInteger(
      `${prop}.ttlSecurity`,
      peer.ttlSecurity,
      { min: 1, max: 255 },
      '1 is a neighbour on the same segment',
    ),
    ...checkInteger(
      `${prop}.numAllowedLocalAsNumbers`,
      peer.numAllowedLocalAsNumbers,
      { min: 0, max: 10 },
      'use 1 where all racks share one AS number',
    ),
  ];
  if (family === undefined || !cluster._families.includes(family)) {
    problems.push({
      prop: `${prop}.peerIp`,
      allowed: `an ${cluster._families.join(' or ')} address in canonical spelling`,
      got: peer.peerIp,
      remedy:
        'machines talk to it from an address of the same family; without port and prefix length',
    });
  }
  const own = cluster.machines.find((m) => [m.address, m.addressV6].includes(peer.peerIp));
  if (own !== undefined) {
    problems.push({
      prop: `${prop}.peerIp`,
      allowed: `a router's address, but machine ${own.name} has it`,
      got: peer.peerIp,
      remedy: 'name machines in routeReflectors instead',
    });
  }
  if (peer.zone !== undefined && !cluster.zones.some(({ name }) => name === peer.zone)) {
    problems.push({
      prop: `${prop}.zone`,
      allowed: `one of ${cluster.zones.map(({ name }) => name).join(', ')}`,
      got: peer.zone,
      remedy: 'correct the name, or leave it out for all machines',
    });
  }
  const keepalive = peer.keepaliveTime?.toMilliseconds({ integral: false });
  if (keepalive !== undefined && !(keepalive >= 1000 && keepalive % 1000 === 0)) {
    problems.push({
      prop: `${prop}.keepaliveTime`,
      allowed: 'whole seconds, at least one',
      got: `${keepalive} ms`,
      remedy: "leave it out for BIRD's own",
    });
  }
  const known = (bgp.filters ?? []).map(({ name }) => name);
  for (const got of (peer.filters ?? []).filter((name) => !known.includes(name))) {
    problems.push({
      prop: `${prop}.filters`,
      allowed: `names of bgp.filters (${known.join(', ') || 'there is none'})`,
      got,
      remedy: 'add the filter or correct its name',
    });
  }
  return problems;
}

function duplicatePeerProblems(peers: readonly TopOfRackPeer[]): Problem[] {
  const keys = peers.map(({ zone = '', peerIp }) => `${peerIp} ${zone}`.trim());
  return keys
    .filter((key, index) => keys.indexOf(key) !== index)
    .map((got) => ({
      prop: 'bgp.topOfRackPeers',
      allowed: 'unique by address and zone',
      got,
      remedy: 'a machine keeps one session with a neighbour',
    }));
}

function filterProblems({ filters = [], topOfRackPeers = [] }: CalicoBgpOptions): Problem[] {
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
    for (const [list, family] of Object.entries(families)) {
      const rules = filter[list as keyof typeof families] ?? [];
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

function networkProblems(props: TunedCalicoProps, bgp: CalicoBgpOptions): Problem[] {
  const lists: Array<[string, readonly string[]]> = [
    ['serviceExternalIps', bgp.serviceExternalIps ?? []],
    ['serviceLoadBalancerIps', bgp.serviceLoadBalancerIps ?? []],
    ['prefixAdvertisements', (bgp.prefixAdvertisements ?? []).map(({ cidr }) => cidr)],
  ];
  const problems = lists.flatMap(([name, networks]) =>
    networks
      .filter((network) => Cidr.parse(network) === undefined)
      .map((got) => ({
        prop: `bgp.${name}`,
        allowed: 'canonical CIDRs',
        got,
        remedy: 'write the network address with its prefix length; /32 for one address',
      })),
  );
  // What is advertised as the pool of another owner would draw its traffic to the wrong machines.
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

function communityProblems({
  communities = {},
  prefixAdvertisements = [],
}: CalicoBgpOptions): Problem[] {
  const used = new Set(prefixAdvertisements.flatMap((p) => p.communities));
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(communities)) {
    if (!COMMUNITY.test(value)) {
      problems.push({
        prop: `bgp.communities.${name}`,
        allowed: 'aa:nn or aa:nn:mm',
        got: value,
        remedy: 'write for example 64512:100',
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
  for (const got of [...used].filter((text) => !(text in communities) && !COMMUNITY.test(text))) {
    problems.push({
      prop: 'bgp.prefixAdvertisements.communities',
      allowed: 'aa:nn, aa:nn:mm or a name of bgp.communities',
      got,
      remedy: 'add it to bgp.communities or write its value',
    });
  }
  return problems;
}
