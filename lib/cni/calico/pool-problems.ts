import type { TunedCalicoProps } from './calico-options';
import { ipamProblems } from './ipam-problems';
import { IpPoolUse, type CalicoIpPool } from './pool-options';
import { givesPodAddresses, isForLoadBalancers, poolsOf } from './pools';
import { Cidr, checkInteger, Encapsulation, isDnsLabel, type Problem } from '../../cluster';

/** Most pools that an Installation holds (CRD installations.operator.tigera.io, v1.42.3). */
const MOST_POOLS = 25;

/** What is wrong with the pools and with how addresses are given out. */
export function poolProblems(props: TunedCalicoProps): Problem[] {
  const pools = poolsOf(props);
  const parsed = pools.map((pool) => Cidr.parse(pool.cidr));
  const problems: Problem[] = [
    ...countProblems(props, pools),
    ...nameProblems(pools),
    ...unusedBlockSizeProblems(props),
  ];
  pools.forEach((pool, index) => {
    const cidr = parsed[index];
    const prop = props.ipPools === undefined ? 'cluster.podCidr' : `ipPools[${index}]`;
    if (cidr === undefined) {
      problems.push({
        prop: `${prop}.cidr`,
        allowed: 'a canonical CIDR',
        got: pool.cidr,
        remedy: 'write the network address with its prefix length, for example 10.244.0.0/16',
      });
      return;
    }
    problems.push(...placeProblems(props, `${prop}.cidr`, pool, cidr));
    parsed.slice(0, index).forEach((other, at) => {
      if (other?.overlaps(cidr) === true) {
        problems.push({
          prop: `${prop}.cidr`,
          allowed: `apart from ipPools[${at}].cidr ${other}`,
          got: cidr,
          remedy: 'an address belongs to one pool',
        });
      }
    });
    problems.push(...blockProblems(props, pool, prop, cidr));
    problems.push(...useProblems(prop, pool));
  });
  return [...problems, ...ipamProblems(props)];
}

function countProblems({ cluster, ipPools }: TunedCalicoProps, pools: readonly CalicoIpPool[]) {
  const problems: Problem[] = [];
  const count = pools.filter((pool) => !isForLoadBalancers(pool)).length;
  if (count > MOST_POOLS) {
    problems.push({
      prop: 'ipPools',
      allowed: `at most ${MOST_POOLS} pools for pods`,
      got: count,
      remedy: 'join neighbouring networks into one',
    });
  }
  if (ipPools !== undefined) {
    for (const family of cluster._families) {
      const some = pools.some(
        (pool) => givesPodAddresses(pool) && Cidr.parse(pool.cidr)?.family === family,
      );
      if (!some) {
        problems.push({
          prop: 'ipPools',
          allowed: `with a pool for ${family} pods that gives addresses by itself`,
          got: pools.map(({ cidr }) => cidr),
          remedy: 'without one no pod gets an address of that family, cluster DNS included',
        });
      }
    }
  }
  return problems;
}

