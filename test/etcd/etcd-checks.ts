import { Duration, Size } from 'cdk8s';
import { ApiEndpoint, EtcdDisk, Machine, Zone } from '../../lib';
import { EtcdCipherSuite, EtcdTlsVersion, FsyncGate } from '../../lib/etcd';
import { osloMachine } from '../support/oslo';
import { idsOf, made, withWalDisks } from './etcd';

// What reports from running clusters taught about etcd, and where each is caught: by an error while
// the spec is written, by a rule, or nowhere because it cannot be written down.

export interface EtcdCheck {
  readonly title: string;
  /** Ids of rules that find it, with a cluster in which they do. */
  readonly ids?: [string[], () => string[]];
  /** Errors of constructors, with what is in their text. */
  readonly errors?: Array<[() => unknown, string]>;
  /** Why nobody can write it down; a test of the room shows it. */
  readonly impossible?: string;
}

const three = [1, 2, 3].map((n) => osloMachine(n));
const members = (count: number) => ({
  machines: Array.from({ length: count }, (_, n) =>
    osloMachine(n + 1, { address: `10.20.0.${n + 11}` }),
  ),
});
const other = (changes: object) => ({ machines: [osloMachine(1, changes), three[1]!, three[2]!] });
const extra = (name: string, value: string) => () => made({ extraArgs: { [name]: value } });
const suites = Object.values(EtcdCipherSuite);

