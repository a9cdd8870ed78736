import {
  ingressNginxDirectives,
  ingressNginxForgottenKeys,
  ingressNginxKeys,
  type IngressNginxKeyType,
} from '../../catalog';
import type { Problem } from '../../cluster';
import { snippetProblems } from '../snippet-checks';

interface Kind {
  readonly allowed: string;
  readonly pattern: RegExp;
}

/** How the controller reads each kind; a value it cannot read keeps the default, with a line in its log. */
const KINDS: Readonly<Record<Exclude<IngressNginxKeyType, 'snippet'>, Kind>> = {
  boolean: { allowed: 'true or false', pattern: /^(true|false)$/ },
  integer: { allowed: 'a whole number without a unit', pattern: /^-?\d{1,10}$/ },
  number: { allowed: 'a number', pattern: /^\d+(\.\d+)?$/ },
  onOff: { allowed: 'on or off', pattern: /^(on|off)$/ },
  size: { allowed: 'a size such as 16k or 1m', pattern: /^\d+[kKmM]?$/ },
  offset: { allowed: 'a size such as 20m or 1g', pattern: /^\d+[kKmMgG]?$/ },
  time: {
    allowed: 'a time such as 60s or 1h 30m',
    pattern: /^(\d+|\d+(ms|[smhdwMy])( ?\d+(ms|[smhdwMy]))*)$/,
  },
  duration: {
    allowed: 'a duration with its unit, such as 5s',
    pattern: /^(\d+(\.\d+)?(ms|s|m|h))+$/,
  },
  list: { allowed: 'items between commas, in one line', pattern: /^[^\r\n]*$/ },
  text: { allowed: 'one line', pattern: /^[^\r\n]*$/ },
};

/** Keys that take one of a few words. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'annotations-risk-level': ['Low', 'Medium', 'High', 'Critical'],
  'error-log-level': ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'],
  'http-redirect-code': ['301', '302', '307', '308'],
  'load-balance': ['round_robin', 'ewma'],
  'proxy-http-version': ['1.0', '1.1'],
};

/**
 * What is wrong with keys of the user's own.
 *
 * @param overrides the keys and their values
 * @param owned keys that the edge writes by itself, with the option that changes each
 */
export function overrideProblems(
  overrides: Readonly<Record<string, string>>,
  owned: ReadonlyMap<string, string>,
): Problem[] {
  return Object.entries(overrides).flatMap(([key, got]): Problem[] => {
    const prop = `controller.configMapOverrides.${key}`;
    const kind = typeOf(key);
    if (kind === undefined) {
      return [unknownKey(key, prop, got)];
    }
    const option = owned.get(key);
    if (option !== undefined) {
      return [{ prop, allowed: 'a key that no option writes', got, remedy: option }];
    }
    return kind === 'snippet' ? snippetKeyProblems(key, prop, got) : valueProblems(key, kind, got);
  });
}

function typeOf(key: string): IngressNginxKeyType | undefined {
  const known = ingressNginxKeys.value;
  return Object.prototype.hasOwnProperty.call(known, key) ? known[key] : undefined;
}

function unknownKey(key: string, prop: string, got: string): Problem {
  const near = nearest(key);
  const remedy = ingressNginxForgottenKeys.value.includes(key)
    ? 'its guide names it and no code reads it any more; leave it out'
    : near === undefined
      ? 'the controller would ignore it without a word; leave it out'
      : `the controller would ignore it without a word; did you mean ${near}`;
  return { prop, allowed: 'a key that the controller reads', got, remedy };
}

/** A key of the same words in another spelling, or one letter away. */
function nearest(key: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(key);
  const known = Object.keys(ingressNginxKeys.value);
  return (
    known.find((name) => plain(name) === wanted) ??
    known.find((name) => isOneEditAway(plain(name), wanted))
  );
}

function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) {
    return false;
  }
  let same = 0;
  while (same < a.length && a[same] === b[same]) {
    same++;
  }
  const rest = (text: string, skip: number) => text.slice(same + skip);
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}

function valueProblems(
  key: string,
  type: Exclude<IngressNginxKeyType, 'snippet'>,
  got: string,
): Problem[] {
  const words = WORDS[key];
  const { allowed, pattern } = KINDS[type];
  const fits = words === undefined ? pattern.test(got) : words.includes(got);
  return fits
    ? []
    : [
        {
          prop: `controller.configMapOverrides.${key}`,
          allowed: words === undefined ? allowed : `one of ${words.join(', ')}`,
          got,
          remedy: 'the controller would keep its default and only write a line to its log',
        },
      ];
}

/** One directive or block in each line; none that the template writes at that level. */
function snippetKeyProblems(key: string, prop: string, got: string): Problem[] {
  const lines = got.split('\n').filter((line) => line.trim() !== '');
  return snippetProblems(prop, lines, ingressNginxDirectives.value[key] ?? []);
}