function nameProblems(pools: readonly CalicoIpPool[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const families = new Set<string>();
  pools.forEach((pool, index) => {
    const family = Cidr.parse(pool.cidr)?.family ?? '';
    const first = !isForLoadBalancers(pool) && !families.has(family);
    if (first) {
      families.add(family);
    }
    const name = pool.name ?? (first ? `default-${family.toLowerCase()}-ippool` : undefined);
    if (name === undefined || !isDnsLabel(name) || seen.has(name)) {
      problems.push({
        prop: `ipPools[${index}].name`,
        allowed: 'an RFC 1123 label of its own',
        got: name,
        remedy: 'name every pool but the first of each family',
      });
    }
    seen.add(name ?? '');
  });
  return problems;
}

/** The operator refuses a pool outside of what kubeadm knows; addresses of Services lie elsewhere. */
function placeProblems(
  { cluster }: TunedCalicoProps,
  prop: string,
  pool: CalicoIpPool,
  cidr: Cidr,
): Problem[] {
  const inside = cluster.podCidrs.some((text) => Cidr.parse(text)!.includes(cidr));
  if (!isForLoadBalancers(pool)) {
    return inside
      ? []
      : [
          {
            prop,
            allowed: `inside ${cluster.podCidrs.join(' or ')}`,
            got: cidr,
            remedy:
              "the operator refuses a pool outside of kubeadm's podSubnet, and kube-proxy takes its pods for strangers",
          },
        ];
  }
  if (!cluster._families.includes(cidr.family)) {
    return [
      {
        prop,
        allowed: `an ${cluster._families.join(' or ')} network`,
        got: cidr,
        remedy: 'no Service asks for an address of the other family in this cluster',
      },
    ];
  }
  const nodes = cluster.zones.flatMap((zone) => [zone.nodeCidr, zone.nodeCidrV6 ?? zone.nodeCidr]);
  const taken = [...cluster.podCidrs, ...cluster.serviceCidrs, ...nodes].find((text) =>
    Cidr.parse(text)!.overlaps(cidr),
  );
  return taken === undefined
    ? []
    : [
        {
          prop,
          allowed: `apart from ${taken}`,
          got: cidr,
          remedy:
            "LoadBalancer addresses are neither pods' nor Services' nor machines'; Calico announces them by BGP and answers no ARP",
        },
      ];
}

/** Where no pool would take the size, it is meant for something that is not there. */
function unusedBlockSizeProblems(props: TunedCalicoProps): Problem[] {
  const takers = poolsOf(props).filter((pool) => takesTopLevelBlockSize(pool));
  return props.blockSize === undefined || takers.length > 0
    ? []
    : [
        {
          prop: 'blockSize',
          allowed: 'left out where no IPv4 pool takes it',
          got: props.blockSize,
          remedy: 'give blockSize to the pools in ipPools',
        },
      ];
}

function takesTopLevelBlockSize(pool: CalicoIpPool): boolean {
  return !pool.cidr.includes(':') && pool.blockSize === undefined && !isForLoadBalancers(pool);
}

/** The size of the pool's blocks, its own or that of the construct, which every IPv4 pool must bear. */
function blockProblems(
  props: TunedCalicoProps,
  pool: CalicoIpPool,
  at: string,
  cidr: Cidr,
): Problem[] {
  const [least, most, usual] = cidr.family === 'IPv4' ? [20, 32, 26] : [116, 128, 122];
  // A /24 of pod addresses cannot be cut into /20 blocks.
  return checkInteger(
    takesTopLevelBlockSize(pool) ? 'blockSize' : `${at}.blockSize`,
    takesTopLevelBlockSize(pool) ? props.blockSize : pool.blockSize,
    { min: Math.max(least, cidr.prefix), max: most },
    `it is a prefix length inside ${cidr}; ${usual} gives blocks of 64 addresses`,
  );
}

function useProblems(prop: string, pool: CalicoIpPool): Problem[] {
  const problems: Problem[] = [];
  const uses = pool.allowedUses;
  if (uses !== undefined && (uses.length === 0 || new Set(uses).size < uses.length)) {
    problems.push({
      prop: `${prop}.allowedUses`,
      allowed: 'at least one use, each once',
      got: uses,
      remedy: 'leave it out for pods and tunnels',
    });
  }
  if (pool.nodeSelector !== undefined && pool.nodeSelector.trim() === '') {
    problems.push({
      prop: `${prop}.nodeSelector`,
      allowed: 'a selector',
      got: pool.nodeSelector,
      remedy: 'write all() for every machine',
    });
  }
  if (!isForLoadBalancers(pool)) {
    return problems;
  }
  const fixed: Array<[string, unknown, unknown]> = [
    ['allowedUses', uses!.length, 1],
    ['encapsulation', pool.encapsulation ?? Encapsulation.NONE, Encapsulation.NONE],
    ['nodeSelector', pool.nodeSelector ?? 'all()', 'all()'],
    ['disableBgpExport', pool.disableBgpExport ?? false, false],
    ['natOutgoing', pool.natOutgoing ?? false, false],
  ];
  for (const [field, got, only] of fixed.filter(([, value, wanted]) => value !== wanted)) {
    problems.push({
      prop: `${prop}.${field}`,
      allowed:
        field === 'allowedUses' ? `${IpPoolUse.LOAD_BALANCER} alone` : `${only}, or left out`,
      got: field === 'allowedUses' ? uses : got,
      remedy: 'Calico takes a pool for LoadBalancer addresses for nothing else',
    });
  }
  return problems;
}
