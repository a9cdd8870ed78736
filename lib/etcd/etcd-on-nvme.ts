import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import {
  PortSource,
  problemAt,
  throwProblems,
  type Cluster,
  type IEtcdConfiguration,
  type Problem,
} from '../cluster';
import { diskFacts, isOwn, MOUNT_UNIT, PREPARE_SCRIPT, PREPARE_UNIT, type Member } from './disk';
import { extraArgProblems } from './extra-args';
import { EtcdFilesystem } from './filesystem';
import { prepareScript } from './prepare-script';
import { quotaFor, quotaProblems } from './quota';
import { etcdRules } from './rules';
import { ensureEtcdRunbook } from './runbook/runbook';
import { timerProblems, timersFor } from './timers';
import { diskTuning, etcdTuning, extraArgDecisions, kubeadmLocal } from './tuning';
import { kubeletDropIn, mountUnit, prepareUnit } from './units';
import { etcdRow, imageTagProblems } from './version';

/** How etcd is set up; everything follows from the facts of the cluster unless it is said here. */
export interface EtcdOnNvmeOptions {
  /**
   * Filesystem of the etcd disks. A disk that was prepared with another one is left alone and its
   * machine stops with a message.
   *
   * @default EtcdFilesystem.XFS, whose mkfs refuses a disk that holds a filesystem
   */
  readonly filesystem?: EtcdFilesystem;
  /**
   * Time between two heartbeats of the leader. Anything but a whole number of milliseconds from 100
   * to 10,000 throws.
   *
   * @default - the longest round trip between control planes in steps of 10 ms, at least 100 ms
   */
  readonly heartbeatInterval?: Duration;
  /**
   * Time without a heartbeat after which a member stands for election. Less than 1 second, less than
   * five heartbeats, less than ten round trips, or more than 50 seconds throws.
   *
   * @default - ten heartbeats and ten round trips, at least 1 second, at most 50 seconds
   */
  readonly electionTimeout?: Duration;
  /**
   * Size at which the database stops taking writes. Less than 1 GiB, more than 8 GiB, as much as the
   * memory of a control plane, or more than half of an etcd disk's `minSize` less 2 GiB throws.
   *
   * @default - the whole GiB that fit into half the memory of the smallest control plane and twice
   * on its disk, from 1 GiB to 8 GiB; 2 GiB, etcd's own, where memory is unknown or the disk shared
   */
  readonly quota?: Size;
  /**
   * More flags for etcd, without leading hyphens. A flag that this etcd does not know throws, and so
   * does one that kubeadm or another prop sets or that endangers the data.
   *
   * @default - none
   */
  readonly extraArgs?: Record<string, string>;
  /**
   * Tag of the etcd image. The registry must have it: with a tag that does not exist the first
   * control plane never starts. An etcd minor older than kubeadm's own throws.
   *
   * @default - the tag that kubeadm chooses
   */
  readonly imageTag?: string;
  /**
   * Whether members may be spread so that the loss of one zone stops etcd (GW-ETCD-002).
   *
   * @default false
   */
  readonly acceptZoneQuorumLoss?: boolean;
}

/** Props of EtcdOnNvme. */
export interface EtcdOnNvmeProps extends EtcdOnNvmeOptions {
  /** The cluster; its control planes must be machines of this spec, each with an `etcdDisk`. */
  readonly cluster: Cluster;
}

/**
 * etcd on disks of its own: each control plane finds its disk by identity, formats it once while it
 * is blank, mounts it, and keeps kubelet down without it. A disk that holds anything else is never
 * written to. kubeadm is told the data directory, the timers and the limits.
 */
export class EtcdOnNvme extends Construct {
  /**
   * The options, for a cluster that is created later.
   *
   * @param options what is to differ from the defaults
   */
  public static configure(options: EtcdOnNvmeOptions = {}): IEtcdConfiguration {
    return new EtcdConfiguration(options);
  }

  /** Time between two heartbeats. */
  public readonly heartbeatInterval: Duration;
  /** Time without a heartbeat before an election. */
  public readonly electionTimeout: Duration;
  /** Size at which the database stops taking writes. */
  public readonly quota: Size;
  /** Directory of the database on every control plane. */
  public readonly dataDir: string;

