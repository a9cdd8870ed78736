import type { EtcdArgument, EtcdMinor } from '../catalog';
import { tuned, type TuningRow } from '../cluster';
import { WAL_DIR } from './disk';
import { askedGates } from './extra-args';
import { EtcdMetrics } from './metrics';
import type { Timers } from './timers';
import type { EtcdCipherSuite, EtcdTlsVersion } from './tls-choices';
import { ASKED } from './tuning';

const ARG = 'ClusterConfiguration.etcd.local.extraArgs';
const KUBEADM = 'kubernetes/kubernetes cmd/kubeadm/app/phases/etcd/local.go';
const CONFIG = 'etcd-io/etcd server/embed/config.go';
const TUNING_GUIDE = 'https://etcd.io/docs/v3.6/tuning/';
const CORRUPTION_GUIDE = 'https://etcd.io/docs/v3.6/op-guide/data_corruption/';

/** All that etcd's arguments follow from, besides its minor. */
export interface EtcdSettings extends Timers {
  readonly roundTripMs: number;
  readonly quotaBytes: number;
  readonly metrics: EtcdMetrics;
  /** Loopback URL of HTTP. */
  readonly httpUrl: string;
  readonly tlsMinVersion: EtcdTlsVersion;
  readonly cipherSuites?: readonly EtcdCipherSuite[];
  readonly corruptCheckHours?: number;
  readonly hasWalDisk: boolean;
  /** Flags whose values the user chose by props. */
  readonly asked: readonly string[];
  readonly extraArgs: Readonly<Record<string, string>>;
}

type Rows = Readonly<Record<string, TuningRow<string>>>;

/** The arguments of a member of this minor that differ from kubeadm's, in kubeadm's form and order. */
export function etcdArguments(etcd: EtcdMinor, settings: EtcdSettings): EtcdArgument[] {
  const own = Object.entries(argumentRows(etcd, settings)).map(([name, { value }]) => [
    name,
    value,
  ]);
  const all: Record<string, string> = { ...settings.extraArgs, ...Object.fromEntries(own) };
  return Object.keys(all)
    .sort()
    .map((name) => ({ name, value: all[name]! }));
}

/** Our own arguments with their reasons, by flag. */
export function argumentRows(etcd: EtcdMinor, settings: EtcdSettings): Rows {
  const rows = {
    ...timerRows(etcd, settings),
    ...checkRows(etcd, settings),
    ...listenerRows(settings),
    ...diskRows(settings),
  };
  // Our reasons are for our own choices.
  const asked = settings.asked.map((flag) => [flag, { ...rows[flag]!, why: ASKED }]);
  return { ...rows, ...Object.fromEntries(asked) };
}

function row(flag: string, value: string, upstream: string, why: string, source: string): Rows {
  return { [flag]: tuned(`${ARG}.${flag}`, value, upstream, why, source) };
}

function timerRows(etcd: EtcdMinor, settings: EtcdSettings): Rows {
  return {
    ...row(
      'heartbeat-interval',
      String(settings.heartbeatMs),
      String(etcd.heartbeatIntervalMs.value),
      `milliseconds; no shorter than the round trip of ${settings.roundTripMs} ms and no shorter than etcd's own, whatever the disk can do`,
      TUNING_GUIDE,
    ),
    ...row(
      'election-timeout',
      String(settings.electionMs),
      String(etcd.electionTimeoutMs.value),
      'milliseconds; ten heartbeats and ten round trips, so that jitter is not taken for a dead leader; the same on every member',
      TUNING_GUIDE,
    ),
    ...row(
      'quota-backend-bytes',
      String(settings.quotaBytes),
      String(etcd.quotaBackendBytes.value),
      'the database may fill half the memory of the smallest control plane and fits twice on its disk, because defragmenting writes a second copy; etcd itself warns above 8 GiB',
      'https://etcd.io/docs/v3.6/dev-guide/limit/',
    ),
  };
}

/** 3.5 has a flag for each check; from 3.6 on they are gates, and kubeadm's list is replaced as a whole. */
function checkRows(etcd: EtcdMinor, { corruptCheckHours, extraArgs }: EtcdSettings): Rows {
  const checks = [etcd.initialCorruptCheck.value, etcd.compactHashCheck.value];
  const why =
    "InitialCorruptCheck is kubeadm's and must be repeated, because an extra argument replaces the whole list; CompactHashCheck compares the members after every compaction at next to no cost";
  const switched = checks.some(({ name }) => name === 'feature-gates')
    ? row(
        'feature-gates',
        gates(checks, extraArgs['feature-gates']),
        'InitialCorruptCheck=true',
        why,
        `${KUBEADM}; ${etcd.featureGates.source}`,
      )
    : Object.assign(
        {},
        ...checks.map(({ name, value }) =>
          row(name, value, 'false', 'a member with damaged data is found', CORRUPTION_GUIDE),
        ),
      );
  const flag =
    etcd.experimentalFlags.value === 'required'
      ? 'experimental-corrupt-check-time'
      : 'corrupt-check-time';
  return {
    ...switched,
    ...(corruptCheckHours === undefined
      ? {}
      : row(
          flag,
          `${corruptCheckHours}h`,
          '0s',
          'asked for: every member reads its whole database and the leader compares, which costs more than the other two checks together',
          CORRUPTION_GUIDE,
        )),
  };
}

function gates(checks: readonly EtcdArgument[], asked: string | undefined): string {
  const all: Record<string, string> = {
    ...Object.fromEntries(checks.map(({ value }) => value.split('='))),
    ...askedGates(asked),
  };
  return Object.keys(all)
    .sort()
    .map((gate) => `${gate}=${all[gate]}`)
    .join(',');
}

function listenerRows({ httpUrl, metrics, tlsMinVersion, cipherSuites }: EtcdSettings): Rows {
  return {
    ...row(
      'listen-client-http-urls',
      httpUrl,
      'none: HTTP and gRPC share port 2379',
      'on a shared port watches starve while large answers are read over TLS; nobody in the cluster speaks HTTP with etcd, so it answers on the machine itself only, and asks for a client certificate as before',
      'https://github.com/etcd-io/etcd/issues/15402',
    ),
    ...row(
      'metrics',
      metrics,
      EtcdMetrics.BASIC,
      'disk latencies, leader changes and the size of the database are in basic; histograms of every kind of request are for those who look at them',
      CONFIG,
    ),
    ...row(
      'tls-min-version',
      tlsMinVersion,
      'TLS1.2',
      'only API servers, etcdctl and other members connect, and all of them have spoken TLS 1.3 for years',
      CONFIG,
    ),
    ...(cipherSuites === undefined
      ? {}
      : row(
          'cipher-suites',
          cipherSuites.join(','),
          "Go's own choice",
          'asked for: only these, for clients and for peers',
          CONFIG,
        )),
  };
}

function diskRows({ hasWalDisk }: EtcdSettings): Rows {
  return hasWalDisk
    ? row(
        'wal-dir',
        WAL_DIR,
        '<data-dir>/member/wal',
        'every write waits for an fsync of the log and of nothing else, so the log has a disk that the database does not write to; a directory below the mount point, because etcd renames it into place',
        'etcd-io/etcd server/storage/wal/wal.go',
      )
    : {};
}
