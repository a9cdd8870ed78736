import { cell, type Cell } from './cell';
import { etcdMinor } from './etcd';

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);

/**
 * Command-line flags by the minors that know them. etcd does not start when a flag is unknown to it,
 * while the same mistake as an environment variable only costs a line in the log: both are worth an
 * error before anything boots.
 */
const everyMinor = [
  'advertise-client-urls',
  'auth-token',
  'auth-token-ttl',
  'auto-compaction-mode',
  'auto-compaction-retention',
  'auto-tls',
  'backend-batch-interval',
  'backend-batch-limit',
  'backend-bbolt-freelist-type',
  'bcrypt-cost',
  'cert-file',
  'cipher-suites',
  'client-cert-allowed-hostname',
  'client-cert-auth',
  'client-cert-file',
  'client-crl-file',
  'client-key-file',
  'cors',
  'data-dir',
  'discovery-fallback',
  'discovery-srv',
  'discovery-srv-name',
  'election-timeout',
  'enable-grpc-gateway',
  'enable-log-rotation',
  'enable-pprof',
  'force-new-cluster',
  'grpc-keepalive-interval',
  'grpc-keepalive-min-time',
  'grpc-keepalive-timeout',
  'heartbeat-interval',
  'host-whitelist',
  'initial-advertise-peer-urls',
  'initial-cluster',
  'initial-cluster-state',
  'initial-cluster-token',
  'initial-election-tick-advance',
  'key-file',
  'listen-client-http-urls',
  'listen-client-urls',
  'listen-metrics-urls',
  'listen-peer-urls',
  'log-level',
  'log-outputs',
  'log-rotation-config-json',
  'logger',
  'max-concurrent-streams',
  'max-request-bytes',
  'max-snapshots',
  'max-txn-ops',
  'max-wals',
  'metrics',
  'name',
  'peer-auto-tls',
  'peer-cert-allowed-cn',
  'peer-cert-allowed-hostname',
  'peer-cert-file',
  'peer-client-cert-auth',
  'peer-client-cert-file',
  'peer-client-key-file',
  'peer-crl-file',
  'peer-key-file',
  'peer-trusted-ca-file',
  'pre-vote',
  'quota-backend-bytes',
  'raft-read-timeout',
  'raft-write-timeout',
  'self-signed-cert-validity',
  'snapshot-count',
  'socket-reuse-address',
  'socket-reuse-port',
  'strict-reconfig-check',
  'tls-max-version',
  'tls-min-version',
  'trusted-ca-file',
  'unsafe-no-fsync',
  'v2-deprecation',
  'wal-dir',
] as const;

const from36 = [
  'bootstrap-defrag-threshold-megabytes',
  'compact-hash-check-time',
  'compaction-batch-limit',
  'compaction-sleep-interval',
  'corrupt-check-time',
  'discovery-cacert',
  'discovery-cert',
  'discovery-dial-timeout',
  'discovery-endpoints',
  'discovery-insecure-skip-tls-verify',
  'discovery-insecure-transport',
  'discovery-keepalive-time',
  'discovery-keepalive-timeout',
  'discovery-key',
  'discovery-password',
  'discovery-request-timeout',
  'discovery-token',
  'discovery-user',
  'distributed-tracing-address',
  'distributed-tracing-instance-id',
  'distributed-tracing-sampling-rate',
  'distributed-tracing-service-name',
  'downgrade-check-time',
  'enable-distributed-tracing',
  'feature-gates',
  'log-format',
  'max-learners',
  'memory-mlock',
  'peer-skip-client-san-verification',
  'snapshot-catchup-entries',
  'warning-apply-duration',
  'warning-unary-request-duration',
  'watch-progress-notify-interval',
] as const;

const until36 = [
  'discovery',
  'discovery-proxy',
  'experimental-bootstrap-defrag-threshold-megabytes',
  'experimental-compact-hash-check-enabled',
  'experimental-compact-hash-check-time',
  'experimental-compaction-batch-limit',
  'experimental-compaction-sleep-interval',
  'experimental-corrupt-check-time',
  'experimental-distributed-tracing-address',
  'experimental-distributed-tracing-instance-id',
  'experimental-distributed-tracing-sampling-rate',
  'experimental-distributed-tracing-service-name',
  'experimental-downgrade-check-time',
  'experimental-enable-distributed-tracing',
  'experimental-enable-lease-checkpoint',
  'experimental-enable-lease-checkpoint-persist',
  'experimental-initial-corrupt-check',
  'experimental-memory-mlock',
  'experimental-peer-skip-client-san-verification',
  'experimental-snapshot-catchup-entries',
  'experimental-stop-grpc-service-on-defrag',
  'experimental-txn-mode-write-with-shared-buffer',
  'experimental-warning-apply-duration',
  'experimental-watch-progress-notify-interval',
] as const;

const only35 = [
  'enable-v2',
  'experimental-enable-v2v3',
  'proxy',
  'proxy-dial-timeout',
  'proxy-failure-wait',
  'proxy-read-timeout',
  'proxy-refresh-interval',
  'proxy-write-timeout',
] as const;

const only36 = ['experimental-warning-unary-request-duration'] as const;

const source = (tag: string) => `etcd-io/etcd server/embed/config.go and server/etcdmain ${tag}`;

/** The flags that each etcd minor takes, without leading hyphens. */
export const etcdFlags: Readonly<Record<string, Cell<readonly string[]>>> = {
  '3.5': read([...everyMinor, ...until36, ...only35], source('v3.5.33')),
  '3.6': read([...everyMinor, ...from36, ...until36, ...only36], source('v3.6.14')),
  '3.7': read([...everyMinor, ...from36], source('v3.7.1')),
};

/**
 * Whether an etcd version knows a flag.
 *
 * @param version a minor, a release or an image tag
 * @param flag the flag without leading hyphens
 */
export function etcdKnowsFlag(version: string, flag: string): boolean {
  return etcdFlags[etcdMinor(version).minor].value.includes(flag);
}

/** Flags that are never right for a member of a control plane, and why. */
export const etcdRefusedFlags: Readonly<Record<string, Cell<string>>> = {
  'unsafe-no-fsync': read(
    'acknowledged writes are lost when a machine loses power, and members come back as zombies',
    'etcd blog of 2025-12-17 on zombie members',
  ),
  'force-new-cluster': read(
    'it throws the other members away; it belongs in a restore plan only',
    'believed: etcd disaster recovery guide',
  ),
  'auto-tls': read('it accepts any client', 'believed: etcd transport security guide'),
  'peer-auto-tls': read('it accepts any peer', 'believed: etcd transport security guide'),
  'peer-skip-client-san-verification': read(
    'a certificate of one member then passes for every other',
    'believed: etcd transport security guide',
  ),
  'experimental-peer-skip-client-san-verification': read(
    'a certificate of one member then passes for every other',
    'believed: etcd transport security guide',
  ),
  discovery: read(
    'it asks a public service for the members of the cluster, and kubeadm already knows them',
    'etcd-io/etcd CHANGELOG-3.7.md removes it',
  ),
};
