import { isIP } from 'node:net';
import { celEnv, celFunc, CelInput, CelScalar, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Address6 } from 'ip-address';
import { Schema, schemaOfField } from './custom-resources';

// The CEL rules in the schemas of custom resources, as an API server judges by them when an
// object is created. Dates and durations stay text: no rule reads a field of such a format.

export interface RuleFault {
  /** A JSON pointer to the value. */
  readonly path: string;
  readonly message: string;
}

export interface RuleNotEvaluated {
  readonly kind: string;
  /** Where in the schema, such as `.spec.rules[].name`. */
  readonly field: string;
  readonly rule: string;
  readonly reason: string;
}

interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly optionalOldSelf?: boolean;
  readonly fieldPath?: string;
}

type Program = ReturnType<typeof plan>;

/**
 * What the schema's rules have against an object that is otherwise right and has its defaults.
 * A rule that meets an error while it is evaluated rejects the object, as on an API server.
 */
export function ruleFaults(schema: Schema, object: unknown): RuleFault[] {
  return visit(schema, object, '');
}

/** The rules that ruleFaults passes over, with the reason. */
export function notEvaluated(schemas: ReadonlyMap<string, Schema>): RuleNotEvaluated[] {
  return [...schemas].flatMap(([kind, schema]) =>
    rulesIn(schema, '').flatMap(({ field, rule }) => {
      const reason = compile(rule);
      return typeof reason === 'string' ? [{ kind, field, rule: rule.rule, reason }] : [];
    }),
  );
}

function visit(schema: Schema | undefined, value: unknown, path: string): RuleFault[] {
  if (!schema || value === undefined || value === null) {
    return [];
  }
  // A list gives its indices as names.
  const children = typeof value === 'object' ? Object.entries(value) : [];
  const schemaOf = (name: string) =>
    Array.isArray(value) ? schema.items : schemaOfField(schema, name);
  return [
    ...judge(schema, value, path),
    ...children.flatMap(([name, child]) =>
      visit(schemaOf(name), child, `${path}/${pointer(name)}`),
    ),
  ];
}

/** The rules of this very place. */
function judge(schema: Schema, value: unknown, path: string): RuleFault[] {
  const rules: Rule[] = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) {
    return [];
  }
  const self = toCel(schema, value);
  return rules.flatMap((rule) => {
    const program = compile(rule);
    if (typeof program === 'string') {
      return [];
    }
    const verdict = program({ self });
    if (verdict === true) {
      return [];
    }
    const where = `${path}${pointerOf(rule.fieldPath ?? '')}` || '/';
    if (verdict === false) {
      return [{ path: where, message: messageOf(rule, self) }];
    }
    const outcome = isCelError(verdict) ? verdict.message : 'no boolean';
    return [{ path: where, message: `cannot be judged by the rule ${rule.rule}: ${outcome}` }];
  });
}

/** An expression that yields no line of text gives way to the plain message. */
function messageOf(rule: Rule, self: CelInput): string {
  const program = rule.messageExpression && compile({ rule: rule.messageExpression });
  const text = typeof program === 'function' ? program({ self }) : undefined;
  return typeof text === 'string' && /^.*\S.*$/.test(text)
    ? text.trim()
    : (rule.message ?? `failed rule: ${rule.rule.trim()}`);
}

/** The value of an expression that no schema goes with, such as one of an admission policy. */
export function celValue(expression: string, names: Readonly<Record<string, unknown>>): unknown {
  const program = compile({ rule: expression });
  if (typeof program === 'string') {
    throw new Error(`${expression} ${program}`);
  }
  const inputs = Object.entries(names).map(([name, value]) => [name, toCel(undefined, value)]);
  const value = program(Object.fromEntries(inputs));
  if (isCelError(value)) {
    throw new Error(`${expression}: ${value.message}`);
  }
  return value;
}

// --- From text to program --------------------------------------------------------------------

/** Of the functions that Kubernetes adds to CEL only those that upstream's rules call. */
const isIp = celFunc('isIP', [CelScalar.STRING], CelScalar.BOOL, (text) => {
  // Go's parser and Node's agree but for zones and IPv4 in IPv6, which Kubernetes refuses.
  const version = text.includes('%') ? 0 : isIP(text);
  return version === 4 || (version === 6 && !new Address6(text).isMapped4());
});
const env = celEnv({ funcs: [...strings, isIp] });

