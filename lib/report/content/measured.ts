import { comparedPart } from './compared';
import { findingAnchor } from './findings';
import { stepAnchor } from './runbook';
import {
  VerdictLevel,
  type DoctorReport,
  type Histogram,
  type Matrix,
  type Measurement,
} from '../../cluster';
import {
  code,
  counted,
  prose,
  table,
  text,
  type Block,
  type Inline,
  type Piece,
  type Section,
  type Table,
} from '../document';
import { bars, heatMap, toneOf } from '../html/charts';

/** What hurts most first. */
const ORDER = [
  VerdictLevel.FAIL,
  VerdictLevel.WARN,
  VerdictLevel.UNKNOWN,
  VerdictLevel.INFO,
  VerdictLevel.PASS,
];

const TITLES: Readonly<Record<VerdictLevel, string>> = {
  [VerdictLevel.FAIL]: 'Not as intended',
  [VerdictLevel.WARN]: 'On its way to trouble',
  [VerdictLevel.UNKNOWN]: 'Not known',
  [VerdictLevel.INFO]: 'Worth knowing',
  [VerdictLevel.PASS]: 'As intended',
};

/**
 * What a run of the doctor measured, beside what the spec intends.
 *
 * @param anchors of the steps and findings that there are to lead to
 * @param earlier another run, to be put beside this one
 */
export function measuredSection(
  report: DoctorReport,
  anchors: ReadonlySet<string>,
  earlier?: DoctorReport,
): Section {
  const { measurements, matrices, histograms } = report;
  return {
    id: 'measured',
    title: 'Measured',
    lead: 'What the doctor saw on the running cluster, beside what the spec intends.',
    blocks: [
      text(...spaced(levelChips(measurements))),
      ...(earlier === undefined ? [] : [comparedPart(earlier, report)]),
      ...ORDER.flatMap((level) => levelPart(level, measurements, anchors)),
      ...matrices.map(matrixBlock),
      ...histograms.map(histogramBlock),
    ],
  };
}

/** `3 fail`, `12 pass`, as badges. */
export function levelChips(measurements: readonly Measurement[]): Piece[] {
  return ORDER.flatMap((level): Piece[] => {
    const count = measurements.filter((one) => one.level === level).length;
    return count === 0 ? [] : [{ badge: `${count} ${level}`, tone: toneOf(level) }];
  });
}

function spaced(pieces: readonly Piece[]): Piece[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [' ', piece]));
}

function levelPart(
  level: VerdictLevel,
  all: readonly Measurement[],
  anchors: ReadonlySet<string>,
): Block[] {
  const those = all.filter((one) => one.level === level);
  if (those.length === 0) {
    return [];
  }
  const isWell = level === VerdictLevel.PASS || level === VerdictLevel.INFO;
  return [
    {
      kind: 'part',
      title: `${TITLES[level]}: ${counted(those.length, 'measurement')}`,
      closed: isWell,
      blocks: table(
        'Measured beside intended',
        ['verdict', 'check', 'where', 'measured', 'intended', 'what it means'],
        those.map((one): Inline[] => [
          { badge: level, tone: toneOf(level) },
          code(one.check),
          one.subject,
          one.value,
          one.intended,
          meaningOf(one, anchors),
        ]),
      ),
    },
  ];
}

/** A step that this cluster does not have leads to the symptoms; a finding that was not made, nowhere. */
function meaningOf(
  { message, remedy, findingId, runbook }: Measurement,
  anchors: ReadonlySet<string>,
): Piece[] {
  const step = runbook === undefined ? undefined : stepAnchor(runbook);
  const finding = findingId === undefined ? undefined : findingAnchor(findingId);
  return [
    ...prose(remedy === undefined ? message : `${message}; ${remedy}`),
    ...(step === undefined
      ? []
      : [' ', { href: `#${anchors.has(step) ? step : 'runbook'}`, text: 'Runbook' }]),
    ...(finding !== undefined && anchors.has(finding)
      ? [' ', { href: `#${finding}`, text: findingId! }]
      : []),
  ];
}

function matrixBlock(matrix: Matrix): Block {
  const { title, unit, rows, columns, values } = matrix;
  const numbers: Table = {
    kind: 'table',
    caption: `${title}, ${unit}; rows send, columns receive`,
    columns: ['', ...columns],
    rows: rows.map((name, row) => [
      name,
      ...columns.map((_, column) => String(values[row]?.[column] ?? '–')),
    ]),
  };
  return { kind: 'chart', draw: () => heatMap(matrix), table: numbers };
}

function histogramBlock(histogram: Histogram): Block {
  const { title, unit, buckets } = histogram;
  const numbers: Table = {
    kind: 'table',
    caption: title,
    columns: [`up to, ${unit}`, 'count'],
    rows: buckets.map(({ upTo, count }) => [upTo, String(count)]),
  };
  return {
    kind: 'part',
    title,
    blocks: [{ kind: 'chart', draw: () => bars(histogram), table: numbers }],
  };
}
