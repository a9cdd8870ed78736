import type { MetalLbBgpAdvertisement, MetalLbBgpOptions, MetalLbBgpPeer } from './mode-options';
import type { MetalLbProps } from './options';
import { selectorProblems } from './selector-problems';
import { peerName } from './settings';
import { checkInteger, familyOf, millis, type Cluster, type Problem } from '../../cluster';
import { readAddresses } from '../pool-addresses';

const AS_NUMBERS = { min: 1, max: 2 ** 32 - 1 };
const PASSWORD_KEY = 'password';

/** What is wrong with sessions, routes and pools of MetalLB's own BGP; it refuses all or nothing. */
export function bgpProblems(props: MetalLbProps): Problem[] {
  const bgp = props.mode?._bgp;
  if (bgp === undefined) {
    return [];
  }
  return [
    ...checkInteger('mode.asNumber', bgp.asNumber, AS_NUMBERS, 'private ones begin at 64512'),
    ...countProblems(bgp),
    ...bgp.peers.flatMap((peer, at) => peerProblems(props.cluster, bgp, peer, at)),
    ...(bgp.advertisements ?? []).flatMap((one, at) => advertisementProblems(props, bgp, one, at)),
    ...preferenceProblems(bgp.advertisements ?? []),
    ...familyProblems(props),
  ];
}

function countProblems({ peers, advertisements }: MetalLbBgpOptions): Problem[] {
  const lists: Array<[string, readonly unknown[] | undefined, string]> = [
    ['mode.peers', peers, 'without a router nobody outside learns the way'],
    ['mode.advertisements', advertisements, 'leave it out to announce every address'],
  ];
  return lists
    .filter(([, list]) => list?.length === 0)
    .map(([prop, , remedy]) => ({ prop, allowed: 'at least one', got: undefined, remedy }));
}

function peerProblems(
  { machines, zones }: Cluster,
  { peers }: MetalLbBgpOptions,
  peer: MetalLbBgpPeer,
  at: number,
): Problem[] {
  const prop = `mode.peers[${at}]`;
  const problems: Problem[] = [
    ...checkInteger(`${prop}.asNumber`, peer.asNumber, AS_NUMBERS, 'ask whoever runs the router'),
    ...checkInteger(`${prop}.port`, peer.port, { min: 1, max: 16384 }, 'BGP has port 179'),
    ...selectorProblems(`${prop}.nodeSelector`, peer.nodeSelector),
  ];
  if (familyOf(peer.address) !== 'IPv4') {
    problems.push({
      prop: `${prop}.address`,
      allowed: 'an IPv4 address in canonical spelling',
      got: peer.address,
      remedy: "MetalLB's own BGP dials no IPv6 address; Calico's does (CalicoLoadBalancer)",
    });
  }
  const machine = machines.find((m) => m.address === peer.address);
  if (machine !== undefined) {
    problems.push({
      prop: `${prop}.address`,
      allowed: `a router's, but machine ${machine.name} has it`,
      got: peer.address,
      remedy: 'name the routers in front of the machines',
    });
  }
  if (peers.findIndex((other) => peerName(other) === peerName(peer)) !== at) {
    problems.push({
      prop,
      allowed: 'named once for a zone',
      got: peer.address,
      remedy: 'a router has one session with an address',
    });
  }
  if (peer.zone !== undefined && !zones.some(({ name }) => name === peer.zone)) {
    problems.push({
      prop: `${prop}.zone`,
      allowed: `one of ${zones.map(({ name }) => name).join(', ')}`,
      got: peer.zone,
      remedy: 'correct its name, or leave it out for machines of all zones',
    });
  }
  return [...problems, ...holdTimeProblems(prop, peer), ...passwordProblems(prop, peer)];
}

function holdTimeProblems(prop: string, { holdTime }: MetalLbBgpPeer): Problem[] {
  const seconds = holdTime === undefined ? 9 : millis(holdTime) / 1000;
  return Number.isInteger(seconds) && seconds >= 3 && seconds <= 65535
    ? []
    : [
        {
          prop: `${prop}.holdTime`,
          allowed: 'whole seconds, 3 to 65535',
          got: `${seconds} s`,
          remedy: 'BGP counts in seconds, and knows no shorter time',
        },
      ];
}

function passwordProblems(prop: string, { password }: MetalLbBgpPeer): Problem[] {
  return password === undefined || password.key === PASSWORD_KEY
    ? []
    : [
        {
          prop: `${prop}.password`,
          allowed: `the key ${PASSWORD_KEY} of a Secret of type kubernetes.io/basic-auth`,
          got: password.key,
          remedy: 'MetalLB reads no other key, and no Secret of another type',
        },
      ];
}

