import { userDataLimits } from '../../catalog';
import { rule, Severity, type Cluster, type IRule } from '../../cluster';

/** Rules about what is handed to the platform. */
export const userDataRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-004',
      severity: Severity.NOTE,
      title: 'User-data fits the platform',
      why: 'Platforms refuse user-data beyond their limit; a NoCloud disk or a bare-metal service has none',
      remedy:
        'set userDataLimit to what the platform takes, such as UserDataLimit.HETZNER_CLOUD: larger user-data is then compressed, and what does not fit is an error',
      reference: 'https://cloudinit.readthedocs.io/en/latest/explanation/format.html',
    },
    sizeNotes,
  ),
  rule(
    {
      id: 'GW-NODE-065',
      severity: Severity.WARNING,
      title: 'Long-lived keys stay out of user-data that a metadata service serves',
      why: 'Every process of the machine, and every pod on its network, can ask the metadata service for the user-data; whoever has the key of an authority is an administrator for ten years',
      remedy:
        'set keysBySsh, and seal writes the keys apart with the commands that deliver them; or acknowledge this where nothing serves user-data. A policy of the network plugin keeps pods from 169.254.169.254, but not pods on the host network',
      reference: 'docs/secrets.md',
    },
    (cluster) => {
      const nodes = cluster._summary('nodes');
      const holders = nodes?.userDataLimit === undefined ? [] : nodes.keysInUserData();
      return holders.length === 0
        ? []
        : [
            {
              message: `private keys go into the user-data of ${holders.join(', ')}, and a platform that limits user-data also serves it to the machine`,
            },
          ];
    },
  ),
];

/** One machine of each kind stands for the rest: they differ by a few bytes. */
function sizeNotes(cluster: Cluster) {
  const summary = cluster._summary('nodes');
  const [first, second] = cluster.controlPlanes;
  const samples = [first, second, cluster.workers[0]].filter((m) => m !== undefined);
  if (summary === undefined || summary.userDataLimit !== undefined || samples.length === 0) {
    return [];
  }
  const bytes = Math.max(...samples.map((m) => summary.userDataBytes(m)));
  const beyond = Object.entries(userDataLimits)
    .filter(([, limit]) => bytes > limit.value)
    .map(([platform]) => platform);
  return beyond.length === 0
    ? []
    : [
        {
          message: `user-data has ${Math.ceil(bytes / 1024)} KiB with its secrets, more than ${beyond.join(', ')} take`,
        },
      ];
}
