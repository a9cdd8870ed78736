import { VerdictLevel, type DoctorReport, type Measurement } from '../cluster';

/** What became of one thing between two runs of the doctor. */
export enum Change {
  WORSE = 'worse',
  BETTER = 'better',
  UNKNOWN_NOW = 'unknown now',
  KNOWN_NOW = 'known now',
  /** Another value, and the same verdict. */
  OTHER = 'other value',
  SAME = 'same',
}

/** One thing that both runs, or one of them, measured. */
export interface Compared {
  readonly check: string;
  readonly subject: string;
  readonly before?: Measurement;
  readonly now?: Measurement;
  readonly change: Change;
}

/** How bad a verdict is; what is not here says nothing. */
const RANKS: Partial<Readonly<Record<VerdictLevel, number>>> = {
  [VerdictLevel.PASS]: 0,
  [VerdictLevel.INFO]: 0,
  [VerdictLevel.WARN]: 1,
  [VerdictLevel.FAIL]: 2,
};

/** Everything that two runs measured, side by side, in the order of the later one; what got worse first. */
export function changesBetween(before: DoctorReport, now: DoctorReport): Compared[] {
  const [was, is] = [byThing(before.measurements), byThing(now.measurements)];
  const all = [...new Set([...is.keys(), ...was.keys()])].map((key) =>
    compared(was.get(key), is.get(key)),
  );
  return Object.values(Change).flatMap((change) => all.filter((one) => one.change === change));
}

/** A check may look at one machine several times: the first is compared with the first. */
function byThing(measurements: readonly Measurement[]): Map<string, Measurement> {
  const found = new Map<string, Measurement>();
  for (const one of measurements) {
    let turn = 0;
    const key = () => `${one.check}\n${one.subject}\n${turn}`;
    while (found.has(key())) {
      turn += 1;
    }
    found.set(key(), one);
  }
  return found;
}

function compared(before: Measurement | undefined, now: Measurement | undefined): Compared {
  const { check, subject } = (now ?? before)!;
  return {
    check,
    subject,
    ...(before === undefined ? {} : { before }),
    ...(now === undefined ? {} : { now }),
    change: changeOf(before, now),
  };
}

function changeOf(before: Measurement | undefined, now: Measurement | undefined): Change {
  const [was, is] = [before && RANKS[before.level], now && RANKS[now.level]];
  if (was === undefined || is === undefined) {
    return was === is ? Change.SAME : is === undefined ? Change.UNKNOWN_NOW : Change.KNOWN_NOW;
  }
  if (was !== is) {
    return is > was ? Change.WORSE : Change.BETTER;
  }
  return before!.value === now!.value ? Change.SAME : Change.OTHER;
}
