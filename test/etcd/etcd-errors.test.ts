import { App, Duration, Size } from 'cdk8s';
import { Cluster, EtcdDisk } from '../../lib';
import { kubeadmEtcd } from '../../lib/catalog';
import { EtcdOnNvme, type EtcdOnNvmeOptions } from '../../lib/etcd';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { made } from './etcd';

const THREE = [1, 2, 3].map((n) => osloMachine(n));

describe('errors', () => {
  const thrown = (options: EtcdOnNvmeOptions, changes: Parameters<typeof osloCluster>[1] = {}) => {
    try {
      made(options, changes);
    } catch (error) {
      return (error as Error).message.split('\n');
    }
    return [];
  };

  test('a control plane without a disk', () => {
    expect(
      thrown({}, { machines: [osloMachine(1, { etcdDisk: undefined }), THREE[1]!, THREE[2]!] }),
    ).toEqual([
      '[oslo/etcd] etcdDisk of machine cp-1 must be given, got nothing; use EtcdDisk.nvmeSerial, EtcdDisk.byId, or EtcdDisk.sharedWithRoot',
    ]);
  });

  test('machines of somebody else', () => {
    const cluster = Cluster.fromFacts(new App(), 'oslo', osloProps());
    expect(() => new EtcdOnNvme(cluster, 'etcd', { cluster })).toThrow(
      new Error(
        '[oslo/etcd] cluster must be a Cluster whose machines boot from this spec, got Cluster.fromFacts; leave EtcdOnNvme out; the etcd of machines that run already is not touched',
      ),
    );
  });

  test.each<[string, EtcdOnNvmeOptions, string]>([
    [
      'heartbeat',
      { heartbeatInterval: Duration.millis(50) },
      'heartbeatInterval must be between 100 ms and 10000 ms, got 50 ms; a dead leader is noticed by electionTimeout, a shorter heartbeat only adds traffic',
    ],
    [
      'election',
      { heartbeatInterval: Duration.millis(500), electionTimeout: Duration.seconds(2) },
      'electionTimeout must be between 2500 ms and 50000 ms, got 2000 ms; it must hold five heartbeats of 500 ms and ten round trips of 1 ms',
    ],
    [
      'large quota',
      { quota: Size.gibibytes(9) },
      'quota must be between 1 GiB and 8 GiB, got 9 GiB; etcd itself warns above; a larger database takes minutes to send to a new member',
    ],
    [
      'unknown flag',
      { extraArgs: { 'snapshot-cuont': '1' } },
      'extraArgs must be flags of etcd 3.6, got snapshot-cuont; etcd does not start with a flag it does not know; check the spelling in `etcd --help` of that version',
    ],
    [
      'old flag',
      { extraArgs: { 'experimental-compaction-batch-limit': '500' } },
      'extraArgs must be flags of etcd 3.6, got experimental-compaction-batch-limit; write compaction-batch-limit',
    ],
    [
      'hyphens',
      { extraArgs: { '--max-wals': '3' } },
      'extraArgs must be flags of etcd 3.6, got --max-wals; write max-wals',
    ],
    [
      'a gate that is not there',
      { extraArgs: { 'feature-gates': 'PriorityRequest=true' } },
      'extraArgs.feature-gates must be gates of etcd 3.6, got PriorityRequest; it knows CompactHashCheck, InitialCorruptCheck, LeaseCheckpoint, LeaseCheckpointPersist, SetMemberLocalAddr, StopGRPCServiceOnDefrag, TxnModeWriteWithSharedBuffer',
    ],
    [
      'no corruption check',
      { extraArgs: { 'feature-gates': 'InitialCorruptCheck=false' } },
      'extraArgs.feature-gates must be with InitialCorruptCheck, got InitialCorruptCheck=false; a member with damaged data would join unseen',
    ],
    [
      'an endless log',
      { extraArgs: { 'max-wals': '0' } },
      'extraArgs.max-wals must be a whole number between 1 and 100, got 0; leave it out for 5; each takes 64 MB, and 0 keeps every file and fills the disk',
    ],
    [
      'a tag',
      { imageTag: 'latest' },
      'imageTag must be a tag such as 3.6.14-0, got latest; copy it from the registry that the machines pull from',
    ],
    [
      'an older minor',
      { imageTag: '3.5.33-0' },
      'imageTag must be of etcd 3.6 or newer, got 3.5.33-0; kubeadm 1.36 starts etcd with flags and files of 3.6',
    ],
    [
      'an unknown minor',
      { imageTag: '3.9.0-0' },
      'imageTag must be of an etcd minor in 3.5, 3.6, 3.7, got 3.9.0-0; the flags of other minors are not known',
    ],
  ])('%s', (_what, options, message) => {
    expect(thrown(options)).toEqual([`[oslo/etcd] ${message}`]);
  });

  test('a quota that memory or disk cannot hold names the machine', () => {
    const machines = [
      osloMachine(1, { memory: Size.gibibytes(4) }),
      osloMachine(2, { etcdDisk: EtcdDisk.byId('virtio-2', { minSize: Size.gibibytes(10) }) }),
      THREE[2]!,
    ];
    expect(thrown({ quota: Size.gibibytes(5) }, { machines })).toEqual([
      '[oslo/etcd] quota must be less than the memory of machine cp-1, 4 GiB, got 5 GiB; lower it; etcd maps the whole database into memory',
      '[oslo/etcd] quota must be at most 4 GiB for a disk of 10 GiB (minSize of etcdDisk of machine cp-2), got 5 GiB; lower it, or raise minSize to 12 GiB: defragmenting writes a second copy',
    ]);
  });

  test.each([
    'unsafe-no-fsync',
    'force-new-cluster',
    'data-dir',
    'wal-dir',
    'name',
    'listen-peer-urls',
    'listen-metrics-urls',
    'listen-client-http-urls',
    'initial-cluster',
    'initial-cluster-token',
    'cert-file',
    'peer-client-key-file',
    'trusted-ca-file',
    'client-cert-auth',
    'auto-tls',
    'peer-skip-client-san-verification',
    'discovery-srv',
    'config-file',
    'pre-vote',
    'strict-reconfig-check',
    'heartbeat-interval',
    'election-timeout',
    'quota-backend-bytes',
    'cipher-suites',
    'tls-min-version',
    'tls-max-version',
    'metrics',
    'corrupt-check-time',
    'memory-mlock',
    'max-snapshots',
  ])('%s is refused', (flag) => {
    expect(thrown({ extraArgs: { [flag]: 'x' } })).toEqual([
      expect.stringMatching(`^\\[oslo/etcd\\] extraArgs must be without ${flag}, got ${flag}; `),
    ]);
  });

  test('everything kubeadm owns is refused', () => {
    for (const flag of kubeadmEtcd.ownedArguments.value) {
      expect(thrown({ extraArgs: { [flag]: 'x' } })).toHaveLength(1);
    }
  });

  test('all at once', () => {
    expect(
      thrown({
        quota: Size.gibibytes(9),
        heartbeatInterval: Duration.millis(1),
        extraArgs: { name: 'x', 'data-dir': 'y' },
      }),
    ).toHaveLength(4);
  });

  test('the flags of the etcd that runs count', () => {
    expect(
      thrown({ imageTag: '3.7.1-0', extraArgs: { 'feature-gates': 'PriorityRequest=true' } }),
    ).toEqual([]);
  });
});
