import type { DoctorReport, Measurement } from '../../cluster';
import { Change, changesBetween } from '../changes';
import { code, counted, table, text, type Block, type Inline, type Tone } from '../document';
import { toneOf } from '../html/charts';

const TONES: Readonly<Record<Change, Tone>> = {
  [Change.WORSE]: 'bad',
  [Change.BETTER]: 'good',
  [Change.UNKNOWN_NOW]: 'warn',
  [Change.KNOWN_NOW]: 'note',
  [Change.OTHER]: 'mute',
  [Change.SAME]: 'mute',
};

/** Two runs side by side: what is the same in both is only counted. */
export function comparedPart(earlier: DoctorReport, now: DoctorReport): Block {
  const all = changesBetween(earlier, now);
  const changed = all.filter(({ change }) => change !== Change.SAME);
  const same = all.length - changed.length;
  return {
    kind: 'part',
    title: `Beside the run before: ${counted(changed.length, 'change')}`,
    blocks: [
      ...table(
        'What changed, worst first',
        ['change', 'check', 'where', 'before', 'now'],
        changed.map((one): Inline[] => [
          { badge: one.change, tone: TONES[one.change] },
          code(one.check),
          one.subject,
          valueOf(one.before),
          valueOf(one.now),
        ]),
      ),
      text(`The same in both runs: ${counted(same, 'measurement')}.`),
    ],
  };
}

function valueOf(measurement: Measurement | undefined): Inline {
  return measurement === undefined
    ? 'not measured'
    : [{ badge: measurement.level, tone: toneOf(measurement.level) }, ' ', measurement.value];
}
