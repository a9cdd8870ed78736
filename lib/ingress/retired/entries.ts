import {
  ingressNginxDirectives,
  ingressNginxForgottenKeys,
  ingressNginxKeys,
  type IngressNginxKeyType,
} from '../../catalog';
import type { Problem } from '../../cluster';

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
 * @param entries the keys and their values
 * @param owned keys that the edge writes by itself, with the option that changes each
 */
export function entryProblems(
  entries: Readonly<Record<string, string>>,
  owned: ReadonlyMap<string, string>,
): Problem[] {
  return Object.entries(entries).flatMap(([key, got]): Problem[] => {
    const prop = `controller.configMapEntries.${key}`;
    const kind = typeOf(key);
    if (kind === undefined) {
      return [unknownKey(key, prop, got)];
    }
    const option = owned.get(key);
    if (option !== undefined) {
      return [{ prop, allowed: 'a key that no option writes', got, remedy: option }];
    }
    return kind === 'snippet' ? snippetProblems(key, prop, got) : valueProblems(key, kind, got);
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
          prop: `controller.configMapEntries.${key}`,
          allowed: words === undefined ? allowed : `one of ${words.join(', ')}`,
          got,
          remedy: 'the controller would keep its default and only write a line to its log',
        },
      ];
}

/**
 * What is wrong with a piece of nginx configuration.
 *
 * @param key the key of the ConfigMap that it goes into
 * @param prop the option that it came by
 * @param got the text
 * @param own directives that the edge writes there as well
 */
export function snippetProblems(
  key: string,
  prop: string,
  got: string,
  own: readonly string[] = [],
): Problem[] {
  const written = [...(ingressNginxDirectives.value[key] ?? []), ...own];
  const twice = directivesOf(got).filter((name) => written.includes(name));
  return [...new Set(twice)].map((name) => ({
    prop,
    allowed: `without ${name}`,
    got,
    remedy: `it is written there already, and with a second one nginx refuses this configuration and every later one`,
  }));
}

/** Names of the directives at the outer level of a piece of nginx configuration. */
export function directivesOf(snippet: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let isStart = true;
  // Comments and quoted text hold no directives; braces and semicolons end one.
  for (const [token] of snippet.matchAll(
    /#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|[^\s{};"'#]+/g,
  )) {
    if (token.startsWith('#')) {
      continue;
    }
    if ('{};'.includes(token)) {
      depth += token === '{' ? 1 : token === '}' ? -1 : 0;
      isStart = true;
      continue;
    }
    if (isStart && depth === 0) {
      names.push(token);
    }
    isStart = false;
  }
  return names;
}
