import { markup, type Markup } from './markup';
import { VerdictLevel, type Histogram, type Matrix } from '../../cluster';
import type { Tone } from '../document';

/** Packets as bars to scale: what a program sent is the light rest, everything before it is headers. */
export function byteBars(
  packets: ReadonlyArray<{
    readonly name: string;
    readonly parts: ReadonlyArray<{ readonly what: string; readonly bytes: number }>;
  }>,
): Markup {
  const total = ({ parts }: (typeof packets)[number]) =>
    parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = Math.max(...packets.map(total));
  const drawn = packets.map((packet) => {
    const said = packet.parts.map(({ what, bytes }) => `${what} ${bytes}`).join(', ');
    const headers = packet.parts
      .slice(0, -1)
      .map(
        ({ what, bytes }) =>
          markup`<i title="${what} ${bytes}" style="width:${share(bytes, total(packet))}%"></i>`,
      );
    return markup`<p>${packet.name}, ${total(packet)} bytes</p>
<div class="stack" role="img" aria-label="${said}" style="width:${share(total(packet), most)}%">${headers}</div>
`;
  });
  return markup`<div class="bytes">${drawn}</div>`;
}

const LEVEL_TONES: Readonly<Record<VerdictLevel, Tone>> = {
  [VerdictLevel.PASS]: 'good',
  [VerdictLevel.INFO]: 'note',
  [VerdictLevel.WARN]: 'warn',
  [VerdictLevel.FAIL]: 'bad',
  [VerdictLevel.UNKNOWN]: 'mute',
};

/** How a level looks. */
export function toneOf(level: VerdictLevel): Tone {
  return LEVEL_TONES[level];
}

/** A matrix as a heat map: colour by verdict, the number in every cell, so that colour is never alone. */
export function heatMap({ title, unit, rows, columns, values, level }: Matrix): Markup {
  const body = rows.map((name, row) => {
    const cells = columns.map((_, column) => {
      const value = values[row]?.[column] ?? null;
      const verdict = level[row]?.[column] ?? VerdictLevel.UNKNOWN;
      return markup`<td class="heat ${toneOf(verdict)}" title="${verdict}">${value === null ? '–' : number(value)}</td>`;
    });
    return markup`<tr><th scope="row">${name}</th>${cells}</tr>
`;
  });
  return markup`<table class="grid">
<caption>${title}, ${unit}; rows send, columns receive</caption>
<thead><tr><td></td>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table>
`;
}

/** Counts as bars, one below the other, so that the names of the buckets have room. */
export function bars({ title, unit, buckets }: Histogram): Markup {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const rows = buckets.map(
    ({ upTo, count }) =>
      markup`<tr><th scope="row">${upTo}</th><td><i style="width:${share(0.8 * count, most)}%"></i>${number(count)}</td></tr>
`,
  );
  return markup`<table class="grid bars">
<caption>${title}: how many up to, ${unit}</caption>
<tbody>
${rows}</tbody>
</table>
`;
}

/** Three digits that say something: 0.42, 9.41, 941, 12,345. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}

/** Per cent, to a tenth. */
function share(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}