function advertisementProblems(
  { pools }: MetalLbProps,
  { peers }: MetalLbBgpOptions,
  given: MetalLbBgpAdvertisement,
  at: number,
): Problem[] {
  const prop = `mode.advertisements[${at}]`;
  const { aggregationLength } = given;
  const chosen = pools.filter(({ name }) => given.pools?.includes(name) ?? true);
  return [
    ...listProblems(
      `${prop}.pools`,
      given.pools,
      pools.map(({ name }) => name),
    ),
    ...listProblems(
      `${prop}.peers`,
      given.peers,
      peers.map(({ address }) => address),
    ),
    ...checkInteger(
      `${prop}.aggregationLength`,
      aggregationLength,
      { min: Math.max(1, ...chosen.map(({ addresses }) => widestOf(addresses))), max: 32 },
      'a shorter prefix would draw traffic for addresses outside of the pools',
    ),
    ...checkInteger(
      `${prop}.localPref`,
      given.localPref,
      { min: 0, max: 2 ** 31 - 1 },
      'routers of the same AS number take the route with the larger one',
    ),
    ...(given.communities ?? [])
      .filter((text, index, all) => !isCommunity(text) || all.indexOf(text) !== index)
      .map((got) => ({
        prop: `${prop}.communities`,
        allowed: 'aa:nn with numbers up to 65535, each once',
        got,
        remedy: "MetalLB's own BGP knows neither large nor extended communities",
      })),
    ...selectorProblems(`${prop}.nodeSelector`, given.nodeSelector),
  ];
}

/** Of each entry the widest network; the narrowest of these is what a route may not be wider than. */
function widestOf(addresses: readonly string[]): number {
  const widest = addresses.map((text) =>
    Math.min(...(readAddresses(text)?.cidrs ?? []).map(({ prefix }) => prefix)),
  );
  return Math.max(...widest.filter(Number.isFinite), 1);
}

function listProblems(
  prop: string,
  given: readonly string[] | undefined,
  known: readonly string[],
): Problem[] {
  const wrong = (given ?? []).filter(
    (name, index, all) => !known.includes(name) || all.indexOf(name) !== index,
  );
  return (given?.length === 0 ? [''] : wrong).map((got) => ({
    prop,
    allowed: `some of ${known.join(', ')}, each once`,
    got,
    remedy: 'leave it out for all of them',
  }));
}

/** Of two preferences for one route MetalLB takes neither. */
function preferenceProblems(advertisements: readonly MetalLbBgpAdvertisement[]): Problem[] {
  const meet = (one: readonly string[] | undefined, other: readonly string[] | undefined) =>
    one === undefined || other === undefined || one.some((name) => other.includes(name));
  return advertisements.flatMap((one, at) => {
    const { localPref = 0, aggregationLength = 32, pools, peers, nodeSelector } = one;
    const rival = advertisements.slice(0, at).findIndex(
      (other) =>
        (other.localPref ?? 0) !== localPref &&
        (other.aggregationLength ?? 32) === aggregationLength &&
        meet(other.pools, pools) &&
        meet(other.peers, peers) &&
        // Machines of two selectors may be others; only MetalLB sees whether they are.
        (other.nodeSelector === undefined || nodeSelector === undefined),
    );
    return rival < 0
      ? []
      : [
          {
            prop: `mode.advertisements[${at}].localPref`,
            allowed: `that of mode.advertisements[${rival}], which announces the same routes`,
            got: localPref,
            remedy: 'give the two other pools, routers or lengths',
          },
        ];
  });
}

function familyProblems({ pools }: MetalLbProps): Problem[] {
  return pools.flatMap(({ addresses }, at) =>
    addresses.flatMap((got, index) =>
      readAddresses(got)?.family === 'IPv6'
        ? [
            {
              prop: `pools[${at}].addresses[${index}]`,
              allowed: 'IPv4 addresses with MetalLbMode.bgp',
              got,
              remedy: "MetalLB's own BGP announces no IPv6; Calico's does (CalicoLoadBalancer)",
            },
          ]
        : [],
    ),
  );
}

function isCommunity(text: string): boolean {
  const parts = text.split(':');
  return (
    parts.length === 2 && parts.every((part) => /^\d{1,5}$/.test(part) && Number(part) <= 65535)
  );
}
