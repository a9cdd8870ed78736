import { Cidr, isLinkLocalV6 } from './cidr';
import type { ClusterProps } from './cluster-props';
import type { Problem } from './problem';

const DROP = 'leave it out, or give podCidrV6, serviceCidrV6, nodeCidrV6 and addressV6 throughout';

/** Both families everywhere or one everywhere: half a second family is one that fails on some machine. */
export function dualStackProblems(props: ClusterProps): Problem[] {
  const given: Array<[string, string | undefined]> = [
    ['podCidrV6', props.podCidrV6],
    ['serviceCidrV6', props.serviceCidrV6],
    ...props.zones.map((z): [string, string | undefined] => [
      `nodeCidrV6 of zone ${z.name}`,
      z.nodeCidrV6,
    ]),
    ...props.machines.map((m): [string, string | undefined] => [
      `addressV6 of machine ${m.name}`,
      m.addressV6,
    ]),
  ];
  // A gateway needs no partner everywhere, but it has no place in a cluster of one family.
  const gateways = props.machines.map((m): [string, string | undefined] => [
    `gatewayV6 of machine ${m.name}`,
    m.gatewayV6,
  ]);
  const some = [...given, ...gateways].find(([, value]) => value !== undefined);
  if (some === undefined) {
    return [];
  }
  return [
    ...given
      .filter(([, value]) => value === undefined)
      .map(([prop]) => ({
        prop,
        allowed: `given in a dual-stack cluster, which ${some[0]} makes this one`,
        got: undefined,
        remedy: DROP,
      })),
    ...orderProblems(props),
    ...addressProblems(props),
  ];
}

/** The first family is that of the API server and of cluster DNS; here it is IPv4. */
function orderProblems(props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  for (const prop of ['podCidr', 'serviceCidr'] as const) {
    const cidr = Cidr.parse(props[prop]);
    if (cidr?.family === 'IPv6') {
      problems.push({
        prop,
        allowed: 'an IPv4 network in a dual-stack cluster',
        got: cidr,
        remedy: `the first family is IPv4; give the IPv6 network as ${prop}V6`,
      });
    }
  }
  for (const prop of ['podCidrV6', 'serviceCidrV6'] as const) {
    const cidr = Cidr.parse(props[prop] ?? '');
    if (cidr?.family === 'IPv4') {
      problems.push({
        prop,
        allowed: 'an IPv6 network',
        got: cidr,
        remedy: 'the second family is IPv6; write for example fd00:244::/56',
      });
    }
  }
  return problems;
}

function addressProblems({ machines, zones, underlay }: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { name, zone: zoneName, ...machine } of machines) {
    const zone = zones.find((z) => z.name === zoneName);
    for (const prop of ['addressV6', 'gatewayV6'] as const) {
      const got = machine[prop];
      const onLink = prop === 'gatewayV6' && got !== undefined && isLinkLocalV6(got);
      if (got !== undefined && zone?._cidrV6?.contains(got) === false && !onLink) {
        problems.push({
          prop: `${prop} of machine ${name}`,
          allowed: `inside ${zone.nodeCidrV6} of zone ${zone.name}${prop === 'gatewayV6' ? ' or link-local' : ''}`,
          got,
          remedy: 'correct the address, the zone, or the nodeCidrV6 of the zone',
        });
      }
    }
    if (machine.addressV6 !== undefined && seen.has(machine.addressV6)) {
      problems.push({
        prop: 'machines',
        allowed: 'unique by IPv6 address',
        got: machine.addressV6,
        remedy: 'two machines cannot answer on one address',
      });
    }
    seen.add(machine.addressV6 ?? '');
    if (machine.gateway !== undefined && machine.gatewayV6 === undefined) {
      problems.push({
        prop: `gatewayV6 of machine ${name}`,
        allowed: 'given beside gateway in a dual-stack cluster',
        got: undefined,
        remedy: 'a machine that forwards no longer learns its IPv6 gateway by itself',
      });
    }
    // Without the first gateway no network-config is written, and nothing would read the second.
    if (
      machine.gatewayV6 !== undefined &&
      machine.gateway === undefined &&
      !underlay.singleAddresses
    ) {
      problems.push({
        prop: `gateway of machine ${name}`,
        allowed: 'given beside gatewayV6',
        got: undefined,
        remedy: "give both, or leave both out and keep the image's own network configuration",
      });
    }
  }
  return problems;
}