const programs = new WeakMap<Rule, Program | string>();

/** The program of a rule, or why there is none. */
function compile(rule: Rule): Program | string {
  let program = programs.get(rule);
  if (program === undefined) {
    program = build(rule);
    programs.set(rule, program);
  }
  return program;
}

function build({ rule, optionalOldSelf }: Rule): Program | string {
  let program: Program;
  const names: Names = { variables: new Set(), unknownCalls: new Set() };
  try {
    const parsed = parse(rule);
    collectNames(parsed.expr, names);
    program = plan(env, parsed);
  } catch (error) {
    return `cannot be compiled: ${(error as Error).message}`;
  }
  if (names.variables.has('oldSelf')) {
    return optionalOldSelf ? 'needs optional values' : 'compares with the object before a change';
  }
  return names.unknownCalls.size === 0
    ? program
    : `calls what is not known here: ${[...names.unknownCalls].join(', ')}`;
}

interface Names {
  readonly variables: Set<string>;
  readonly unknownCalls: Set<string>;
}

/** The library looks for a function only when it calls it, which a test may never make it do. */
function collectNames(node: unknown, names: Names): void {
  if (typeof node !== 'object' || node === null) {
    return;
  }
  const { case: kind, value } = node as { case?: string; value?: any };
  if (kind === 'identExpr') {
    names.variables.add(value.name);
  } else if (kind === 'callExpr' && !isKnownCall(value)) {
    names.unknownCalls.add(value.function);
  }
  Object.values(node).forEach((child) => collectNames(child, names));
}

function isKnownCall(call: { function: string; target?: unknown; args: unknown[] }): boolean {
  // Operators have names such as `_&&_`; they belong to the language.
  return (
    !/^[a-z]/i.test(call.function) ||
    [...(env.funcs.find(call.function) ?? [])].some(
      (known) =>
        (known.target !== undefined) === (call.target !== undefined) &&
        known.arguments.length === call.args.length,
    )
  );
}

// --- From JSON to CEL ------------------------------------------------------------------------

/** CEL tells integers from other numbers by type, JSON does not: the schema decides. */
function toCel(schema: Schema | undefined, value: any): CelInput {
  if (typeof value === 'number') {
    return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => toCel(schema?.items, item));
  }
  if (typeof value === 'object' && value !== null) {
    const declared = schema?.properties ?? {};
    return new Map(
      Object.entries(value).map(([name, child]) => [
        Object.hasOwn(declared, name) ? escape(name) : name,
        toCel(schemaOfField(schema, name), child),
      ]),
    );
  }
  return value;
}

const RESERVED = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for'],
  ...['function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var'],
  ...['void', 'while'],
]);
const ESCAPES: { [text: string]: string } = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** How a rule spells a declared field that is no name in CEL; the keys of maps stay as they are. */
function escape(name: string): string {
  return RESERVED.has(name) ? `__${name}__` : name.replace(/__|[./-]/g, (text) => ESCAPES[text]);
}

// --- Places ----------------------------------------------------------------------------------

/** All rules of a schema, with the place of each. */
function rulesIn(schema: Schema | undefined, field: string): { field: string; rule: Rule }[] {
  const own: Rule[] = schema?.['x-kubernetes-validations'] ?? [];
  return [
    ...own.map((rule) => ({ field: field || '.', rule })),
    ...Object.entries<Schema>(schema?.properties ?? {}).flatMap(([name, child]) =>
      rulesIn(child, `${field}.${name}`),
    ),
    ...(schema?.items ? rulesIn(schema.items, `${field}[]`) : []),
    ...(schema?.additionalProperties ? rulesIn(schema.additionalProperties, `${field}{}`) : []),
  ];
}

function pointer(name: string): string {
  return name.replace(/~/g, '~0').replace(/\//g, '~1');
}

/** The JSON pointer for a path such as `.spec['a-b'].c`. */
function pointerOf(fieldPath: string): string {
  const steps = fieldPath.matchAll(/\.([^.[]+)|\['([^']*)'\]/g);
  return [...steps].map(([, name, key]) => `/${pointer(name ?? key)}`).join('');
}
