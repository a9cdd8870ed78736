import type { CalicoBgpOptions, TopOfRackPeer } from './bgp-options';
import { communityProblems, filterProblems, networkProblems } from './bgp-route-problems';
import type { TunedCalicoProps } from './calico-options';
import { takenPortProblems } from './port-problems';
import { checkInteger, familyOf, type Problem } from '../../cluster';

/** What Calico's schema takes: its type is a signed 32-bit number. */
const AS_NUMBERS = { min: 1, max: 2147483647 };
const AS_REMEDY = 'use a private number, 64512 to 65534, or your own';

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
    ...takenPortProblems('bgp.listenPort', bgp.listenPort, 179),
    ...switchedOffProblems(bgp),
    ...meshProblems(bgp),
    ...reflectorProblems(props, bgp),
    ...(bgp.topOfRackPeers ?? []).flatMap((peer, index) =>
      peerProblems(props, bgp, peer, `bgp.topOfRackPeers[${index}]`),
    ),
    ...duplicatePeerProblems(bgp.topOfRackPeers ?? []),
    ...filterProblems(props, bgp),
    ...networkProblems(props, bgp),
    ...communityProblems(bgp),
  ];
}

function switchedOffProblems(bgp: CalicoBgpOptions): Problem[] {
  if (bgp.enabled !== false) {
    return [];
  }
  return givenOptions(bgp).map((name) => ({
    prop: `bgp.${name}`,
    allowed: 'left out with bgp.enabled false',
    got: 'a value',
    remedy: 'without BIRD nobody reads it; leave bgp.enabled out',
  }));
}

/** Options that nobody would read, because nothing that was chosen needs BGP. */
export function idleBgpProblems({ bgp = {} }: TunedCalicoProps, enabled: boolean): Problem[] {
  if (enabled || bgp.enabled !== undefined) {
    return [];
  }
  return givenOptions(bgp).map((name) => ({
    prop: `bgp.${name}`,
    allowed: 'left out where nothing needs BGP',
    got: 'a value',
    remedy: 'set bgp.enabled to true, or remove it: BIRD does not run and nobody reads it',
  }));
}

/** What was asked for; `false` and empty lists ask for nothing. */
function givenOptions(bgp: CalicoBgpOptions): string[] {
  return Object.entries(bgp)
    .filter(([name, value]) => name !== 'enabled' && value !== undefined && value !== false)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name]) => name);
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

/** A neighbour of all machines is one of every zone, too. */
function duplicatePeerProblems(peers: readonly TopOfRackPeer[]): Problem[] {
  const meet = (a: TopOfRackPeer, b: TopOfRackPeer) =>
    a.peerIp === b.peerIp && (a.zone === undefined || b.zone === undefined || a.zone === b.zone);
  return peers
    .filter((peer, index) => peers.slice(0, index).some((other) => meet(other, peer)))
    .map(({ peerIp, zone }) => ({
      prop: 'bgp.topOfRackPeers',
      allowed: 'unique by address and zone',
      got: zone === undefined ? peerIp : `${peerIp} ${zone}`,
      remedy: 'a machine keeps one session with a neighbour',
    }));
}
