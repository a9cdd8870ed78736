import { etcdRefusedFlags, kubeadmEtcd } from '../catalog';

/** Flags that are props of the construct, where their bounds are checked. */
const props: Readonly<Record<string, string>> = {
  'heartbeat-interval': 'use the prop heartbeatInterval',
  'election-timeout': 'use the prop electionTimeout',
  'quota-backend-bytes': 'use the prop quota',
};

/** Flags that only ever break this set-up, besides those of the catalogue. */
const ours: Readonly<Record<string, string>> = {
  'config-file': 'etcd then ignores every other flag, and with them all that kubeadm passes',
  'distributed-tracing-instance-id':
    'it must differ between members, and extra arguments are the same on all of them',
  'initial-cluster-token': 'a member that joins with another token is refused',
  'listen-metrics-urls':
    "metrics travel unencrypted; kubeadm's 127.0.0.1:2381 is reached by an agent on the host network",
  'pre-vote': 'a member that comes back from a cut would end the term of a healthy leader',
  'strict-reconfig-check': 'it keeps a change of members from losing the quorum',
  'wal-dir': 'kubeadm gives the etcd pod one directory, the log belongs beside the database in it',
};

/** Whole families: addresses, keys and discovery are what kubeadm sets up for every member. */
const families = [/-urls$/, /^(peer-)?(client-)?(cert|key)-file$/, /^discovery/];

/** Why a flag may not be given in `extraArgs`, or undefined when it may. */
export function refusalOf(flag: string): string | undefined {
  const said = props[flag] ?? etcdRefusedFlags[flag]?.value ?? ours[flag];
  if (said !== undefined) {
    return said;
  }
  const owned =
    kubeadmEtcd.ownedArguments.value.includes(flag) || families.some((family) => family.test(flag));
  return owned ? 'kubeadm sets it for every member from the facts of the machine' : undefined;
}
