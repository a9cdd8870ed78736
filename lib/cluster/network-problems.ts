import { Cidr } from './cidr';
import type { ClusterProps } from './cluster-props';
import type { Problem } from './problem';

/** What is wrong with the networks of a cluster: spelling, overlap, family and size. */
export function networkProblems(props: ClusterProps): Problem[] {
  const { named, problems } = namedNetworks(props);
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
  problems.push(...familyProblems(props, named), ...outsideProblems(props, named));
  for (const [prop, cidr] of named) {
    if (prop.startsWith('serviceCidr')) {
      problems.push(...serviceCidrProblems(prop, cidr));
    } else if (prop.startsWith('podCidr')) {
      problems.push(...podCidrProblems(prop, cidr, props.machines.length));
    }
  }
  return problems;
}

/** Every network with its name; of those of zones it is known that they are networks. */
function namedNetworks(props: ClusterProps): { named: Array<[string, Cidr]>; problems: Problem[] } {
  const problems: Problem[] = [];
  const named: Array<[string, Cidr]> = [];
  for (const { name, _cidr, _cidrV6 } of props.zones) {
    named.push([`nodeCidr of zone ${name}`, _cidr]);
    if (_cidrV6 !== undefined) {
      named.push([`nodeCidrV6 of zone ${name}`, _cidrV6]);
    }
  }
  for (const prop of ['podCidr', 'serviceCidr', 'podCidrV6', 'serviceCidrV6'] as const) {
    const text = props[prop];
    if (text === undefined) {
      continue;
    }
    const cidr = Cidr.parse(text);
    if (cidr === undefined) {
      problems.push({
        prop,
        allowed: 'a canonical CIDR',
        got: text,
        remedy: `write the network address with its prefix length, for example ${prop.endsWith('V6') ? 'fd00:244::/56' : '10.244.0.0/16'}`,
      });
    } else {
      named.push([prop, cidr]);
    }
  }
  return { named, problems };
}

/** Machines may stand on a network that is outside as well; pods and Services may not. */
function outsideProblems(
  { outsideCidrs = [] }: ClusterProps,
  named: ReadonlyArray<[string, Cidr]>,
): Problem[] {
  const prop = 'outsideCidrs';
  const inside = named.filter(([name]) => /^(pod|service)Cidr/.test(name));
  return outsideCidrs.flatMap((got): Problem[] => {
    const cidr = Cidr.parse(got);
    return cidr === undefined
      ? [
          {
            prop,
            allowed: 'canonical CIDRs',
            got,
            remedy: 'write the network address with its prefix length, for example 172.17.0.0/16',
          },
        ]
      : inside
          .filter(([, own]) => own.overlaps(cidr))
          .map(([name, own]) => ({
            prop,
            allowed: `apart from ${name} ${own}`,
            got,
            remedy: `change ${name}: nothing in the cluster could reach these addresses`,
          }));
  });
}

/** One family throughout: the API server refuses Services of another family than its own address. */
function familyProblems(props: ClusterProps, named: ReadonlyArray<[string, Cidr]>): Problem[] {
  const first = props.zones[0];
  if (first === undefined) {
    return [];
  }
  const { family } = first._cidr;
  return named
    .filter(([prop, cidr]) => !/V6\b/.test(prop) && cidr.family !== family)
    .map(([prop, got]) => ({
      prop,
      allowed: `an ${family} network, as the nodeCidr of zone ${first.name} is`,
      got,
      remedy: 'give machines, pods and Services one family',
    }));
}

function serviceCidrProblems(prop: string, cidr: Cidr): Problem[] {
  const base = cidr.family === 'IPv4' ? 32 : 128;
  const hostBits = base - cidr.prefix;
  // kubeadm gives the tenth address to cluster DNS, and refuses more than 20 host bits.
  if (hostBits < 4 || hostBits > 20) {
    return [
      {
        prop,
        allowed: `between /${base - 20} and /${base - 4}`,
        got: cidr,
        remedy: `a /${base - 16} holds 65,000 Services`,
      },
    ];
  }
  return [];
}

function podCidrProblems(prop: string, cidr: Cidr, machines: number): Problem[] {
  const mask = cidr.family === 'IPv4' ? 24 : 64;
  // The controller manager cuts one /24 (or /64) per node out of it and refuses more than 16 bits between.
  if (cidr.prefix > mask || mask - cidr.prefix > 16) {
    return [
      {
        prop,
        allowed: `between /${mask - 16} and /${mask}`,
        got: cidr,
        remedy: `kubeadm sets a /${mask} aside for every machine; a /${mask - 8} serves 256 machines`,
      },
    ];
  }
  if (BigInt(machines) > 2n ** BigInt(mask - cidr.prefix)) {
    return [
      {
        prop,
        allowed: `large enough for ${machines} machines`,
        got: cidr,
        remedy: `every machine gets a /${mask} of it; shorten the prefix`,
      },
    ];
  }
  return [];
}
