import { etcdKnowsFlag, type EtcdMinor } from '../catalog';
import type { Problem } from '../cluster';
import { refusalOf } from './refused-flags';

/** etcd writes with TLS 1.3 only unless the user says otherwise; both its clients and its peers are Go. */
export const TLS_FLOOR = 'TLS1.3';

type Arguments = Readonly<Record<string, string>>;

/** What is wrong with the extra arguments for this etcd minor, each argument on its own. */
export function extraArgProblems(args: Arguments, etcd: EtcdMinor): Problem[] {
  return [
    ...Object.keys(args)
      .sort()
      .flatMap((name) => nameProblems(name, etcd)),
    ...gateProblems(args['feature-gates'], etcd),
    ...tlsProblems(args),
    ...valueProblems(args),
  ];
}

/** kubeadm replaces its own value of feature-gates as a whole, so ours repeats the check it switches on. */
export function featureGates(asked: string | undefined): string {
  const gates = {
    CompactHashCheck: 'true',
    InitialCorruptCheck: 'true',
    ...parseGates(asked ?? ''),
  };
  return Object.entries(gates)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([gate, value]) => `${gate}=${value}`)
    .join(',');
}

function nameProblems(name: string, etcd: EtcdMinor): Problem[] {
  const refusal = refusalOf(name);
  if (refusal !== undefined) {
    return [{ prop: 'extraArgs', allowed: `without ${name}`, got: name, remedy: refusal }];
  }
  const isKnown = (flag: string) => etcdKnowsFlag(etcd.minor, flag);
  // Old spellings still start on 3.6 and no longer on 3.7: whoever writes one now stops etcd at the next upgrade.
  if (isKnown(name) && !name.startsWith('experimental-')) {
    return [];
  }
  const plain = name.replace(/^-+/, '').replace(/^experimental-/, '');
  const remedy =
    plain !== name && isKnown(plain)
      ? `write ${plain}`
      : 'etcd does not start with a flag it does not know; check the spelling in `etcd --help` of that version';
  return [{ prop: 'extraArgs', allowed: `flags of etcd ${etcd.minor}`, got: name, remedy }];
}

function gateProblems(text: string | undefined, etcd: EtcdMinor): Problem[] {
  if (text === undefined) {
    return [];
  }
  const problem = (allowed: string, got: string, remedy: string): Problem => ({
    prop: 'extraArgs.feature-gates',
    allowed,
    got,
    remedy,
  });
  const known = Object.keys(etcd.featureGates.value).sort();
  return text.split(',').flatMap((pair) => {
    const [, gate, value] = /^(\w+)=(true|false)$/.exec(pair) ?? [];
    if (gate === undefined) {
      return [problem('Gate=true or Gate=false, joined by commas', pair, 'leave out spaces')];
    }
    if (!known.includes(gate)) {
      return [problem(`gates of etcd ${etcd.minor}`, gate, `it knows ${known.join(', ')}`)];
    }
    return gate === 'InitialCorruptCheck' && value === 'false'
      ? [problem('with InitialCorruptCheck', pair, 'a member with damaged data would join unseen')]
      : [];
  });
}

/** etcd refuses to start with ciphers, or a ceiling, that TLS 1.3 leaves no room for. */
function tlsProblems(args: Arguments): Problem[] {
  const floor = args['tls-min-version'] ?? TLS_FLOOR;
  if (floor !== 'TLS1.2' && floor !== 'TLS1.3') {
    return [
      {
        prop: 'extraArgs.tls-min-version',
        allowed: 'TLS1.2 or TLS1.3',
        got: floor,
        remedy: 'leave it out for TLS1.3',
      },
    ];
  }
  const remedy = "add 'tls-min-version': 'TLS1.2', or leave it out";
  const problem = (prop: string): Problem[] => [
    { prop, allowed: `left out with tls-min-version ${TLS_FLOOR}`, got: 'a value', remedy },
  ];
  return floor === 'TLS1.2'
    ? []
    : [
        ...(args['cipher-suites'] === undefined ? [] : problem('extraArgs.cipher-suites')),
        ...(args['tls-max-version'] === 'TLS1.2' ? problem('extraArgs.tls-max-version') : []),
      ];
}

function valueProblems(args: Arguments): Problem[] {
  return args['max-wals'] === '0'
    ? [
        {
          prop: 'extraArgs.max-wals',
          allowed: 'at least 1',
          got: '0',
          remedy: '0 keeps every file of the log and fills the disk',
        },
      ]
    : [];
}

function parseGates(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => pair.split('=') as [string, string]),
  );
}
