import type { Facts } from './facts';
import { Severity, type Finding } from '../../cluster';
import {
  code,
  counted,
  prose,
  text,
  type Block,
  type Piece,
  type Section,
  type Tone,
} from '../document';

const TONES: Readonly<Record<Severity, Tone>> = {
  [Severity.ERROR]: 'bad',
  [Severity.WARNING]: 'warn',
  [Severity.NOTE]: 'note',
};

/** What the review found; each has a place for what is measured that speaks of the same. */
export function findings({ findings: all }: Facts): Section {
  return {
    id: 'findings',
    title: 'Findings',
    lead: 'Where the layers of this cluster do not go together, or could go together better, with what to do about it.',
    blocks:
      all.length === 0
        ? [text('No rule of the review found anything.')]
        : all.map((finding, index) => ({
            kind: 'finding',
            title: titleOf(finding),
            // One rule may find several things: the first of them is the anchor of all.
            id:
              all.findIndex(({ id }) => id === finding.id) === index
                ? findingAnchor(finding.id)
                : undefined,
            tone: finding.acknowledged === undefined ? TONES[finding.severity] : 'mute',
            blocks: entry(finding),
          })),
  };
}

/** Where the findings of a rule begin. */
export function findingAnchor(id: string): string {
  return `finding-${id}`;
}

function titleOf({ id, severity, path }: Finding): Piece[] {
  return [{ badge: severity, tone: TONES[severity] }, ' ', id, ' ', code(path)];
}

function entry({ id, message, remedy, reference, acknowledged }: Finding): Block[] {
  return [
    text(...prose(sentence(message))),
    text({ strong: 'What to do:' }, ' ', ...prose(sentence(remedy))),
    ...(acknowledged === undefined
      ? []
      : [text({ strong: 'Accepted:' }, ' ', sentence(acknowledged))]),
    { kind: 'slot', name: findingAnchor(id) },
    text('See ', referenceOf(reference)),
  ];
}

/** References are addresses on the web, or pages of the library's own documentation. */
function referenceOf(reference: string): Piece {
  return reference.startsWith('https://') ? { href: reference, text: reference } : reference;
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** `2 warnings`, `no findings`, as badges. */
export function findingChips(all: readonly Finding[]): Piece[] {
  if (all.length === 0) {
    return [{ badge: 'no findings', tone: 'good' }];
  }
  const accepted = all.filter(({ acknowledged }) => acknowledged !== undefined).length;
  const open = all.filter(({ acknowledged }) => acknowledged === undefined);
  return [
    ...[Severity.ERROR, Severity.WARNING, Severity.NOTE].flatMap((severity): Piece[] => {
      const count = open.filter((finding) => finding.severity === severity).length;
      return count === 0 ? [] : [{ badge: counted(count, severity), tone: TONES[severity] }];
    }),
    ...(accepted === 0 ? [] : [{ badge: `${accepted} accepted`, tone: 'mute' } as const]),
  ];
}
