import { Cidr } from './cidr';
import type { ClusterProps } from './cluster-props';
import type { Problem } from './problem';

/** What is wrong with the networks of a cluster: spelling, overlap, family and size. */
export function networkProblems(props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  const named: Array<[string, Cidr]> = props.zones.map((z) => [
    `nodeCidr of zone ${z.name}`,
    z._cidr,
  ]);
  for (const prop of ['podCidr', 'serviceCidr'] as const) {
    const cidr = Cidr.parse(props[prop]);
    if (cidr === undefined) {
      problems.push({
        prop,
        allowed: 'a canonical CIDR',
        got: props[prop],
        remedy: 'write the network address with its prefix length, for example 10.244.0.0/16',
      });
    } else {
      named.push([prop, cidr]);
    }
  }
  named.forEach(([prop, cidr], index) => {
    for (const [otherProp, other] of named.slice(0, index)) {
      if (cidr.overlaps(other)) {
        problems.push({
          prop,
          allowed: `apart from ${otherProp} ${other}`,
          got: cidr,
          remedy:
            'give every network its own range; packets to a shared address go to only one of them',
        });
      }
    }
  });
  problems.push(...familyProblems(props, named));
  problems.push(...serviceCidrProblems(props.serviceCidr), ...podCidrProblems(props));
  return problems;
}

/** One family throughout: the API server refuses Services of another family than its own address. */
function familyProblems(props: ClusterProps, named: ReadonlyArray<[string, Cidr]>): Problem[] {
  const first = props.zones[0];
  if (first === undefined) {
    return [];
  }
  const { family } = first._cidr;
  return named
    .filter(([, cidr]) => cidr.family !== family)
    .map(([prop, got]) => ({
      prop,
      allowed: `an ${family} network, as the nodeCidr of zone ${first.name} is`,
      got,
      remedy: 'give machines, pods and Services one family',
    }));
}

function serviceCidrProblems(text: string): Problem[] {
  const cidr = Cidr.parse(text);
  if (cidr === undefined) {
    return [];
  }
  const base = cidr.family === 'IPv4' ? 32 : 128;
  const hostBits = base - cidr.prefix;
  // kubeadm gives the tenth address to cluster DNS, and refuses more than 20 host bits.
  if (hostBits < 4 || hostBits > 20) {
    return [
      {
        prop: 'serviceCidr',
        allowed: `between /${base - 20} and /${base - 4}`,
        got: cidr,
        remedy: `a /${base - 16} holds 65,000 Services`,
      },
    ];
  }
  return [];
}

function podCidrProblems(props: ClusterProps): Problem[] {
  const cidr = Cidr.parse(props.podCidr);
  if (cidr === undefined) {
    return [];
  }
  const mask = cidr.family === 'IPv4' ? 24 : 64;
  // The controller manager cuts one /24 (or /64) per node out of it and refuses more than 16 bits between.
  if (cidr.prefix > mask || mask - cidr.prefix > 16) {
    return [
      {
        prop: 'podCidr',
        allowed: `between /${mask - 16} and /${mask}`,
        got: cidr,
        remedy: `kubeadm sets a /${mask} aside for every machine; a /${mask - 8} serves 256 machines`,
      },
    ];
  }
  if (BigInt(props.machines.length) > 2n ** BigInt(mask - cidr.prefix)) {
    return [
      {
        prop: 'podCidr',
        allowed: `large enough for ${props.machines.length} machines`,
        got: cidr,
        remedy: `every machine gets a /${mask} of it; shorten the prefix`,
      },
    ];
  }
  return [];
}
