import { kindOf, thereAre } from './names';
import { differenceLines, differences, distance, least } from './partial';
import type { Cluster, Finding } from '../index';

/** Where findings are looked for: a cluster, a rendered spec, or findings themselves. */
export type FindingSource = Pick<Cluster, 'findings'> | readonly Finding[];

/** What must hold of a finding; what is left out may be anything. */
export type FindingPart = { readonly [K in keyof Finding]?: unknown };

/** Which findings a gate stops at. */
export interface NoFindingsOptions {
  /**
   * The mildest that it stops at. Those that somebody acknowledged with a reason pass.
   *
   * @default 'warning'
   */
  readonly from?: 'error' | 'warning' | 'note';
}

/** What a matcher answers, in jest and in vitest. */
export interface Judgement {
  readonly pass: boolean;
  /** What to say when that is not what the test wants. */
  readonly message: () => string;
}

/**
 * The finding of this id. Throws when there is none, with the ids there are, or when none of this id is
 * as expected, with the places where the nearest differs.
 *
 * @param source a cluster, a rendered spec, or findings
 * @param id for example `GW-PROXY-001`
 * @param part what else must hold, for example its `path` or a regular expression for its `message`
 */
export function expectFinding(source: FindingSource, id: string, part: FindingPart = {}): Finding {
  const { pass, message } = judgeFinding(source, id, part);
  if (!pass) {
    throw new Error(message());
  }
  return like(source, id, part)[0]!;
}

/**
 * Throws when there is an error or a warning that nobody acknowledged, and lists all of them: what a
 * pipeline stops at. Accept a warning with `cluster.acknowledge(id, reason)`.
 *
 * @param source a cluster, a rendered spec, or findings
 * @param options from which severity on
 */
export function expectNoFindings(source: FindingSource, options: NoFindingsOptions = {}): void {
  const { pass, message } = judgeNoFindings(source, options);
  if (!pass) {
    throw new Error(message());
  }
}

/** What `toHaveFinding` answers. */
export function judgeFinding(source: FindingSource, id: string, part: FindingPart = {}): Judgement {
  const found = like(source, id, part);
  return {
    pass: found.length > 0,
    message: () =>
      found.length > 0
        ? `expected no finding ${id}, got\n  ${found.map(findingText).join('\n  ')}`
        : nearestMiss(all(source), id, part),
  };
}

/** What `toHaveNoFindings` answers. */
export function judgeNoFindings(
  source: FindingSource,
  { from = 'warning' }: NoFindingsOptions = {},
): Judgement {
  const severities = ['error', 'warning', 'note'];
  const counted = severities.slice(0, severities.indexOf(from) + 1);
  const found = all(source).filter(
    ({ severity, acknowledged }) => counted.includes(severity) && acknowledged === undefined,
  );
  return {
    pass: found.length === 0,
    message: () =>
      found.length === 0
        ? `expected a finding (${counted.join(', ')}), got none`
        : `expected no finding (${counted.join(', ')}), got ${found.length}:\n  ` +
          found.map(findingText).join('\n  '),
  };
}

function all(source: FindingSource): readonly Finding[] {
  if (Array.isArray(source)) {
    return source;
  }
  const asked = source as Partial<Pick<Cluster, 'findings'>> | null | undefined;
  if (typeof asked?.findings !== 'function') {
    throw new Error(
      `findings have a cluster, a rendered spec and a list of them, not ${kindOf(source)}`,
    );
  }
  return asked.findings();
}

function like(source: FindingSource, id: string, part: FindingPart): Finding[] {
  return all(source).filter((one) => one.id === id && differences(part, one).length === 0);
}

function nearestMiss(findings: readonly Finding[], id: string, part: FindingPart): string {
  const ofId = findings.filter((one) => one.id === id);
  if (ofId.length === 0) {
    return `no finding is ${id}; ${thereAre(
      id,
      findings.map((one) => one.id),
    )}`;
  }
  const judged = ofId.map((one) => ({ one, found: differences(part, one) }));
  const { one, found } = least(judged, (each) => distance(each.found))!;
  const others = ofId.length > 1 ? ` of ${ofId.length}` : '';
  return [`no finding ${id} is as expected; nearest${others} is`, findingText(one)]
    .concat(differenceLines(found))
    .join('\n  ');
}

function findingText({ severity, id, path, message, remedy }: Finding): string {
  return `${severity} ${id} [${path}] ${message}; ${remedy}`;
}
