import { etcdRefusedFlags, kubeadmEtcd, type EtcdMinor } from '../catalog';

/** Flags that are props of the construct, where their bounds are checked. */
const props: Readonly<Record<string, string>> = {
  'heartbeat-interval': 'use the prop heartbeatInterval',
  'election-timeout': 'use the prop electionTimeout',
  'quota-backend-bytes': 'use the prop quota',
  'cipher-suites': 'use the prop cipherSuites',
  'corrupt-check-time': 'use the prop corruptCheckTime',
  'listen-client-http-urls': 'use the prop httpPort; it listens on the loopback address only',
  metrics: 'use the prop metrics',
  'tls-min-version': 'use the prop tlsMinVersion',
  'wal-dir': 'give every control plane an etcdWalDisk; the directory follows from it',
};

/** Flags that only ever break this set-up, besides those of the catalogue. */
const ours: Readonly<Record<string, string>> = {
  'client-cert-allowed-hostname': 'API servers have certificates without a host name',
  'config-file': 'etcd then ignores every other flag, and with them all that kubeadm passes',
  'distributed-tracing-instance-id':
    'it must differ between members, and extra arguments are the same on all of them',
  'initial-cluster-token': 'a member that joins with another token is refused',
  'listen-metrics-urls':
    "metrics travel unencrypted; kubeadm's port 2381 on the loopback address is reached by an agent on the host network",
  'memory-mlock':
    "kubeadm's etcd pod may not lock that much memory and etcd would not start; swap is off anyway",
  'peer-cert-allowed-cn': 'each member has a certificate in its own name, and would be alone',
  'pre-vote': 'a member that comes back from a cut would end the term of a healthy leader',
  'strict-reconfig-check': 'it keeps a change of members from losing the quorum',
  'tls-max-version': 'a ceiling only keeps clients from the better version',
};

/** Whole families: addresses, keys and discovery are what kubeadm sets up for every member. */
const families = [/-urls$/, /^(peer-)?(client-)?(cert|key)-file$/, /^discovery/];

/** Why a flag may not be given in `extraArgs`, or undefined when it may. */
export function refusalOf(flag: string, etcd: EtcdMinor): string | undefined {
  const said = props[flag] ?? etcdRefusedFlags[flag]?.value ?? ours[flag];
  if (said !== undefined) {
    return said;
  }
  if (flag === 'max-snapshots' && !etcd.maxSnapshotsFlag.value) {
    return 'it is deprecated since 3.6 and leaves with 3.8; members keep five';
  }
  const owned =
    kubeadmEtcd.ownedArguments.value.includes(flag) || families.some((family) => family.test(flag));
  return owned ? 'kubeadm sets it for every member from the facts of the machine' : undefined;
}
