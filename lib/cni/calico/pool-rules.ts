import { Cidr, Severity, type Cluster, type IRule } from '../../cluster';
import { calicoRule } from './calico-rule';
import type { CalicoChoices } from './choices';

/** Pods a kubelet runs at most, by its own default. */
const PODS_PER_MACHINE = 110;
/** A tunnel device takes an address, too. */
const ADDRESSES_PER_MACHINE = PODS_PER_MACHINE + 1;
/** Blocks one machine may take (projectcalico/calico:libcalico-go/lib/ipam/ipam.go, v3.32.1). */
const BLOCKS_PER_MACHINE = 20;

const IPAM = 'https://docs.tigera.io/calico/latest/networking/ipam/change-block-size';

/** Whether there are addresses enough, and what they are good for. */
export const poolRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-013',
      severity: Severity.ERROR,
      title: 'Every machine finds a block of pod addresses',
      why: 'A machine without a block lives on single addresses borrowed from others, each a route of its own, until those are used up',
      remedy:
        'lengthen blockSize or widen podCidr; neither can be changed later without moving every pod',
      reference: IPAM,
    },
    (cluster, cni) =>
      blocks(cluster, cni) < cluster.machines.length
        ? [
            {
              message: `podCidr ${cluster.podCidr} holds ${blocks(cluster, cni)} blocks of /${cni.blockSize} for ${cluster.machines.length} machines`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-014',
      severity: Severity.WARNING,
      title: 'The blocks of one machine hold as many pods as its kubelet runs',
      why: `Calico gives a machine ${BLOCKS_PER_MACHINE} blocks at most; the next pod stays in ContainerCreating`,
      remedy: 'shorten blockSize to 29 or less, or run fewer pods on a machine',
      reference: IPAM,
    },
    (_cluster, cni) => {
      const most = BLOCKS_PER_MACHINE * addresses(cni);
      return most < ADDRESSES_PER_MACHINE
        ? [
            {
              message: `${BLOCKS_PER_MACHINE} blocks of /${cni.blockSize} are ${most} addresses a machine, kubelet runs ${PODS_PER_MACHINE} pods`,
            },
          ]
        : [];
    },
  ),
  calicoRule(
    {
      id: 'GW-CNI-015',
      severity: Severity.WARNING,
      title: 'Pods can talk to the outside',
      why: 'Their packets leave with pod addresses, and answers come only where the network routes those back',
      remedy: 'route podCidr to the machines, or leave natOutgoing on',
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster',
    },
    (cluster, { natOutgoing }) =>
      natOutgoing
        ? []
        : [
            {
              message: `natOutgoing is off: nothing outside the cluster knows ${cluster.podCidr} by itself`,
            },
          ],
  ),
];

/** Addresses in one block. */
function addresses({ blockSize }: CalicoChoices): number {
  return 2 ** (32 - blockSize);
}

/** Blocks in the pool. */
function blocks(cluster: Cluster, { blockSize }: CalicoChoices): number {
  return 2 ** (blockSize - Cidr.parse(cluster.podCidr)!.prefix);
}
