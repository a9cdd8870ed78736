import { cell, type Cell } from './cell';
import { lookUp } from './lookup';
import { minorOf } from './versions';

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);
const ADVISORY = 'GHSA-6vch-q96h-7gc3';
const SEEN =
  'etcd-io/website blog/2026/sep-21-patch-release.md (2026-09-22); nothing in it concerns a control plane';
const config = (tag: string) => `etcd-io/etcd server/embed/config.go ${tag}`;
const features = (tag: string) => `etcd-io/etcd server/features/etcd_features.go ${tag}`;

/** How one option is written on the etcd command line. */
export interface EtcdArgument {
  /** The flag, without leading hyphens. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/** What the catalogue knows of one etcd minor. */
export interface EtcdMinor {
  /** The minor, for example `3.6`. */
  readonly minor: string;
  /** The newest patch that was seen. */
  readonly newestSeenPatch: Cell<string>;
  /** The oldest patch without a published vulnerability that concerns a control plane. */
  readonly patchFloor: Cell<string>;
  /** The advisory behind `patchFloor`. */
  readonly advisory: Cell<string>;
  /** The oldest patch that does not lose or corrupt data by a known fault. */
  readonly dataSafetyFloor: Cell<string>;
  /** Default of heartbeat-interval, in milliseconds. */
  readonly heartbeatIntervalMs: Cell<number>;
  /** Default of election-timeout, in milliseconds. */
  readonly electionTimeoutMs: Cell<number>;
  /** Size of the database when quota-backend-bytes is left at 0. */
  readonly quotaBackendBytes: Cell<number>;
  /**
   * What becomes of `--experimental-*` flags: `required` (there is no other spelling), `accepted`
   * beside the new one, or `removed` (etcd does not start).
   */
  readonly experimentalFlags: Cell<'required' | 'accepted' | 'removed'>;
  /** Feature gates that `--feature-gates` takes, with their defaults; empty means no such flag. */
  readonly featureGates: Cell<Readonly<Record<string, boolean>>>;
  /** How the check for corruption at start is switched on. */
  readonly initialCorruptCheck: Cell<EtcdArgument>;
  /** How the hash check after each compaction is switched on. */
  readonly compactHashCheck: Cell<EtcdArgument>;
  /** Whether max-snapshots still means something and may be emitted without a warning. */
  readonly maxSnapshotsFlag: Cell<boolean>;
}

const TWO_GIB = 2 * 1024 ** 3;
const GATES_36 = {
  StopGRPCServiceOnDefrag: false,
  InitialCorruptCheck: false,
  CompactHashCheck: false,
  TxnModeWriteWithSharedBuffer: true,
  LeaseCheckpoint: false,
  LeaseCheckpointPersist: false,
  SetMemberLocalAddr: false,
};

/** The etcd minors of the catalogue, oldest first. */
export const etcdMinors: Readonly<Record<string, EtcdMinor>> = {
  '3.5': {
    minor: '3.5',
    newestSeenPatch: read('3.5.34', SEEN),
    patchFloor: read('3.5.33', ADVISORY),
    advisory: read(ADVISORY, 'denial of service in the TLS handshake, before authentication'),
    dataSafetyFloor: read('3.5.5', 'kubermatic/kubeone: 3.5.0 to 3.5.4 can corrupt or lose data'),
    heartbeatIntervalMs: read(100, config('v3.5.33')),
    electionTimeoutMs: read(1000, config('v3.5.33')),
    quotaBackendBytes: read(TWO_GIB, 'etcd-io/etcd server/etcdserver/quota.go'),
    experimentalFlags: read('required', config('v3.5.33')),
    featureGates: read({}, config('v3.5.33')),
    initialCorruptCheck: read(
      { name: 'experimental-initial-corrupt-check', value: 'true' },
      config('v3.5.33'),
    ),
    compactHashCheck: read(
      { name: 'experimental-compact-hash-check-enabled', value: 'true' },
      config('v3.5.33'),
    ),
    maxSnapshotsFlag: read(true, config('v3.5.33')),
  },
  '3.6': {
    minor: '3.6',
    newestSeenPatch: read('3.6.15', SEEN),
    patchFloor: read('3.6.14', ADVISORY),
    advisory: read(ADVISORY, 'denial of service in the TLS handshake, before authentication'),
    dataSafetyFloor: read(
      '3.6.5',
      'etcd-io/etcd CHANGELOG-3.6.md: apply of a snapshot during defragmentation',
    ),
    heartbeatIntervalMs: read(100, config('v3.6.14')),
    electionTimeoutMs: read(1000, config('v3.6.14')),
    quotaBackendBytes: read(TWO_GIB, 'etcd-io/etcd server/storage/quota.go'),
    experimentalFlags: read('accepted', config('v3.6.14')),
    featureGates: read(GATES_36, features('v3.6.14')),
    initialCorruptCheck: read(
      { name: 'feature-gates', value: 'InitialCorruptCheck=true' },
      features('v3.6.14'),
    ),
    compactHashCheck: read(
      { name: 'feature-gates', value: 'CompactHashCheck=true' },
      features('v3.6.14'),
    ),
    maxSnapshotsFlag: read(false, 'etcd-io/etcd server/etcdmain/config.go: deprecated in 3.6'),
  },
  '3.7': {
    minor: '3.7',
    newestSeenPatch: read('3.7.2', SEEN),
    patchFloor: read('3.7.1', ADVISORY),
    advisory: read(ADVISORY, 'denial of service in the TLS handshake, before authentication'),
    dataSafetyFloor: read('3.7.0', 'no data fault of 3.7 was seen'),
    heartbeatIntervalMs: read(100, config('v3.7.1')),
    electionTimeoutMs: read(1000, config('v3.7.1')),
    quotaBackendBytes: read(TWO_GIB, 'etcd-io/etcd server/storage/quota.go'),
    experimentalFlags: read('removed', 'etcd-io/etcd CHANGELOG-3.7.md'),
    featureGates: read(
      { ...GATES_36, FastLeaseKeepAlive: true, PriorityRequest: false },
      features('v3.7.1'),
    ),
    initialCorruptCheck: read(
      { name: 'feature-gates', value: 'InitialCorruptCheck=true' },
      features('v3.7.1'),
    ),
    compactHashCheck: read(
      { name: 'feature-gates', value: 'CompactHashCheck=true' },
      features('v3.7.1'),
    ),
    maxSnapshotsFlag: read(false, 'etcd-io/etcd server/etcdmain/config.go: removed in 3.8'),
  },
};

/**
 * The row of the minor that an etcd version belongs to.
 *
 * @param version a minor, a release or an image tag: `3.6`, `3.6.14`, `3.6.8-0`
 */
export function etcdMinor(version: string): EtcdMinor {
  return lookUp(
    etcdMinors,
    minorOf(version),
    'etcd minor',
    'leave the version out to run the etcd that kubeadm brings',
  );
}

/** What kubeadm passes to the etcd it runs, and what is therefore not for anyone else to set. */
export const kubeadmEtcd = {
  /** Arguments that carry a member's identity, addresses and keys; another value breaks the cluster. */
  ownedArguments: read(
    [
      'advertise-client-urls',
      'cert-file',
      'client-cert-auth',
      'data-dir',
      'initial-advertise-peer-urls',
      'initial-cluster',
      'initial-cluster-state',
      'key-file',
      'listen-client-urls',
      'listen-peer-urls',
      'name',
      'peer-cert-file',
      'peer-client-cert-auth',
      'peer-key-file',
      'peer-trusted-ca-file',
      'trusted-ca-file',
    ] as readonly string[],
    'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go v1.36.1',
  ),
  /** Defaults that an extra argument of the same name replaces as a whole. */
  defaultArguments: read(
    {
      'feature-gates': 'InitialCorruptCheck=true',
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'snapshot-count': '10000',
      'watch-progress-notify-interval': '5s',
    } as Readonly<Record<string, string>>,
    'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go v1.36.1',
  ),
} as const;

/** Bounds that etcd itself enforces or warns at, the same in every minor of the catalogue. */
export const etcdLimits = {
  /** election-timeout must be at least this many times heartbeat-interval. */
  electionPerHeartbeat: read(5, config('v3.7.1')),
  /** The longest election-timeout that etcd accepts, in milliseconds. */
  electionTimeoutMaxMs: read(50000, `${config('v3.7.1')} (maxElectionMs)`),
  /** The slowest of 100 fsyncs of the log on a drive with power-loss protection, in nanoseconds. */
  fsyncFastNs: read(1_000_000, 'etcd-io/etcd server/storage/wal/metrics.go, the finest bucket'),
  /** From here on a busy leader misses its own heartbeats: the slowest of 100 fsyncs, in nanoseconds. */
  fsyncUnsafeNs: read(10_000_000, 'https://etcd.io/docs/v3.6/faq/'),
  /** The same for the slowest of 100 commits of the database. */
  commitUnsafeNs: read(25_000_000, 'https://etcd.io/docs/v3.6/faq/'),
  /** An election takes at least this many round trips between members to be safe from jitter. */
  electionPerRoundTrip: read(10, 'https://etcd.io/docs/v3.6/tuning/'),
  /** etcd warns above this quota-backend-bytes. */
  quotaWarnBytes: read(8 * 1024 ** 3, 'etcd-io/etcd server/storage/quota.go'),
} as const;