export const etcdChecks: EtcdCheck[] = [
  {
    title: 'an even number of members, or more than seven',
    errors: [
      [() => made({}, members(2)), 'an odd number of control planes from 1 to 7, got 2'],
      [() => made({}, members(9)), 'an odd number of control planes from 1 to 7, got 9'],
    ],
  },
  {
    title: 'a single member',
    ids: [['GW-ETCD-003'], () => idsOf(made({}, members(1)).cluster)],
  },
  {
    title: 'one name, address or serial for two members',
    errors: [
      [() => made({}, { machines: [three[0]!, three[0]!, three[2]!] }), 'unique by name, got cp-1'],
      [() => made({}, other({ address: '10.20.0.12' })), 'unique by address, got 10.20.0.12'],
      [
        () => made({}, other({ etcdDisk: EtcdDisk.nvmeSerial('S4EVNX0R2') })),
        'unique by etcd disk, got S4EVNX0R2',
      ],
      [
        () => {
          const first = osloMachine(1, { etcdWalDisk: EtcdDisk.nvmeSerial('WAL2') });
          return made({}, { machines: [first, ...withWalDisks().slice(1)] });
        },
        'unique by etcd disk, got WAL2',
      ],
    ],
  },
  {
    title: 'a disk by the name that the kernel gives out',
    errors: [
      [() => EtcdDisk.nvmeSerial('nvme0n1'), 'not a kernel device name, got nvme0n1'],
      [() => EtcdDisk.byId('/dev/sda'), 'not a kernel device name, got /dev/sda'],
    ],
  },
  {
    title: 'a control plane that says nothing of its disk',
    errors: [
      [() => made({}, other({ etcdDisk: undefined })), 'etcdDisk of machine cp-1 must be given'],
    ],
  },
  {
    title: 'timers that the round trip or etcd itself does not allow',
    errors: [
      [
        () => made({ heartbeatInterval: Duration.millis(50) }),
        'between 100 ms and 10000 ms, got 50 ms',
      ],
      [
        () =>
          made({ heartbeatInterval: Duration.seconds(1), electionTimeout: Duration.seconds(4) }),
        'between 5000 ms and 50000 ms, got 4000 ms',
      ],
    ],
  },
  {
    title: 'a leader that is replaced after many seconds',
    ids: [['GW-ETCD-004'], () => idsOf(made({ electionTimeout: Duration.seconds(10) }).cluster)],
  },
  {
    title: 'a quota that etcd, the memory or the disk does not bear',
    errors: [
      [() => made({ quota: Size.gibibytes(9) }), 'between 1 GiB and 8 GiB, got 9 GiB'],
      [
        () => made({ quota: Size.gibibytes(4) }, other({ memory: Size.gibibytes(4) })),
        'less than the memory of machine cp-1, 4 GiB, got 4 GiB',
      ],
      [
        () =>
          made(
            { quota: Size.gibibytes(8) },
            other({ etcdDisk: EtcdDisk.nvmeSerial('S1', { minSize: Size.gibibytes(10) }) }),
          ),
        'at most 4 GiB for a disk of 10 GiB',
      ],
    ],
  },
  {
    title: 'a flag or gate that this etcd does not know',
    errors: [
      [extra('snapshot-cuont', '1'), 'flags of etcd 3.6, got snapshot-cuont'],
      [extra('experimental-compaction-batch-limit', '1'), 'write compaction-batch-limit'],
      [
        extra('experimental-compact-hash-check-enabled', 'true'),
        'use the gate of feature-gates that took its place',
      ],
      [extra('ETCD_MAX_WALS', '3'), 'flags of etcd 3.6, got ETCD_MAX_WALS'],
      [extra('feature-gates', 'PriorityRequest=true'), 'gates of etcd 3.6, got PriorityRequest'],
    ],
  },
  {
    title: 'a flag that endangers the data or the cluster',
    errors: [
      [extra('unsafe-no-fsync', 'true'), 'without unsafe-no-fsync'],
      [extra('ETCD_UNSAFE_NO_FSYNC', 'true'), 'flags of etcd 3.6, got ETCD_UNSAFE_NO_FSYNC'],
      [extra('force-new-cluster', 'true'), 'without force-new-cluster'],
      [extra('max-wals', '0'), 'between 1 and 100, got 0'],
      [extra('peer-cert-allowed-cn', 'cp-1'), 'without peer-cert-allowed-cn'],
      [extra('client-cert-allowed-hostname', 'cp-1'), 'without client-cert-allowed-hostname'],
      [extra('name', 'default'), 'without name'],
    ],
  },
  {
    title: 'cipher suites without use, without HTTP/2, or weak ones',
    errors: [
      [
        () => made({ cipherSuites: suites }),
        'cipherSuites must be left out with tlsMinVersion TLS1.3',
      ],
      [
        () =>
          made({
            tlsMinVersion: EtcdTlsVersion.TLS_1_2,
            cipherSuites: [EtcdCipherSuite.ECDHE_RSA_AES_256_GCM],
          }),
        'a list with TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      ],
      [extra('cipher-suites', 'TLS_RSA_WITH_RC4_128_SHA'), 'use the prop cipherSuites'],
    ],
  },
  {
    title: 'clients or peers without a certificate',
    errors: [
      [extra('client-cert-auth', 'false'), 'without client-cert-auth'],
      [extra('peer-client-cert-auth', 'false'), 'without peer-client-cert-auth'],
      [extra('auto-tls', 'true'), 'without auto-tls'],
      [extra('peer-auto-tls', 'true'), 'without peer-auto-tls'],
      [extra('peer-skip-client-san-verification', 'true'), 'without peer-skip-client-san'],
    ],
  },
  {
    title: 'metrics or HTTP in the clear on the network',
    errors: [
      [extra('listen-metrics-urls', 'http://0.0.0.0:2381'), 'metrics travel unencrypted'],
      [extra('listen-client-http-urls', 'http://0.0.0.0:2383'), 'loopback address only'],
      [
        () => made({ httpPort: 2381 }),
        'httpPort must be a free port, got 2381 of etcd; leave it out for 2383',
      ],
      [
        () =>
          made(
            {},
            { endpoint: ApiEndpoint.external({ address: '10.20.0.10', apiServerPort: 2383 }) },
          ),
        'httpPort must be a free port, got 2383 of the Kubernetes API; set another one',
      ],
      [() => made({ httpPort: 30080 }), 'got 30080 of a Service of type NodePort'],
      [() => made({ httpPort: 80 }), 'httpPort must be between 1024 and 65535, got 80'],
    ],
  },
  {
    title: 'data at the top of a filesystem that is not empty',
    errors: [[extra('data-dir', '/var/lib/etcd'), 'without data-dir']],
    impossible: 'the directory is always one below the mount point',
  },
  {
    title: 'a log without a disk of its own, below the data, or on some members only',
    errors: [
      [
        extra('wal-dir', '/var/lib/etcd/data/member/log'),
        'give every control plane an etcdWalDisk',
      ],
      [
        () => made({}, { machines: [withWalDisks()[0]!, three[1]!, three[2]!] }),
        'etcdWalDisk of machine cp-2 must be given, because other control planes have one',
      ],
      [
        () => osloMachine(1, { etcdWalDisk: EtcdDisk.nvmeSerial('S4EVNX0R1') }),
        'etcdWalDisk must be another disk than etcdDisk, got S4EVNX0R1',
      ],
      [
        () => osloMachine(1, { etcdWalDisk: EtcdDisk.sharedWithRoot() }),
        'etcdWalDisk must be a disk of its own, got the root disk',
      ],
      [
        () => osloMachine(1, { etcdDisk: undefined, etcdWalDisk: EtcdDisk.nvmeSerial('W') }),
        'etcdWalDisk must be left out without etcdDisk, got W',
      ],
    ],
  },
  {
    title: 'two zones, of which one must not fail',
    ids: [
      ['GW-ETCD-002'],
      () => {
        const zones = ['a', 'b'].map((name, n) =>
          Zone.of(name, { country: 'NO', nodeCidr: `10.2${n}.0.0/24` }),
        );
        const machines = [0, 0, 1].map((zone, n) =>
          Machine.controlPlane(`cp-${n + 1}`, {
            zone: zones[zone]!.name,
            address: `10.2${zone}.0.1${n + 1}`,
            nic: 'eno1',
            etcdDisk: EtcdDisk.nvmeSerial(`S${n}`),
          }),
        );
        return idsOf(made({}, { zones, machines }).cluster);
      },
    ],
  },
  {
    title: 'a release that loses data, or one with a known vulnerability',
    ids: [['GW-ETCD-001'], () => idsOf(made({ imageTag: '3.6.13-0' }).cluster)],
    errors: [[() => made({ imageTag: '3.6.4-0' }), 'imageTag must be 3.6.5 or newer, got 3.6.4-0']],
  },
  {
    title: 'an etcd that this kubeadm was not made for',
    ids: [['GW-ETCD-005'], () => idsOf(made({ imageTag: '3.7.1-0' }).cluster)],
    errors: [[() => made({ imageTag: '3.5.33-0' }), 'imageTag must be of etcd 3.6 or newer']],
  },
  {
    title: 'gates that switch the check at start off, or name one that needs another',
    errors: [
      [extra('feature-gates', 'InitialCorruptCheck=false'), 'with InitialCorruptCheck'],
      [extra('feature-gates', 'LeaseCheckpointPersist=true'), 'together with LeaseCheckpoint'],
    ],
  },
  {
    title: 'comparisons of whole databases every few minutes',
    errors: [
      [
        () => made({ corruptCheckTime: Duration.minutes(90) }),
        'corruptCheckTime must be a whole number of hours between 1 and 168, got 1.5 h',
      ],
    ],
  },
  {
    title: 'a pod that reserves less than kubeadm gives it, or the whole machine',
    errors: [
      [() => made({ resources: { cpuMillicores: 50 } }), 'between 100 and 8000, got 50'],
      [
        () => made({ resources: { memory: Size.gibibytes(16) } }),
        'resources.memory must be at least 100 MiB and less than 16384 MiB',
      ],
    ],
  },
  {
    title: 'a disk that is formatted by force, by cloud-init, or passed over when it is missing',
    impossible: 'no force flag, no fs_setup and no nofail in anything that is written',
  },
  {
    title: 'a disk that is too slow for etcd',
    ids: [['GW-ETCD-006'], () => idsOf(made({ fsyncGate: FsyncGate.OFF }).cluster)],
  },
  {
    title: 'a disk that somebody else writes to',
    ids: [
      ['GW-ETCD-010'],
      () => idsOf(made({}, other({ etcdDisk: EtcdDisk.sharedWithRoot() })).cluster),
    ],
  },
];
