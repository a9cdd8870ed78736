import type { TunedCalicoProps } from './calico-options';
import { checkInteger, type Problem } from '../../cluster';

/** The kernel gives a UDP port to one device; for clusters with VXLAN. */
export function vxlanPortProblems({ wireguard = {} }: TunedCalicoProps): Problem[] {
  return (['listeningPort', 'listeningPortV6'] as const)
    .filter((prop) => wireguard[prop] === 4789)
    .map((prop) => ({
      prop: `wireguard.${prop}`,
      allowed: 'another port than 4789 with VXLAN',
      got: 4789,
      remedy: 'leave it out unless 51820 or 51821 is taken',
    }));
}

/** What is wrong with encryption. */
export function wireguardProblems({ cluster, wireguard }: TunedCalicoProps): Problem[] {
  if (wireguard === undefined) {
    return [];
  }
  const range = { min: 1024, max: 65535 };
  const { listeningPort, listeningPortV6, keepAlive } = wireguard;
  const problems = [
    ...checkInteger(
      'wireguard.listeningPort',
      listeningPort,
      range,
      'use 51820 unless it is taken',
    ),
    ...checkInteger(
      'wireguard.listeningPortV6',
      listeningPortV6,
      range,
      'use 51821 unless it is taken',
    ),
  ];
  const both = [listeningPort ?? 51820, listeningPortV6 ?? 51821];
  if (cluster.isDualStack && both[0] === both[1]) {
    problems.push({
      prop: 'wireguard.listeningPortV6',
      allowed: 'another port than listeningPort',
      got: both[1],
      remedy: 'each family has a device of its own',
    });
  }
  for (const [prop, value, family] of [
    ['listeningPort', listeningPort, 'IPv4'],
    ['listeningPortV6', listeningPortV6, 'IPv6'],
  ] as const) {
    if (value !== undefined && !cluster._families.includes(family)) {
      problems.push({
        prop: `wireguard.${prop}`,
        allowed: `left out in a cluster without ${family}`,
        got: value,
        remedy: 'there is no such device',
      });
    }
  }
  const seconds = keepAlive?.toSeconds({ integral: false });
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds <= 65535)) {
    problems.push({
      prop: 'wireguard.keepAlive',
      allowed: 'whole seconds up to 65535',
      got: `${seconds} s`,
      remedy: '25 seconds keep most firewalls open; leave it out where there is none',
    });
  }
  return problems;
}
