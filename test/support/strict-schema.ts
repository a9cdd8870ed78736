import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import Ajv, { ErrorObject, ValidateFunction } from 'ajv';
import { ruleFaults } from './cel-rules';
import { customResourceSchemas, Schema, withDefaults } from './custom-resources';
import { upstreamFile } from './upstream';

// An API server in strict mode that creates an object, as far as schemas and their CEL rules go:
// an unknown field is an error, as is an unknown kind. Stricter than that server, null is no value
// for any field. Webhooks are beyond it.

interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
}

const DEFAULT_MINOR = '1.36';
const validators = new Map<string, StrictValidator>();

/**
 * Everything that is wrong with the object by upstream's schemas: one line per fault, none when
 * it is right. Built-in kinds are judged by the given Kubernetes minor.
 */
export function validateStrictly(object: unknown, minor = DEFAULT_MINOR): string[] {
  if (!validators.has(minor)) {
    validators.set(minor, new StrictValidator(minor));
  }
  return validators.get(minor)!.validate(object as KubernetesObject);
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const NUMBER = '(\\d+(\\.\\d*)?|\\.\\d+)';
const QUANTITY_PATTERN = `^[+-]?${NUMBER}([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$`;

class StrictValidator {
  private readonly ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    formats: FORMATS,
  });
  private readonly schemas = new Map<string, Schema>();
  private readonly customSchemas = customResourceSchemas();
  private readonly compiled = new Map<string, ValidateFunction>();

  public constructor(private readonly minor: string) {
    this.addBuiltIns();
    this.addCustomResources();
  }

  public validate(object: KubernetesObject): string[] {
    const kind = `${object.apiVersion} ${object.kind}`;
    const label = `${kind} ${object.metadata?.name ?? '(no name)'}`;
    const schema = this.schemas.get(kind);
    if (!schema) {
      return [`${label}: no schema knows this apiVersion and kind`];
    }
    let check = this.compiled.get(kind);
    if (!check) {
      check = this.ajv.compile(schema);
      this.compiled.set(kind, check);
    }
    const custom = this.customSchemas.get(kind);
    const whole = custom ? withDefaults(custom, object) : object;
    if (!check(whole)) {
      // No rule is asked about an object whose fields are wrong: it could only err on them.
      return check.errors!.map((error) => `${label}: ${explain(error)}`);
    }
    const faults = custom ? ruleFaults(custom, whole) : [];
    return faults.map(({ path, message }) => `${label}: ${path} ${message}`);
  }

  private addBuiltIns(): void {
    const file = upstreamFile('openapi', `kubernetes-${this.minor}-definitions.json`);
    const source: { [name: string]: Schema } = readJson(file).definitions;
    const definitions = Object.fromEntries(
      Object.entries(source).map(([name, schema]) => [name, close(schema)]),
    );
    definitions[INT_OR_STRING] = { type: ['integer', 'string'] };
    definitions[QUANTITY] = { type: ['number', 'string'], pattern: QUANTITY_PATTERN };
    this.ajv.addSchema({ $id: 'kubernetes', definitions });
    for (const [name, schema] of Object.entries(source)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
        const ref = { $ref: `kubernetes#/definitions/${name}` };
        this.schemas.set(`${apiVersion(group, version)} ${kind}`, ref);
      }
    }
  }

  private addCustomResources(): void {
    for (const [kind, original] of this.customSchemas) {
      const schema = close(original);
      schema.properties.metadata = { $ref: `kubernetes#/definitions/${META}` };
      schema.required = [...new Set(['apiVersion', 'kind', ...(schema.required ?? [])])];
      this.schemas.set(kind, schema);
    }
  }
}

/** The same schema with every object that lists its properties closed to others. */
function close(schema: Schema): Schema {
  const closed = translate(schema);
  if (closed.properties) {
    closed.properties = mapValues(closed.properties, close);
    if (!schema['x-kubernetes-preserve-unknown-fields']) {
      closed.additionalProperties ??= false;
    }
  }
  for (const key of ['items', 'additionalProperties']) {
    if (closed[key] && typeof closed[key] === 'object') {
      closed[key] = close(closed[key]);
    }
  }
  if (schema['x-kubernetes-embedded-resource']) {
    closed.properties = {
      ...closed.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `kubernetes#/definitions/${META}` },
    };
  }
  return closed;
}

/**
 * What differs between OpenAPI and JSON Schema. The branches of allOf, anyOf and oneOf only add
 * conditions to fields that the schema around them declares, so they are left open.
 */
function translate(schema: Schema): Schema {
  const result = { ...schema };
  if (schema['x-kubernetes-int-or-string']) {
    delete result.type;
    delete result.format;
    result.anyOf ??= [{ type: 'integer' }, { type: 'string' }];
  }
  if (schema.pattern?.includes('(?i)')) {
    result.pattern = anyCase(schema.pattern);
  }
  for (const bound of ['Minimum', 'Maximum']) {
    const exclusive = `exclusive${bound}`;
    if (typeof result[exclusive] === 'boolean') {
      const limit = bound.toLowerCase();
      const value = result[limit];
      const isExclusive = result[exclusive];
      delete result[exclusive];
      if (isExclusive) {
        delete result[limit];
        result[exclusive] = value;
      }
    }
  }
  return result;
}

/** Go's `(?i)` spelt out; upstream uses it before plain words only. */
function anyCase(pattern: string): string {
  const [before, after] = pattern.split('(?i)');
  return before + after.replace(/[a-z]/gi, (c) => `[${c.toLowerCase()}${c.toUpperCase()}]`);
}

const FORMATS = {
  int32: { type: 'number', validate: (n: number) => Number.isInteger(n) && Math.abs(n) < 2 ** 31 },
  int64: { type: 'number', validate: (n: number) => Number.isInteger(n) },
  double: { type: 'number', validate: () => true },
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  ipv4: (text: string) => isIP(text) === 4,
  ipv6: (text: string) => isIP(text) === 6,
  cidr: isCidr,
} as const;

function isCidr(text: string): boolean {
  const [address, length, ...rest] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d+$/.test(length ?? '') && Number(length) <= bits;
}

function explain({ instancePath, keyword, params, message }: ErrorObject): string {
  const where = instancePath || '/';
  return keyword === 'additionalProperties'
    ? `${where} has the unknown field ${params.additionalProperty}`
    : `${where} ${message}${keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : ''}`;
}

function apiVersion(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

function mapValues(
  schemas: { [name: string]: Schema },
  change: (schema: Schema) => Schema,
): Schema {
  return Object.fromEntries(Object.entries(schemas).map(([name, s]) => [name, change(s)]));
}

function readJson(file: string): any {
  return JSON.parse(readFileSync(file, 'utf8'));
}
