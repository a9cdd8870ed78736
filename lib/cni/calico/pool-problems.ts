import { Cidr, checkInteger, Encapsulation, isDnsLabel, type Problem } from '../../cluster';
import type { TunedCalicoProps } from './calico-options';
import { CalicoIpamType, IpPoolUse, type CalicoIpPool } from './pool-options';
import { isForLoadBalancers, poolsOf } from './pools';

/** Most pools that an Installation holds (CRD installations.operator.tigera.io, v1.42.3). */
const MOST_POOLS = 25;

/** What is wrong with the pools and with how addresses are given out. */
export function poolProblems(props: TunedCalicoProps): Problem[] {
  const pools = poolsOf(props);
  const parsed = pools.map((pool) => Cidr.parse(pool.cidr));
  const problems: Problem[] = [
    ...countProblems(props, pools),
    ...nameProblems(pools),
    ...topLevelBlockSizeProblems(props),
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
    if (pool.blockSize !== undefined) {
      problems.push(...blockProblems(`${prop}.blockSize`, pool.blockSize, cidr));
    }
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
        (pool) => !isForLoadBalancers(pool) && Cidr.parse(pool.cidr)?.family === family,
      );
      if (!some) {
        problems.push({
          prop: 'ipPools',
          allowed: `with a pool for ${family} pods`,
          got: pools.map(({ cidr }) => cidr),
          remedy: 'without one no pod gets an address of that family',
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
  const taken = [...cluster.podCidrs, ...cluster.serviceCidrs].find((text) =>
    Cidr.parse(text)!.overlaps(cidr),
  );
  return taken === undefined
    ? []
    : [
        {
          prop,
          allowed: `apart from ${taken}`,
          got: cidr,
          remedy: 'LoadBalancer addresses are neither pod nor Service addresses',
        },
      ];
}

function topLevelBlockSizeProblems(props: TunedCalicoProps): Problem[] {
  const first = Cidr.parse(poolsOf(props).find((pool) => !pool.cidr.includes(':'))?.cidr ?? '');
  if (props.blockSize !== undefined && first === undefined) {
    return [
      {
        prop: 'blockSize',
        allowed: 'left out without an IPv4 pool',
        got: props.blockSize,
        remedy: 'give blockSize to the IPv6 pool in ipPools',
      },
    ];
  }
  return first === undefined ? [] : blockProblems('blockSize', props.blockSize, first);
}

function blockProblems(prop: string, blockSize: number | undefined, cidr: Cidr): Problem[] {
  const [least, most, usual] = cidr.family === 'IPv4' ? [20, 32, 26] : [116, 128, 122];
  // A /24 of pod addresses cannot be cut into /20 blocks.
  return checkInteger(
    prop,
    blockSize,
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

function ipamProblems({ cluster, ipam = {}, ipPools }: TunedCalicoProps): Problem[] {
  const { type, strictAffinity = false, autoAllocateBlocks = true, maxBlocksPerHost } = ipam;
  const problems = checkInteger(
    'ipam.maxBlocksPerHost',
    maxBlocksPerHost,
    { min: 1, max: 2147483647 },
    'leave it out for the 20 that are built into Calico',
  );
  if (maxBlocksPerHost !== undefined && !strictAffinity) {
    problems.push({
      prop: 'ipam.maxBlocksPerHost',
      allowed: 'given with strictAffinity only',
      got: maxBlocksPerHost,
      remedy:
        'without it a machine borrows from blocks of others, and the limit would mean nothing',
    });
  }
  if (!strictAffinity && !autoAllocateBlocks) {
    problems.push({
      prop: 'ipam.autoAllocateBlocks',
      allowed: 'true without strictAffinity',
      got: false,
      remedy: 'no machine would ever get an address',
    });
  }
  if (type === CalicoIpamType.HOST_LOCAL) {
    const own = ipPools?.some(
      ({ cidr, nodeSelector }) =>
        !cluster.podCidrs.includes(cidr) || (nodeSelector ?? 'all()') !== 'all()',
    );
    if (own === true) {
      problems.push({
        prop: 'ipPools',
        allowed: "the cluster's pod networks, whole and for all machines, with HostLocal",
        got: ipPools!.map(({ cidr }) => cidr),
        remedy: 'the host-local plugin knows nothing of pools; leave ipPools out',
      });
    }
    const idle = Object.entries({ strictAffinity, maxBlocksPerHost }).find(([, value]) =>
      Boolean(value),
    );
    if (idle !== undefined || !autoAllocateBlocks) {
      problems.push({
        prop: `ipam.${idle?.[0] ?? 'autoAllocateBlocks'}`,
        allowed: 'left out with HostLocal',
        got: idle?.[1] ?? autoAllocateBlocks,
        remedy: 'there are no blocks; Kubernetes gives every node one network',
      });
    }
  }
  return problems;
}
