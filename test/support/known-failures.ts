import { etcdChecks } from '../etcd/etcd-checks';
import { endpointFailures } from '../node/endpoint-failures-errors';
import { kubeadmChecks } from '../node/kubeadm-checks';
import { nodeChecks } from '../node/node-checks';

/*
 * The known ways in which machines and their etcd break before a cluster runs, by number, and what
 * catches each. Their tests are where the titles come from; docs/checks.md shows the table.
 */

/** One known failure. */
export interface KnownFailure {
  readonly number: string;
  readonly title: string;
  /** Ids of rules, what a constructor says, or why nobody can write it down. */
  readonly caughtBy: string;
}

const etcd: Readonly<Record<string, string>> = {
  'an even number of members, or more than seven': 'ETCD01',
  'one name, address or serial for two members': 'ETCD02',
  'a disk by the name that the kernel gives out': 'ETCD03',
  'timers that the round trip or etcd itself does not allow': 'ETCD04',
  'a quota that etcd, the memory or the disk does not bear': 'ETCD05',
  'a flag or gate that this etcd does not know': 'ETCD06',
  'a flag that endangers the data or the cluster': 'ETCD07',
  'cipher suites without use, without HTTP/2, or weak ones': 'ETCD08',
  'clients or peers without a certificate': 'ETCD09',
  'metrics or HTTP in the clear on the network': 'ETCD10',
  'data at the top of a filesystem that is not empty': 'ETCD11',
  'a log without a disk of its own, below the data, or on some members only': 'ETCD12',
  'two zones, of which one must not fail': 'ETCD13',
  'a release that loses data, or one with a known vulnerability': 'ETCD14',
  'an etcd that this kubeadm was not made for': 'ETCD15',
  'gates that switch the check at start off, or name one that needs another': 'ETCD16',
  'a disk that is formatted by force, by cloud-init, or passed over when it is missing': 'ETCD18',
};

const node: Readonly<Record<string, string>> = {
  'a machine name that is no host name': 'NODE01',
  "an address outside of the machines' network": 'NODE02',
  'networks of pods, Services and machines that overlap': 'NODE03',
  'a containerd that is too old, or a configuration of another version': 'NODE04',
  'a sandbox image that kubeadm does not expect': 'NODE05',
  'kubelet and runtime with two cgroup drivers': 'NODE06',
  'a kernel parameter whose module is not loaded': 'NODE07',
  'a service proxy that the kernel cannot run': 'NODE08',
  swap: 'NODE09',
  'braces that a template engine would fill in': 'NODE14',
  'an MTU that is larger than the way carries': 'NODE15',
  'an old configuration API that a new kubeadm does not read': 'NODE16',
  'control planes that join at the same time': 'NODE17',
  'a token, a key or a hash of another form than kubeadm takes': 'NODE19',
  'binaries of another version than the configuration says': 'NODE20',
  'a command that fails, and the rest that runs on': 'NODE21',
};

/** Those whose tests stand elsewhere: backup-checks, user-data-failures and firewall. */
const others: KnownFailure[] = [
  {
    number: 'ETCD17',
    title: 'a backup on the disk that it is to survive, or in another country',
    caughtBy: 'GW-ETCD-030, GW-ETCD-031; the constructor refuses a directory below /var/lib/etcd',
  },
  {
    number: 'NODE12',
    title: 'user-data that the platform refuses',
    caughtBy: 'GW-NODE-004; the constructor: userDataLimit must be at least the bytes it has',
  },
  {
    number: 'NODE13',
    title: 'a secret in the output, or in user-data that a metadata service serves',
    caughtBy: 'GW-NODE-065; findLeaks over every output',
  },
  {
    number: 'NODE18',
    title: 'a port that is asked for and not opened, or opened and not asked for',
    caughtBy: 'cannot be written down: the host firewall is rendered from the ledger',
  },
];

/** All of them, in order. */
export function knownFailures(): KnownFailure[] {
  const rows = [
    ...etcdChecks.map(({ title, ids, errors, impossible }) => ({
      number: etcd[title],
      title,
      caughtBy: sentence(ids?.[0], errors?.map(([, text]) => text).slice(0, 1), impossible),
    })),
    ...[...nodeChecks, ...kubeadmChecks].map(({ title, rules, throws, impossible }) => ({
      number: node[title],
      title,
      caughtBy: sentence(rules?.[0], throws && [throws[1]], impossible?.[0]),
    })),
    ...(['NODE10', 'NODE11'] as const).map((number) => ({
      number,
      title:
        number === 'NODE10'
          ? 'an API endpoint that the network does not carry'
          : 'one manifest of the virtual IP for machines that need unlike ones',
      caughtBy: endpointIds(number),
    })),
    ...others,
  ];
  return rows
    .filter((row): row is KnownFailure => row.number !== undefined)
    .sort((a, b) => (a.number < b.number ? -1 : 1));
}

function sentence(ids: string[] = [], errors: string[] = [], impossible?: string): string {
  const found = [
    ...(ids.length === 0 ? [] : [ids.join(', ')]),
    ...errors.map((text) => `the constructor: ${text.split('\n')[0]!.split(';')[0]}`),
  ];
  if (impossible === undefined) {
    return found.join('; ');
  }
  return found.length === 0
    ? `cannot be written down: ${impossible}`
    : `${found.join('; ')}; besides, ${impossible}`;
}

function endpointIds(number: string): string {
  const lines = endpointFailures.filter(({ id }) => id === number).flatMap(({ says }) => says);
  const ids = new Set(
    lines.map((line) => line.split(' ')[0]!).filter((id) => id.startsWith('GW-')),
  );
  const refusals = lines.filter((line) => !line.startsWith('GW-')).slice(0, 1);
  return [
    ...(ids.size === 0 ? [] : [[...ids].sort().join(', ')]),
    ...refusals.map((text) => `the constructor: ${text.split(';')[0]}`),
  ].join('; ');
}
