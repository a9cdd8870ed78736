/** What a cron schedule comes to: how often something is saved at the least. */
export interface Schedule {
  /** The five fields, macros spelt out. */
  readonly cron: string;
  /** The longest time between two runs, in seconds. */
  readonly longestGapSeconds: number;
}

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

/** Five fields: least and largest value, and names for them. */
const FIELDS: ReadonlyArray<{ min: number; max: number; names?: readonly string[] }> = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const DAY_MINUTES = 24 * 60;
// From 2096 on, across 2100, which has no 29 February: the longest gap there is comes to light.
const FIRST_DAY = Date.UTC(2096, 0, 1);
const REFERENCE_DAYS = 13 * 366;

/**
 * Reads a schedule as the CronJob controller does (robfig/cron, standard form); undefined for what it
 * would refuse, and for `@every`, which starts anew whenever the controller does.
 */
export function parseSchedule(text: string): Schedule | undefined {
  const cron = MACROS[text] ?? text;
  const fields = cron.split(/\s+/);
  const sets = FIELDS.map((field, n) => fieldValues(fields[n] ?? '', field));
  if (fields.length !== FIELDS.length || sets.some((set) => set === undefined)) {
    return undefined;
  }
  const [minutes, hours, dates, months, weekdays] = sets as Array<Set<number>>;
  // When both are restricted, a day that satisfies either of them will do.
  const either = !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*');
  const runs = [...hours!].flatMap((h) => [...minutes!].map((m) => h * 60 + m)).sort(ascending);
  const [first, last] = [runs[0]!, runs[runs.length - 1]!];
  const withinDay = runs.slice(1).map((run, n) => run - runs[n]!);
  let previous: number | undefined;
  let longest = Math.max(0, ...withinDay);
  for (let day = 0; day < REFERENCE_DAYS; day++) {
    const date = new Date(FIRST_DAY + day * DAY_MINUTES * 60_000);
    const byDate = dates!.has(date.getUTCDate());
    const byWeekday = weekdays!.has(date.getUTCDay());
    const due = either ? byDate || byWeekday : byDate && byWeekday;
    if (due && months!.has(date.getUTCMonth() + 1)) {
      const begin = day * DAY_MINUTES;
      longest = previous === undefined ? longest : Math.max(longest, begin + first - previous);
      previous = begin + last;
    }
  }
  // A date that never comes, 30 February for example.
  return previous === undefined ? undefined : { cron, longestGapSeconds: longest * 60 };
}

function fieldValues(
  text: string,
  field: { min: number; max: number; names?: readonly string[] },
): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|\?|(\w+)(-(\w+))?)(\/(\d+))?$/.exec(part);
    if (match === null) {
      return undefined;
    }
    const [, range, low, , high, , step] = match;
    const whole = range === '*' || range === '?';
    const from = whole ? field.min : numberOf(low!, field);
    // robfig reads `5/15` as from 5 on.
    const open = whole || (high === undefined && step !== undefined);
    const to = open ? field.max : numberOf(high ?? low!, field);
    const by = step === undefined ? 1 : Number(step);
    if (from === undefined || to === undefined || from > to || by < 1) {
      return undefined;
    }
    for (let value = from; value <= to; value += by) {
      values.add(value);
    }
  }
  return values;
}

function numberOf(
  text: string,
  { min, max, names = [] }: { min: number; max: number; names?: readonly string[] },
): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}

function ascending(a: number, b: number): number {
  return a - b;
}
