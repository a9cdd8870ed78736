import { atLeast, etcdMinor, minorOf } from '../catalog';
import { EtcdDiskKind, rule, Severity, type Cluster, type IRule } from '../cluster';
import { etcdTag } from './version';

/** A third of the 15 s leases that the leaders of the control plane's own components hold. */
const SLOW_ELECTION_MS = 5000;

/** Rules about etcd that need the facts of the cluster. */
export const etcdRules: IRule[] = [
  rule(
    {
      id: 'GW-ETCD-001',
      severity: Severity.WARNING,
      title: 'etcd has no published vulnerability',
      why: 'Whoever reaches port 2379 or 2380 can stop an older member during the TLS handshake, before any certificate is checked',
      remedy:
        'set imageTag to a patched tag that your registry has, and let only control planes reach ports 2379 and 2380',
      reference: 'https://github.com/advisories/GHSA-6vch-q96h-7gc3',
    },
    (cluster) => {
      const { kubeadmLocal } = cluster._summary('etcd')!;
      const asked = kubeadmLocal.imageTag as string | undefined;
      const tag = etcdTag(cluster, asked);
      const { patchFloor, advisory } = etcdMinor(tag);
      if (atLeast(tag, patchFloor.value)) {
        return [];
      }
      const who =
        asked === undefined
          ? `kubeadm ${cluster.kubernetesVersion.patch} brings`
          : 'imageTag names';
      return [
        { message: `${who} etcd ${tag}, ${advisory.value} is fixed from ${patchFloor.value} on` },
      ];
    },
  ),
  rule(
    {
      id: 'GW-ETCD-002',
      severity: Severity.ERROR,
      title: 'The loss of one zone leaves a quorum',
      why: 'etcd stops writing, and with it the whole control plane, when the zone with more than half of the members is gone; a second zone then only added ways to fail',
      remedy:
        'put all control planes into one zone, or spread them over three; acceptZoneQuorumLoss: true keeps them as they are',
      reference: 'https://etcd.io/docs/v3.6/faq/',
    },
    (cluster) => {
      const largest = largestZone(cluster);
      if (cluster._summary('etcd')!.zoneQuorumLossAccepted === true || largest === undefined) {
        return [];
      }
      const [zone, members] = largest;
      const all = cluster.controlPlanes.length;
      return [
        {
          message: `zone ${zone} holds ${members} of ${all} members, without it no quorum of ${cluster.quorum} is left`,
        },
      ];
    },
  ),
  rule(
    {
      id: 'GW-ETCD-003',
      severity: Severity.WARNING,
      title: 'etcd survives the loss of one machine',
      why: 'With one member every reboot stops the API, and a dead disk loses the cluster',
      remedy: 'add two control planes, or keep backups that you have restored once',
      reference: 'https://etcd.io/docs/v3.6/faq/',
    },
    (cluster) =>
      cluster.controlPlanes.length === 1
        ? [{ message: `${cluster.controlPlanes[0]!.name} is the only etcd member` }]
        : [],
  ),
  rule(
    {
      id: 'GW-ETCD-004',
      severity: Severity.WARNING,
      title: 'A dead leader is replaced within seconds',
      why: 'Nothing is written during an election; controllers lose their own leases when it takes long',
      remedy:
        'bring the control planes closer together, or lower electionTimeout as far as the round trip allows',
      reference: 'https://etcd.io/docs/v3.6/tuning/',
    },
    (cluster) => {
      const { electionMs } = cluster._summary('etcd')!;
      return electionMs > SLOW_ELECTION_MS
        ? [{ message: `election-timeout is ${electionMs} ms, more than ${SLOW_ELECTION_MS} ms` }]
        : [];
    },
  ),
  rule(
    {
      id: 'GW-ETCD-005',
      severity: Severity.WARNING,
      title: 'kubeadm starts the etcd that it was made for',
      why: 'A newer minor may no longer know a flag that kubeadm passes, and going back is a procedure of its own',
      remedy: 'leave imageTag out, or set it to a release of the minor that kubeadm brings',
      reference: 'https://etcd.io/docs/v3.6/upgrades/',
    },
    (cluster) => {
      const asked = cluster._summary('etcd')!.kubeadmLocal.imageTag as string | undefined;
      const own = minorOf(etcdTag(cluster));
      return asked === undefined || minorOf(asked) === own
        ? []
        : [
            {
              message: `imageTag names etcd ${asked}, kubeadm ${cluster.kubernetesVersion.minor} was made for etcd ${own}`,
            },
          ];
    },
  ),
  rule(
    {
      id: 'GW-ETCD-006',
      severity: Severity.WARNING,
      title: 'The disk is measured before it holds a member',
      why: 'Many a drive that is called NVMe needs several milliseconds for an fsync, and on a running cluster that shows as elections without a reason',
      remedy: 'set fsyncGate to FsyncGate.STOP, or to FsyncGate.WARN, which never stops a machine',
      reference: 'https://etcd.io/docs/v3.6/faq/',
    },
    (cluster) =>
      cluster._summary('etcd')!.fsyncIsMeasured === false ? [{ message: 'fsyncGate is off' }] : [],
  ),
  rule(
    {
      id: 'GW-ETCD-010',
      severity: Severity.WARNING,
      title: 'etcd has a disk of its own',
      why: 'Every write waits for an fsync, and one writer beside etcd on the same disk makes the slowest of them many times slower: leaders change for no reason',
      remedy: 'give the machine a disk and name it with EtcdDisk.nvmeSerial or EtcdDisk.byId',
      reference: 'https://etcd.io/docs/v3.6/op-guide/hardware/',
    },
    (cluster) => {
      const sharing = cluster.controlPlanes.filter(
        (m) => m.etcdDisk?.kind === EtcdDiskKind.SHARED_WITH_ROOT,
      );
      return sharing.length === 0
        ? []
        : [{ message: `etcd shares the root disk on ${sharing.map((m) => m.name).join(', ')}` }];
    },
  ),
];

/** The zone without which no quorum is left, when members stand in more than one; undefined when there is none. */
function largestZone(cluster: Cluster): [string, number] | undefined {
  const members = new Map<string, number>();
  for (const { zone } of cluster.controlPlanes) {
    members.set(zone, (members.get(zone) ?? 0) + 1);
  }
  return members.size === 1
    ? undefined
    : [...members.entries()].find(([, count]) => count >= cluster.quorum);
}
