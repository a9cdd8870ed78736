import type { Duration } from 'cdk8s';

/** One wrong input: the prop as the user typed it, what would be right, what came, and the way out. */
export interface Problem {
  readonly prop: string;
  readonly allowed: string;
  readonly got: unknown;
  readonly remedy: string;
}

/** The sentence every error of this library is made of. No final period: it is often one line of a list. */
export function problemText(problem: Problem): string {
  return `${problem.prop} must be ${problem.allowed}, got ${show(problem.got)}; ${problem.remedy}`;
}

/** An error about one construct's own props, with the path of that construct in front. */
export function problemAt(path: string, problem: Problem): Error {
  return new Error(`[${path}] ${problemText(problem)}`);
}

/** Throws when there is anything to say; several problems come in one error, one a line. */
export function throwProblems(path: string, problems: readonly Problem[]): void {
  if (problems.length === 0) {
    return;
  }
  throw new Error(problems.map((p) => `[${path}] ${problemText(p)}`).join('\n'));
}

/** A problem when the number is not whole or outside the range, else nothing. */
export function checkInteger(
  prop: string,
  got: number | undefined,
  range: { readonly min: number; readonly max: number },
  remedy: string,
): Problem[] {
  if (got === undefined || (Number.isInteger(got) && got >= range.min && got <= range.max)) {
    return [];
  }
  const whole = Number.isInteger(got) ? '' : 'a whole number ';
  return [{ prop, allowed: `${whole}between ${range.min} and ${range.max}`, got, remedy }];
}

/** A problem when the number is no MTU of a network that a cluster can stand on, else nothing. */
export function checkMtu(prop: string, got: number | undefined): Problem[] {
  return checkInteger(
    prop,
    got,
    // IPv6 asks for 1280; switches with jumbo frames end at 9216.
    { min: 1280, max: 9216 },
    'give the MTU that `ip link` shows on the NIC',
  );
}

/** etcd refuses election timeouts above 50 s, ten times the round trip. */
export function roundTripProblems(roundTripTime: Duration | undefined): Problem[] {
  const milliseconds = roundTripTime?.toMilliseconds({ integral: false }) ?? 0;
  return milliseconds <= 5000
    ? []
    : [
        {
          prop: 'roundTripTime',
          allowed: 'at most 5000 ms',
          got: `${milliseconds} ms`,
          remedy:
            'an etcd cluster cannot span such a distance; keep the control plane in one region',
        },
      ];
}

/** Throws when a construct says something else than the facts of its cluster. */
export function agreeWithFact(
  path: string,
  prop: string,
  fact: string | undefined,
  own: string,
): void {
  if (fact !== undefined && fact !== own) {
    throw problemAt(path, {
      prop: `cluster.${prop}`,
      allowed: `${own} for this construct`,
      got: fact,
      remedy: `change the fact or use the construct for ${fact}`,
    });
  }
}

function show(value: unknown): string {
  const text = Array.isArray(value) ? value.map(show).join(', ') : String(value ?? '');
  return text.trim() === '' ? 'nothing' : text;
}
