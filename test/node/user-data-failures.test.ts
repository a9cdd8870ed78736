import { UserDataLimit } from '../../lib';
import type { NodeBootstrapOptions } from '../../lib/node';
import { compress } from '../../lib/node/user-data/form';
import { findLeaks } from '../../lib/testing';
import { oslo } from './support';

// Every way in which user-data failed in running clusters, and what catches it before it does.
interface Failure {
  readonly id: string;
  readonly title: string;
  readonly options?: NodeBootstrapOptions;
  /** Ids of rules that speak. */
  readonly ids?: string[];
  /** What rendering throws, to the first semicolon. */
  readonly error?: RegExp;
  /** What the leak test finds in a file that holds this. */
  readonly leak?: [string, string];
}

const token = ['abcdef', '0123456789abcdef'].join('.');

const failures: Failure[] = [
  {
    id: 'NODE12',
    title: 'a platform refuses user-data, and nobody said what it takes',
    ids: ['GW-NODE-004'],
  },
  {
    id: 'NODE12',
    title: 'user-data that fits only without its secrets',
    options: { userDataLimit: UserDataLimit.EC2 },
    error:
      /^\[nodes\] userDataLimit must be at least the \d+ bytes that the user-data of cp-1 has, compressed and with its secrets, got 16384 bytes$/,
  },
  {
    id: 'NODE12',
    title: 'user-data that is compressed where it would not fit',
    options: { userDataLimit: UserDataLimit.HETZNER_CLOUD, keysBySsh: true },
    ids: [],
  },
  {
    id: 'NODE13',
    title: 'a metadata service hands the keys of authorities to whoever asks',
    options: { userDataLimit: UserDataLimit.HETZNER_CLOUD },
    ids: ['GW-NODE-065'],
  },
  {
    id: 'NODE13',
    title: 'a secret in the output',
    leak: [`token: ${token}\n`, 'f:1: a bootstrap token'],
  },
  {
    id: 'NODE13',
    title: 'a secret in the output that compression hides',
    leak: [
      compress(`#cloud-config\ntoken: ${token}\n`),
      'f:9: a bootstrap token in line 2 of compressed content',
    ],
  },
];

test.each(failures)('$id: $title', ({ options = {}, ids, error, leak }) => {
  const { cluster, files } = oslo({}, options);
  if (error !== undefined) {
    const first = (() => {
      try {
        files();
        return 'accepted';
      } catch (thrown) {
        return (thrown as Error).message.split(';')[0];
      }
    })();
    expect(first).toMatch(error);
  }
  if (ids !== undefined) {
    const about = ['GW-NODE-004', 'GW-NODE-065'];
    expect(
      cluster
        .findings()
        .map(({ id }) => id)
        .filter((id) => about.includes(id)),
    ).toEqual(ids);
    expect(Object.keys(files())).toContain('nodes/cp-1/user-data');
  }
  if (leak !== undefined) {
    expect(findLeaks('f', leak[0])).toEqual([leak[1]]);
  }
});