  /**
   * @param scope parent construct
   * @param id construct id
   * @param props the cluster and what is to differ from the defaults
   */
  constructor(scope: Construct, id: string, props: EtcdOnNvmeProps) {
    super(scope, id);
    const { cluster, imageTag, extraArgs = {} } = props;
    const { path } = this.node;
    const members = membersOf(path, cluster);
    const roundTripMs = cluster.controlPlaneRoundTrip.toMilliseconds({ integral: false });
    throwProblems(path, [
      ...timerProblems(roundTripMs, props),
      ...quotaProblems(props.quota, members),
      ...versionProblems(props),
    ]);

    const etcd = etcdRow(cluster, imageTag);
    const timers = timersFor(roundTripMs, props);
    const quotaBytes = quotaFor(members, etcd, props.quota);
    const tuning = etcdTuning({ ...timers, etcd, roundTripMs, quotaBytes, extraArgs });
    this.heartbeatInterval = Duration.millis(timers.heartbeatMs);
    this.electionTimeout = Duration.millis(timers.electionMs);
    this.quota = Size.kibibytes(quotaBytes / 1024);
    this.dataDir = tuning.get('dataDir');

    cluster.recordDecisions([...tuning.decisions(path), ...extraArgDecisions(path, extraArgs)]);
    const own = members.filter(({ disk }) => isOwn(disk));
    if (own.length > 0) {
      this.requireDisks(cluster, own, props.filesystem ?? EtcdFilesystem.XFS);
    }
    this.requirePorts(cluster);
    cluster._register('etcd', {
      path,
      dataDir: this.dataDir,
      ...timers,
      kubeadmLocal: kubeadmLocal(tuning, extraArgs, imageTag),
      zoneQuorumLossAccepted: props.acceptZoneQuorumLoss ?? false,
    });
    etcdRules.forEach((each) => cluster.addRule(each, this));
    ensureEtcdRunbook(cluster, path);
  }

  /** Asks for the program that makes the filesystem, the script and the units, on machines with a disk. */
  private requireDisks(cluster: Cluster, members: Member[], filesystem: EtcdFilesystem): void {
    const { ledger } = cluster;
    const tuning = diskTuning(filesystem);
    cluster.recordDecisions(tuning.decisions(this.node.path));
    const all = members.map(({ machine }) => machine.name);
    ledger.requirePackage(filesystem === EtcdFilesystem.XFS ? 'xfsprogs' : 'e2fsprogs', {
      by: this,
      machines: all,
      why: `mkfs.${filesystem} for the etcd disk`,
    });
    ledger.requireFile('/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf', {
      by: this,
      machines: all,
      why: 'without the etcd disk kubelet must stay down, or etcd starts on the root disk',
      content: kubeletDropIn(this.dataDir),
    });
    for (const member of members) {
      const facts = diskFacts(cluster, member, filesystem);
      const machines = [facts.machine];
      ledger.requireFile(PREPARE_SCRIPT, {
        by: this,
        machines,
        why: 'finds the etcd disk and formats it only while it is blank',
        content: prepareScript(facts, tuning.get('mkfs')),
        permissions: '0755',
      });
      ledger.requireUnit(PREPARE_UNIT, {
        by: this,
        machines,
        why: 'runs before the etcd disk is mounted, pulled in by the mount',
        content: prepareUnit(facts.machine),
        enabled: false,
      });
      ledger.requireUnit(MOUNT_UNIT, {
        by: this,
        machines,
        why: 'the etcd disk',
        content: mountUnit(facts, tuning.get('options')),
      });
    }
  }

  private requirePorts(cluster: Cluster): void {
    cluster.ledger.requirePort('2379-2380', {
      by: this,
      machines: cluster.controlPlanes.map((machine) => machine.name),
      why: 'etcd: API servers and the other members connect, nobody else may',
      protocol: 'tcp',
      from: PortSource.CONTROL_PLANE,
    });
  }
}

/** The options until there is a cluster. */
class EtcdConfiguration implements IEtcdConfiguration {
  public constructor(private readonly options: EtcdOnNvmeOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new EtcdOnNvme(scope, id, { ...this.options, cluster });
  }
}

/** The control planes with their disks, or an error: every machine must say where its data goes. */
function membersOf(path: string, cluster: Cluster): Member[] {
  if (!cluster.ownsMachines) {
    throw problemAt(path, {
      prop: 'cluster',
      allowed: 'a Cluster whose machines boot from this spec',
      got: 'Cluster.fromFacts',
      remedy: 'leave EtcdOnNvme out; the etcd of machines that run already is not touched',
    });
  }
  const without = cluster.controlPlanes.filter((machine) => machine.etcdDisk === undefined);
  throwProblems(
    path,
    without.map((machine) => ({
      prop: `etcdDisk of machine ${machine.name}`,
      allowed: 'given',
      got: undefined,
      remedy: 'use EtcdDisk.nvmeSerial, EtcdDisk.byId, or EtcdDisk.sharedWithRoot',
    })),
  );
  return cluster.controlPlanes.map((machine) => ({ machine, disk: machine.etcdDisk! }));
}

/** The image tag decides which flags there are, so its problems come alone. */
function versionProblems({ cluster, imageTag, extraArgs }: EtcdOnNvmeProps): Problem[] {
  const problems = imageTagProblems(cluster, imageTag);
  return problems.length > 0
    ? problems
    : extraArgProblems(extraArgs ?? {}, etcdRow(cluster, imageTag));
}
