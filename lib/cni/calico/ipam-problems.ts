import type { TunedCalicoProps } from './calico-options';
import { CalicoIpamType } from './pool-options';
import { checkInteger, type Problem } from '../../cluster';

const WITHOUT_BLOCKS = {
  allowed: 'left out with HostLocal',
  remedy: 'there are no blocks; Kubernetes gives every node one network',
};

/** What is wrong with how addresses are given out. */
export function ipamProblems({
  cluster,
  ipam = {},
  ipPools,
  blockSize,
}: TunedCalicoProps): Problem[] {
  const { type, strictAffinity = false, autoAllocateBlocks = true, maxBlocksPerHost } = ipam;
  const blockSizes = [blockSize, ...(ipPools ?? []).map((pool) => pool.blockSize)];
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
  if (!autoAllocateBlocks && (!strictAffinity || cluster.ownsMachines)) {
    problems.push({
      prop: 'ipam.autoAllocateBlocks',
      allowed: cluster.ownsMachines
        ? 'true for machines that this spec makes'
        : 'true without strictAffinity',
      got: false,
      remedy: 'nothing else gives a machine its first block, and no pod would get an address',
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
    const { type: _type, ...others } = ipam;
    for (const [field, got] of Object.entries(others).filter(([, value]) => value !== undefined)) {
      problems.push({ prop: `ipam.${field}`, got, ...WITHOUT_BLOCKS });
    }
    const size = blockSizes.find((value) => value !== undefined);
    if (size !== undefined) {
      problems.push({ prop: 'blockSize', got: size, ...WITHOUT_BLOCKS });
    }
  }
  return problems;
}
