import * as pulumi from '@pulumi/pulumi';
import { interpolator } from './interpolate';
import { isLater, stackMark } from './token';
import {
  brokenPlaceholderIn,
  placeholderIn,
  PLACEHOLDER,
  placeholderRegistry,
  problemAt,
  throwProblems,
  type Problem,
} from '../../cluster';

/** What says which object this is: URNs, order and edges are made of it before any value is known. */
const IDENTITY = [
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.generateName',
];

/** Fields of a Secret whose values are secret whoever wrote them. */
const SECRET_FIELDS = ['data', 'stringData'];

/**
 * Replaces the placeholders of a rendered object by the Outputs they stand for. A value that is one
 * placeholder becomes that Output, of whatever type; a text that contains some becomes an Output of the
 * text. Only those values are secret whose Outputs are, and all of `data` and `stringData` of a Secret.
 *
 * Everything that cannot be put right throws one error that lists it: a placeholder in apiVersion, kind,
 * name, namespace or a key; one of another stack or process; one that somebody cut, changed to capitals
 * or put into base64; a number that somebody computed with; an Output that was made a string. What only
 * the value shows, such as quotes inside of quoted text, fails when the value is known.
 *
 * @param manifest what `ApiObject.toJson()` returned; it stays as it is
 * @param path where the object comes from, for errors
 */
export function revealTokens(manifest: object, path: string): Record<string, any> {
  const problems: Problem[] = [];
  const isSecret = (manifest as { kind?: unknown }).kind === 'Secret';
  const revealed = new Revealer(path, isSecret, problems).reveal(manifest, []) as Record<
    string,
    any
  >;
  throwProblems(path, problems);
  if (isSecret) {
    for (const field of SECRET_FIELDS.filter((name) => name in revealed)) {
      revealed[field] = secretValues(revealed[field]);
    }
  }
  return revealed;
}

/** Key by key, so that a preview shows which key changes. */
function secretValues(values: unknown): unknown {
  return isRecord(values)
    ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]))
    : pulumi.secret(values);
}

class Revealer {
  constructor(
    private readonly path: string,
    private readonly isSecret: boolean,
    private readonly problems: Problem[],
  ) {}

  public reveal(value: unknown, at: readonly string[]): unknown {
    if (typeof value === 'string') {
      return this.text(value, at);
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return this.refuse(at, 'a number', value, 'nobody can compute with a token of a number');
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.reveal(item, [...at, String(index)]));
    }
    if (isRecord(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          this.key(key, at),
          this.reveal(item, [...at, key]),
        ]),
      );
    }
    return value;
  }

  private key(key: string, at: readonly string[]): string {
    const got = placeholderIn(key);
    if (got !== undefined) {
      const keys = [...at, 'keys'];
      this.refuse(keys, 'plain text', got, 'put the Output into a value; keys must be known');
    }
    return key;
  }

  private text(text: string, at: readonly string[]): unknown {
    const got = placeholderIn(text);
    if (got === undefined) {
      return text;
    }
    const broken = brokenPlaceholderIn(text);
    if (broken !== undefined) {
      return this.refuse(
        at,
        'a token as token() returns it, or text around one',
        broken,
        'compute with the Output, not with its token: base64Token, sha256Token, or token(output.apply(…))',
      );
    }
    if (IDENTITY.includes(at.join('.'))) {
      const remedy = 'it decides the name and the place of the resource, so write it out';
      return this.refuse(at, 'plain text', got, remedy);
    }
    const names = [...text.matchAll(PLACEHOLDER)];
    const stranger = names.find(([name]) => !isOurs(name));
    if (stranger !== undefined) {
      const remedy = 'render and register the object in the program that makes the token';
      return this.refuse(at, 'a token of this stack and process', stranger[0], remedy);
    }
    return names[0]![0] === text ? this.whole(text, at) : this.contained(text, names, at);
  }

  private whole(name: string, at: readonly string[]): unknown {
    const value = pulumi.output(valueOf(name) as pulumi.Input<any>);
    const inData = this.isSecret && at[0] === 'data' && at.length > 1;
    return inData
      ? value.apply((known) => withoutStack(() => asBase64(known, this.path, at.join('.'))))
      : value;
  }

  private contained(text: string, names: RegExpMatchArray[], at: readonly string[]): unknown {
    const number = names.find(([, , isNumber]) => isNumber !== '');
    if (number !== undefined) {
      const remedy = 'use token(…) for text, and never compute with a token of a number';
      return this.refuse(at, 'a token of a number alone', number[0], remedy);
    }
    if (this.isSecret && at[0] === 'data') {
      const remedy = 'use stringData, or base64Token of the whole text';
      return this.refuse(at, 'base64', text.match(PLACEHOLDER)![0], remedy);
    }
    const join = interpolator(text, this.path, at.join('.'));
    return pulumi
      .all(names.map(([name]) => valueOf(name)))
      .apply((values) => withoutStack(() => join(values)));
  }

  private refuse(at: readonly string[], allowed: string, got: unknown, remedy: string): undefined {
    this.problems.push({ prop: at.join('.'), allowed, got, remedy });
    return undefined;
  }
}

/** A value as it is, when it is what `data` of a Secret takes. The error does not show it. */
export function asBase64(value: unknown, path: string, prop: string): string {
  if (typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) {
    return value;
  }
  throw problemAt(path, {
    prop,
    allowed: 'base64',
    got: 'an Output of something else',
    remedy: 'use base64Token, or stringData',
  });
}

/** What a person can mend ends the program as a message. */
function withoutStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

function valueOf(name: string): unknown {
  return placeholderRegistry().values.get(name);
}

/** The registry outlives a program when several run in one process; the mark tells their stacks apart. */
function isOurs(name: string): boolean {
  return placeholderRegistry().values.has(name) && name.includes(`-${stackMark()}-`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isLater(value);
}
