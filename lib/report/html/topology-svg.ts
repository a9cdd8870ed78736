import { layOut, type Point } from './layout';
import { markup, type Markup } from './markup';

/** A machine, or many of one kind. */
export interface DrawnMachine {
  readonly name: string;
  readonly lines: readonly string[];
  readonly kind: 'cp' | 'worker';
}

/** A zone with machines in it, or something beside the zones. */
export interface DrawnBox {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Absent for what is no zone. */
  readonly machines?: readonly DrawnMachine[];
}

export interface DrawnLine {
  readonly from: string;
  readonly to: string;
  readonly kind: 'link' | 'api' | 'bgp';
  readonly label: readonly string[];
}

const LINE = 16;
const PAD = 12;
const MACHINE = { width: 150, head: 20, gap: 8 };
/** Two machines beside each other: what a phone shows without scrolling. */
const COLUMNS = 2;
const BOX_WIDTH = 165;

/** Zones, what is in them and how they are connected, as a picture that takes its colours from the page. */
export function topologySvg(
  title: string,
  boxes: readonly DrawnBox[],
  lines: readonly DrawnLine[],
): Markup {
  const sized = boxes.map((box) => ({ box, id: box.id, ...sizeOf(box) }));
  const places = layOut(
    sized,
    lines.map(({ from, to, label }) => ({
      from,
      to,
      width: Math.max(8, ...label.map(widthOf)) + 8,
      height: label.length * LINE + 4,
    })),
  );
  const { width, height } = places;
  const paths = lines.map(({ kind }, index) => pathOf(places.connections[index]!.points, kind));
  const drawn = sized.map(({ box, id, ...size }) => {
    const { x, y } = places.boxes.get(id)!;
    return boxSvg(box, { x: x - size.width / 2, y: y - size.height / 2 }, size.width, size.height);
  });
  const labels = lines.map(({ label }, index) => labelSvg(label, places.connections[index]!.label));
  return markup`<svg role="img" aria-label="${title}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${paths}${drawn}${labels}</svg>`;
}

function sizeOf({ lines, machines }: DrawnBox): { width: number; height: number } {
  const head = PAD + LINE * (1 + lines.length);
  if (machines === undefined) {
    return { width: BOX_WIDTH, height: head + PAD / 2 };
  }
  const columns = Math.min(COLUMNS, Math.max(1, machines.length));
  const inner = rowsOf(machines).reduce((sum, row) => sum + rowHeight(row) + MACHINE.gap, 0);
  return {
    width: Math.max(190, 2 * PAD + columns * MACHINE.width + (columns - 1) * MACHINE.gap),
    height: head + PAD / 2 + inner + PAD - MACHINE.gap,
  };
}

function rowsOf(machines: readonly DrawnMachine[]): DrawnMachine[][] {
  return machines.reduce<DrawnMachine[][]>((rows, machine, index) => {
    if (index % COLUMNS === 0) {
      rows.push([]);
    }
    rows[rows.length - 1]!.push(machine);
    return rows;
  }, []);
}

function rowHeight(row: readonly DrawnMachine[]): number {
  return Math.max(...row.map(({ lines }) => MACHINE.head + 14 * lines.length + 10));
}

function boxSvg(box: DrawnBox, { x, y }: Point, width: number, height: number): Markup {
  const { title, lines, machines } = box;
  const place = markup`x="${x}" y="${y}" width="${width}" height="${height}" rx="6"`;
  let top = y + PAD + LINE * (1 + lines.length) + PAD / 2;
  const inner = rowsOf(machines ?? []).map((row) => {
    const tall = rowHeight(row);
    const drawn = row.map((machine, column) =>
      machineSvg(machine, { x: x + PAD + column * (MACHINE.width + MACHINE.gap), y: top }, tall),
    );
    top += tall + MACHINE.gap;
    return drawn;
  });
  const look = machines === undefined ? 'box' : 'zone';
  const stripe =
    machines === undefined ? stripeSvg('outside', { x, y: y + 8 }, height - 16) : undefined;
  const words = [title, ...lines].map((line, index) =>
    lineSvg(index, line, width - 18, { x: x + PAD, y: y + PAD + 8 + LINE * index }),
  );
  return markup`<g><title>${[title, ...lines].join(', ')}</title><rect class="${look}" ${place}/>${stripe}${words}${inner}</g>
`;
}

function machineSvg({ name, lines, kind }: DrawnMachine, { x, y }: Point, height: number): Markup {
  const { width } = MACHINE;
  const words = [name, ...lines].map((line, index) =>
    lineSvg(index, line, width - 18, { x: x + 11, y: y + 18 + (index === 0 ? 0 : 1) + 14 * index }),
  );
  return markup`<g><title>${[name, ...lines].join(', ')}</title><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>${stripeSvg(kind, { x, y: y + 6 }, height - 12)}${words}</g>`;
}

/** What tells by its colour what a box is. */
function stripeSvg(kind: string, { x, y }: Point, height: number): Markup {
  return markup`<rect class="${kind}" x="${x}" y="${y}" width="3" height="${height}"/>`;
}

/** A name, or a smaller line below it, as far as it fits. */
function lineSvg(index: number, words: string, width: number, at: Point): Markup {
  return index === 0
    ? textSvg('name', fit(words, width, 7.6), at)
    : textSvg('soft', fit(words, width, 6.3), at);
}

function pathOf(points: readonly Point[], kind: string): Markup {
  const steps = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`);
  return markup`<path class="edge ${kind}" d="${steps.join('')}"/>
`;
}

function labelSvg(label: readonly string[], { x, y }: Point): Markup | undefined {
  if (label.length === 0) {
    return undefined;
  }
  const width = Math.max(...label.map(widthOf)) + 8;
  const height = label.length * LINE;
  const top = y - height / 2;
  const rows = label.map(
    (line, index) =>
      markup`<text class="soft" text-anchor="middle" x="${x}" y="${top + 12 + LINE * index}">${line}</text>`,
  );
  return markup`<rect class="label" x="${x - width / 2}" y="${top}" width="${width}" height="${height}"/>${rows}
`;
}

function textSvg(kind: string, words: string, { x, y }: Point): Markup {
  return markup`<text class="${kind}" x="${x}" y="${y}">${words}</text>`;
}

/** How wide a small line is, about: there is nothing here that could measure it. */
function widthOf(line: string): number {
  return Math.ceil(line.length * 6.3);
}

/** As much of a text as fits; all of it is in the title. */
function fit(text: string, width: number, perCharacter: number): string {
  const most = Math.floor(width / perCharacter);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
