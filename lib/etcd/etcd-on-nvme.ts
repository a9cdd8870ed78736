import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { etcdMinor, type EtcdArgument } from '../catalog';
import {
  decisionsOf,
  millis,
  PortSource,
  problemAt,
  throwProblems,
  type Cluster,
  type IEtcdConfiguration,
  type Problem,
} from '../cluster';
import { argumentRows, etcdArguments, type EtcdSettings } from './arguments';
import { corruptCheckProblems } from './corrupt-check';
import { DATA_DIR, WAL_DIR, type Member } from './disk';
import type { EtcdOnNvmeOptions, EtcdOnNvmeProps } from './etcd-options';
import { extraArgProblems } from './extra-args';
import { EtcdFilesystem } from './filesystem';
import { FsyncGate } from './fsync-gate';
import { HTTP_PORT, httpPortProblems } from './http-port';
import { loopbackUrl } from './loopback';
import { requireDisks, requireGate, requirePatches } from './machine-needs';
import { EtcdMetrics } from './metrics';
import { resourceProblems } from './pod-patch';
import { quotaFor, quotaProblems } from './quota';
import { etcdRules } from './rules';
import { ensureEtcdRunbook } from './runbook/runbook';
import { timerProblems, timersFor } from './timers';
import { tlsProblems } from './tls';
import { EtcdTlsVersion } from './tls-choices';
import { dataDirRow, extraArgDecisions } from './tuning';
import { etcdRow, imageTagProblems } from './version';
import { walDiskProblems } from './wal-disks';

/** Flags that have one value or another by a prop. */
const FLAGS = {
  heartbeatInterval: 'heartbeat-interval',
  electionTimeout: 'election-timeout',
  quota: 'quota-backend-bytes',
  metrics: 'metrics',
  tlsMinVersion: 'tls-min-version',
} as const;

/**
 * etcd on disks of its own: each control plane finds its disk by identity, formats it once while it
 * is blank, mounts it, and keeps kubelet down without it. A disk that holds anything else is never
 * written to, and one that is too slow stops the machine before it becomes a member. kubeadm is told
 * the directories, the timers and the limits.
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
  /** Directory of the write-ahead log, when it has disks of its own. */
  public readonly walDir?: string;

  private readonly settings: EtcdSettings;

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
    throwProblems(path, optionProblems(props, members));

    const roundTripMs = millis(cluster.controlPlaneRoundTrip);
    const timers = timersFor(roundTripMs, props);
    const etcd = etcdRow(cluster, imageTag);
    const quotaBytes = quotaFor(members, etcd, props.quota);
    const hasWalDisk = members.every(({ walDisk }) => walDisk !== undefined);
    this.heartbeatInterval = Duration.millis(timers.heartbeatMs);
    this.electionTimeout = Duration.millis(timers.electionMs);
    this.quota = Size.kibibytes(quotaBytes / 1024);
    this.dataDir = DATA_DIR;
    this.walDir = hasWalDisk ? WAL_DIR : undefined;
    this.settings = {
      ...timers,
      roundTripMs,
      quotaBytes,
      extraArgs,
      asked: askedFlags(props),
      hasWalDisk,
      metrics: props.metrics ?? EtcdMetrics.BASIC,
      httpUrl: loopbackUrl(cluster, 'https', props.httpPort ?? HTTP_PORT),
      tlsMinVersion: props.tlsMinVersion ?? EtcdTlsVersion.TLS_1_3,
      cipherSuites: props.cipherSuites,
      corruptCheckHours: props.corruptCheckTime?.toHours(),
    };

    cluster.recordDecisions([
      ...decisionsOf(path, [dataDirRow, ...Object.values(argumentRows(etcd, this.settings))]),
      ...extraArgDecisions(path, extraArgs),
    ]);
    const fsyncGate = props.fsyncGate ?? FsyncGate.STOP;
    requireDisks(this, cluster, members, props.filesystem ?? EtcdFilesystem.XFS);
    requireGate(this, cluster, members, fsyncGate);
    requirePatches(this, cluster, members, quotaBytes, props.resources);
    cluster.ledger.requirePort('2379-2380', {
      by: this,
      machines: cluster.controlPlanes.map((machine) => machine.name),
      why: 'etcd: API servers and the other members connect, nobody else may',
      protocol: 'tcp',
      from: PortSource.CONTROL_PLANE,
    });
    cluster._register('etcd', {
      path,
      dataDir: this.dataDir,
      walDir: this.walDir,
      quotaBytes,
      ...timers,
      kubeadmLocal: {
        dataDir: this.dataDir,
        extraArgs: etcdArguments(etcd, this.settings),
        ...(imageTag === undefined ? {} : { imageTag }),
      },
      zoneQuorumLossAccepted: props.acceptZoneQuorumLoss ?? false,
      fsyncIsMeasured: fsyncGate !== FsyncGate.OFF,
    });
    etcdRules.forEach((each) => cluster.addRule(each, this));
    ensureEtcdRunbook(cluster, path);
  }

  /**
   * The arguments as another etcd would be given them: flags change their names between minors.
   *
   * @param version a minor of the catalogue, a release or an image tag
   * @internal
   */
  public _argumentsFor(version: string): EtcdArgument[] {
    return etcdArguments(etcdMinor(version), this.settings);
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
  return cluster.controlPlanes.map((machine) => ({
    machine,
    disk: machine.etcdDisk!,
    walDisk: machine.etcdWalDisk,
  }));
}

/** What is wrong with the options, all at once. The image tag decides which flags there are, so its problems hide those. */
function optionProblems(props: EtcdOnNvmeProps, members: readonly Member[]): Problem[] {
  const { cluster, imageTag, extraArgs = {} } = props;
  const tagProblems = imageTagProblems(cluster, imageTag);
  return [
    ...walDiskProblems(cluster),
    ...timerProblems(millis(cluster.controlPlaneRoundTrip), props),
    ...quotaProblems(props.quota, members),
    ...tlsProblems(props),
    ...httpPortProblems(cluster, props.httpPort),
    ...corruptCheckProblems(props.corruptCheckTime),
    ...resourceProblems(props.resources, members),
    ...(tagProblems.length > 0
      ? tagProblems
      : extraArgProblems(extraArgs, etcdRow(cluster, imageTag))),
  ];
}

function askedFlags(props: EtcdOnNvmeOptions): string[] {
  return Object.entries(FLAGS)
    .filter(([prop]) => props[prop as keyof typeof FLAGS] !== undefined)
    .map(([, flag]) => flag);
}
