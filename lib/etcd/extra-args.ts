import { etcdKnowsFlag, type EtcdMinor } from '../catalog';
import type { Problem } from '../cluster';
import { valueProblems } from './bounds';
import { refusalOf } from './refused-flags';

type Arguments = Readonly<Record<string, string>>;

/** What is wrong with the extra arguments for this etcd minor, each argument on its own. */
export function extraArgProblems(args: Arguments, etcd: EtcdMinor): Problem[] {
  return [
    ...Object.keys(args)
      .sort()
      .flatMap((name) => nameProblems(name, etcd)),
    ...gateProblems(args['feature-gates'], etcd),
    ...valueProblems(args),
  ];
}

/** The gates that the user asked for, by name. */
export function askedGates(text = ''): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => pair.split('=') as [string, string]),
  );
}

function nameProblems(name: string, etcd: EtcdMinor): Problem[] {
  const refusal = refusalOf(name, etcd);
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
      : isKnown(name)
        ? 'etcd 3.7 does not start with it; use the gate of feature-gates that took its place'
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
  const { LeaseCheckpoint, LeaseCheckpointPersist } = askedGates(text);
  if (LeaseCheckpointPersist === 'true' && LeaseCheckpoint !== 'true') {
    return [
      problem(
        'LeaseCheckpointPersist together with LeaseCheckpoint',
        text,
        'etcd does not start with the first alone',
      ),
    ];
  }
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
