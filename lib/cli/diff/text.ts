import { stripVTControlCharacters } from 'node:util';
import { Effect, EFFECTS, type Change, type FieldChange } from './effect';
import type { Plan } from './plan';
import type { Step } from './steps';

const HEADLINES: Readonly<Record<Effect, string>> = {
  [Effect.NOTHING]: 'nothing to do',
  [Effect.ADDED]: 'added',
  [Effect.LIVE]: 'live',
  [Effect.ROLLOUT]: 'rollout',
  [Effect.DRAIN]: 'drain',
  [Effect.REBUILD]: 'rebuild',
  [Effect.BREAKS_CONNECTIONS]: 'breaks connections',
};
const WORST_FIRST = [...EFFECTS].reverse();
// What one change shows of itself; all of it is in --json.
const FIELDS = 6;

/** For a person at a terminal. */
export function planText(plan: Plan): string {
  if (plan.changes.length === 0) {
    return 'No difference that a cluster would see.';
  }
  return [
    summary(plan),
    ...WORST_FIRST.flatMap((effect) => {
      const groups = grouped(plan.changes.filter((change) => change.effect === effect));
      return groups.length === 0 ? [] : ['', HEADLINES[effect], ...groups.flatMap(groupLines)];
    }),
    ...(plan.steps.length === 0 ? [] : ['', 'In this order', ...plan.steps.flatMap(stepLines)]),
  ]
    .map(harmless)
    .join('\n');
}

/** For a comment on a pull request. */
export function planMarkdown(plan: Plan): string {
  if (plan.changes.length === 0) {
    return 'No difference that a cluster would see.';
  }
  const rows = WORST_FIRST.flatMap((effect) =>
    grouped(plan.changes.filter((change) => change.effect === effect)).map(groupRow),
  );
  return [
    `**${summary(plan)}**`,
    '',
    '| effect | what | values | what happens |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(plan.steps.length === 0
      ? []
      : ['', '**In this order**', '', ...plan.steps.flatMap(stepItems)]),
  ]
    .map(harmless)
    .join('\n');
}

/** Values may hold anything, and a terminal obeys. */
function harmless(line: string): string {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(line).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function summary({ counts }: Plan): string {
  const parts = WORST_FIRST.filter((effect) => counts[effect] !== undefined);
  return parts.map((effect) => `${counts[effect]} ${HEADLINES[effect]}`).join(', ');
}

/** Changes that would be told in the same words, with nothing else to show of them. */
function grouped(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const { why, how, effect, fields } = change;
    const isBrief = effect === Effect.NOTHING || shownFields(fields).length === 0;
    const key = isBrief ? JSON.stringify([why, how]) : `alone ${groups.size}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

function groupLines(group: readonly Change[]): string[] {
  const { why, how, decided, fields, effect } = group[0]!;
  return [
    ...headings(group).map((heading) => `  ${heading}`),
    ...(effect === Effect.NOTHING ? [] : shownFields(fields)).map((line) => `    ${line}`),
    `    ${why}.`,
    ...(how === undefined ? [] : [`    do: ${how}`]),
    ...(decided === undefined ? [] : [`    decided: ${decided}`]),
  ];
}

function groupRow(group: readonly Change[]): string {
  const { effect, fields, why, how } = group[0]!;
  const values = effect === Effect.NOTHING ? [] : shownFields(fields);
  return `| ${[
    HEADLINES[effect],
    headings(group).join('<br>'),
    values.map((line) => `\`${line.replaceAll('`', "'")}\``).join('<br>'),
    `${why}.${how === undefined ? '' : ` Do: ${how}.`}`,
  ]
    .map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' '))
    .join(' | ')} |`;
}

/** What a group is about, each once: machines may have different values of the same thing. */
function headings(group: readonly Change[]): string[] {
  const machines = new Map<string, string[]>();
  for (const change of group) {
    const heading = change.file.startsWith('nodes/')
      ? change.subject
      : `${change.subject}  (${change.file})`;
    machines.set(heading, [...(machines.get(heading) ?? []), ...(change.machines ?? [])]);
  }
  return [...machines].map(([heading, names]) =>
    names.length === 0 || heading.startsWith('machine ')
      ? heading
      : `${heading} on ${names.join(', ')}`,
  );
}

function shownFields(fields: readonly FieldChange[]): string[] {
  const told = fields.filter(
    ({ path, before, after }) => `${path}${before ?? ''}${after ?? ''}` !== '',
  );
  const more = told.length - FIELDS;
  return [...told.slice(0, FIELDS).map(fieldLine), ...(more > 0 ? [`and ${more} more`] : [])];
}

function fieldLine({ path, type, before = '', after = '' }: FieldChange): string {
  const name = path === '' ? '' : `${path}: `;
  const value = (text: string) => (text === '' ? '' : ` ${text}`);
  switch (type) {
    case 'changed':
      return `${name}${before} -> ${after}`;
    case 'added':
      return `+ ${path}${value(after)}`;
    case 'removed':
      return `- ${path}${value(before)}`;
  }
}

function stepLines({ title, machines, commands, until }: Step, index: number): string[] {
  return [
    `  ${index + 1}. ${title}${machines.length === 0 ? '' : `: ${machines.join(', ')}`}`,
    ...commands.map((command) => `       ${command}`),
    ...(until === undefined ? [] : [`     each time until ${until}`]),
  ];
}

function stepItems({ title, machines, commands, until }: Step, index: number): string[] {
  return [
    `${index + 1}. ${title}${machines.length === 0 ? '' : `: ${machines.join(', ')}`}${until === undefined ? '' : `. Each time until ${until}`}`,
    ...(commands.length === 0
      ? []
      : ['   ```sh', ...commands.map((command) => `   ${command}`), '   ```']),
  ];
}
