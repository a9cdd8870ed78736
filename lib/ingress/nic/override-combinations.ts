import type { Problem } from '../../cluster';
import type { Settings } from '../settings';
import { readStatements } from '../statements';

const PROP = 'controller.configMapOverrides';

type Overrides = Readonly<Record<string, string>>;

/** What is wrong with keys of a user beside one another, and beside what this library writes. */
export function combinationProblems(overrides: Overrides, settings: Settings): Problem[] {
  return [
    ...headerProblems(overrides),
    ...traceProblems(overrides),
    ...busyBufferProblems(overrides, settings),
  ];
}

/** Servers with TLS add Strict-Transport-Security: nginx takes headers of one level only, unless told otherwise. */
function headerProblems(overrides: Overrides): Problem[] {
  if (overrides['add-header-inherit'] === 'merge') {
    return [];
  }
  const merge = 'add-header-inherit with merge';
  const problems: Problem[] = [];
  if ('add-header' in overrides) {
    problems.push({
      prop: `${PROP}.add-header`,
      allowed: `beside ${merge}`,
      got: overrides['add-header-inherit'],
      remedy: `servers with TLS add Strict-Transport-Security and would pass over these headers; set ${merge}`,
    });
  }
  if (namesIn(overrides['location-snippets'] ?? '').includes('add_header')) {
    problems.push({
      prop: `${PROP}.location-snippets`,
      allowed: `without add_header, or beside ${merge}`,
      got: 'add_header',
      remedy: `a location that adds headers drops those of its server, Strict-Transport-Security among them; set ${merge}`,
    });
  }
  return problems;
}

function namesIn(snippet: string): string[] {
  const read = readStatements(snippet);
  return 'wrong' in read ? [] : read.statements.map(({ name }) => name);
}

/** The controller drops all keys of OpenTelemetry when one is missing. */
function traceProblems(overrides: Overrides): Problem[] {
  const given = Object.keys(overrides).filter((key) => key.startsWith('otel-'));
  const needed = [
    ...(given.length > 0 ? ['otel-exporter-endpoint'] : []),
    ...(given.some((key) => key.startsWith('otel-exporter-header-'))
      ? ['otel-exporter-header-name', 'otel-exporter-header-value']
      : []),
  ];
  return needed
    .filter((key) => !given.includes(key))
    .map((key) => ({
      prop: `${PROP}.${key}`,
      allowed: `given beside ${given.join(', ')}`,
      got: undefined,
      remedy: 'the controller would drop them with a line in its log',
    }));
}

/** nginx starts only when what is being sent is at least one buffer and leaves one free. */
function busyBufferProblems(overrides: Overrides, { buffers }: Settings): Problem[] {
  const got = overrides['proxy-busy-buffers-size'] ?? '';
  const [, digits, unit = ''] = /^(\d+)([kKmM]?)$/.exec(got) ?? [];
  if (digits === undefined) {
    return [];
  }
  const kibibytes = Number(digits) * { '': 1 / 1024, k: 1, m: 1024 }[unit.toLowerCase()]!;
  const { count, kibibytes: size, header } = buffers.response;
  const [least, most] = [Math.max(size, header), (count - 1) * size];
  return kibibytes >= least && kibibytes <= most
    ? []
    : [
        {
          prop: `${PROP}.proxy-busy-buffers-size`,
          allowed: `between ${least}k, the larger buffer, and ${most}k, all but one of responseBuffers`,
          got,
          remedy:
            'nginx would refuse the whole configuration; leave it out or change responseBuffers',
        },
      ];
}
