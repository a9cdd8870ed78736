import type { Construct } from 'constructs';
import { decisionsOf, prepareScript, type Cluster } from '../cluster';
import {
  DATA_DIR,
  DATA,
  disksOf,
  ETCD_DISKS,
  PREPARE_SCRIPT,
  WAL,
  WAL_DIR,
  type DiskFacts,
  type Member,
} from './disk';
import { EtcdFilesystem } from './filesystem';
import { FsyncGate } from './fsync-gate';
import { fsyncScript } from './fsync-script';
import { guardScript } from './guard-script';
import { podPatch, requestRows, requestsOf } from './pod-patch';
import type { EtcdResources } from './resources';
import { diskTuning, fsyncTuning } from './tuning';
import { UDEV_RULES, udevRules } from './udev';
import {
  FSYNC_SCRIPT,
  FSYNC_UNIT,
  fsyncUnit,
  GUARD_SCRIPT,
  kubeletDropIn,
  mountUnit,
  prepareUnit,
} from './units';

/** kubeadm's patches, which the bootstrap of a machine puts where kubeadm reads them. */
const POD_PATCH = '/etc/groundwork/patches/etcd0+strategic.conf';
const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf';

/** Asks for all that finds, makes, mounts and guards the disks. */
export function requireDisks(
  by: Construct,
  cluster: Cluster,
  members: readonly Member[],
  filesystem: EtcdFilesystem,
): void {
  const { path } = by.node;
  const all = members.map((member) => ({ member, disks: disksOf(cluster, member) }));
  const used = [DATA, WAL].filter((place) =>
    all.some(({ disks }) => disks.some((disk) => disk.place === place)),
  );
  for (const place of used) {
    const decisions = diskTuning(filesystem, place).decisions(path);
    // What is the same for both disks is said once.
    cluster.recordDecisions(
      place === used[0]
        ? decisions
        : decisions.filter(({ key }) => key.startsWith(place.mountUnit)),
    );
  }
  for (const { member, disks } of all) {
    requireGuard(by, cluster, member, disks);
    if (disks.length > 0) {
      requireOwnDisks(by, cluster, disks, filesystem);
    }
  }
}

function requireGuard(
  by: Construct,
  { ledger }: Cluster,
  { machine, walDisk }: Member,
  disks: readonly DiskFacts[],
): void {
  const who = { by, machines: [machine.name] };
  ledger.requireFile(GUARD_SCRIPT, {
    ...who,
    why: 'a member that lost its data must not come back empty',
    content: guardScript(walDisk !== undefined),
    permissions: '0755',
  });
  ledger.requireFile(DROP_IN, {
    ...who,
    why:
      disks.length > 0
        ? 'without the etcd disk kubelet must stay down, or etcd starts on the root disk'
        : 'without its data kubelet must stay down, or etcd founds another cluster',
    content: kubeletDropIn(disks.map(({ place }) => place)),
  });
}

function requireOwnDisks(
  by: Construct,
  { ledger }: Cluster,
  disks: readonly DiskFacts[],
  filesystem: EtcdFilesystem,
): void {
  const tuning = diskTuning(filesystem);
  const who = { by, machines: [disks[0]!.machine] };
  ledger.requirePackage(filesystem === EtcdFilesystem.XFS ? 'xfsprogs' : 'e2fsprogs', {
    ...who,
    why: `mkfs.${filesystem} for the etcd disk`,
  });
  ledger.requireFile(PREPARE_SCRIPT, {
    ...who,
    why: 'finds the etcd disk and formats it only while it is blank',
    content: prepareScript(ETCD_DISKS, disks, { filesystem, options: tuning.get('mkfs') }),
    permissions: '0755',
  });
  ledger.requireFile(UDEV_RULES, {
    ...who,
    why: 'the scheduler of the etcd disk, whatever the image sets for all disks',
    content: udevRules(disks, tuning.get('scheduler')),
  });
  for (const disk of disks) {
    ledger.requireUnit(disk.place.prepareUnit, {
      ...who,
      why: 'runs before the etcd disk is mounted, pulled in by the mount',
      content: prepareUnit(disk),
      enabled: false,
    });
    ledger.requireUnit(disk.place.mountUnit, {
      ...who,
      why: disk.place === DATA ? 'the etcd disk' : "the disk of etcd's log",
      content: mountUnit(disk, filesystem, tuning.get('options')),
    });
  }
}

/** Asks for what measures the disk of the log before kubeadm runs. */
export function requireGate(
  by: Construct,
  cluster: Cluster,
  members: readonly Member[],
  mode: FsyncGate,
): void {
  if (mode === FsyncGate.OFF) {
    return;
  }
  const { ledger } = cluster;
  const tuning = fsyncTuning(mode);
  cluster.recordDecisions(tuning.decisions(by.node.path));
  for (const member of members) {
    const { machine, walDisk } = member;
    const who = { by, machines: [machine.name] };
    const [dir, data] =
      walDisk === undefined ? [DATA.mountPoint, `${DATA_DIR}/member`] : [WAL.mountPoint, WAL_DIR];
    ledger.requirePackage('fio', {
      ...who,
      why: 'measures fsync on the disk of etcd; its server stays off',
    });
    ledger.requireFile(FSYNC_SCRIPT, {
      ...who,
      why: 'measures how long etcd would wait for its disk',
      content: fsyncScript({
        mode,
        dir,
        member: data,
        job: tuning.get('job'),
        warnNs: tuning.get('warnNs'),
        stopNs: tuning.get('stopNs'),
      }),
      permissions: '0755',
    });
    const places = disksOf(cluster, member).map(({ place }) => place);
    ledger.requireUnit(FSYNC_UNIT, {
      ...who,
      why:
        mode === FsyncGate.STOP
          ? 'a disk that is too slow for etcd is found before it holds a member'
          : 'says how fast the disk of etcd is before it holds a member',
      content: fsyncUnit(machine.name, places),
    });
  }
}

/** Asks for the patch of etcd's static pod, and records what it requests. */
export function requirePatches(
  by: Construct,
  cluster: Cluster,
  members: readonly Member[],
  quotaBytes: number,
  resources: EtcdResources | undefined,
): void {
  const all = members.map((member) => ({
    member,
    requests: requestsOf(member, quotaBytes, resources),
  }));
  const same = new Set(all.map(({ requests }) => JSON.stringify(requests))).size === 1;
  const rows = same
    ? requestRows(all[0]!.requests, '', resources)
    : all.flatMap(({ member, requests }) =>
        requestRows(requests, `[${member.machine.name}]`, resources),
      );
  cluster.recordDecisions(decisionsOf(by.node.path, rows));
  for (const { member, requests } of all) {
    const content = podPatch(requests, member.walDisk !== undefined);
    if (content !== undefined) {
      cluster.ledger.requireFile(POD_PATCH, {
        by,
        machines: [member.machine.name],
        why: 'what the etcd pod reserves, and where its log is',
        content,
      });
    }
  }
}
