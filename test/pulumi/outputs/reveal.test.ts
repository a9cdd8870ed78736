import * as pulumi from '@pulumi/pulumi';
import {
  base64Token,
  numberToken,
  revealTokens,
  sha256Token,
  token,
} from '../../../lib/pulumi/outputs';
import { asBase64 } from '../../../lib/pulumi/outputs/reveal';
import { known, thrown } from './known';
import { failureOf } from './look';

const object = (fields: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  ...fields,
});
const reveal = (fields: object) => revealTokens(object(fields), 'app/settings');
const refusal = (fields: object) => thrown(() => reveal(fields));

test('a token alone becomes its Output, inside of a text the text does, and the rest stays as it is', async () => {
  const host = pulumi.output('db.example');
  const password = pulumi.secret('s3cret');
  const { data, metadata } = reveal({
    data: {
      host: token(host),
      password: token(password),
      plain: 'text',
      url: `postgres://app:${token(password)}@${token(host)}/app`,
      where: `${token(host)}:${token(host)}`,
    },
  });
  expect(metadata).toEqual({ name: 'settings' });
  expect(data.plain).toBe('text');
  expect(await known(data.host)).toEqual({ value: 'db.example', secret: false });
  expect(await known(data.password)).toEqual({ value: 's3cret', secret: true });
  expect(await known(data.url)).toEqual({
    value: 'postgres://app:s3cret@db.example/app',
    secret: true,
  });
  expect(await known(data.where)).toEqual({ value: 'db.example:db.example', secret: false });
});

test('the manifest itself keeps its placeholders', () => {
  const manifest = object({ data: { host: token(pulumi.output('db.example')) } });
  const copy = structuredClone(manifest);
  revealTokens(manifest, 'app/settings');
  expect(manifest).toEqual(copy);
});

test('a text needs no Output, and the same Output has the same placeholder', () => {
  const output = pulumi.output('a');
  expect(token('plain')).toBe('plain');
  expect(numberToken(3)).toBe(3);
  expect(base64Token('plain')).toBe('cGxhaW4=');
  expect(sha256Token('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(token(output)).toMatch(/^\$\{pulumi-output-[0-9a-f]{8}-\d+\}$/);
  expect(token(output)).toBe(token(output));
  expect(token(output)).not.toBe(token(pulumi.output('a')));
});

test('a Promise is carried as an Output is', async () => {
  const { data } = reveal({ data: { host: token(Promise.resolve('db.example')) } });
  expect(await known(data.host)).toEqual({ value: 'db.example', secret: false });
});

test('base64 and SHA-256 are those of the value, and as secret as it is', async () => {
  const { data } = reveal({
    data: {
      base64: base64Token(pulumi.output('plain')),
      secretBase64: base64Token(pulumi.secret('plain')),
      hash: sha256Token(pulumi.output('')),
      secretHash: sha256Token(pulumi.secret('')),
    },
  });
  const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(await known(data.base64)).toEqual({ value: 'cGxhaW4=', secret: false });
  expect(await known(data.secretBase64)).toEqual({ value: 'cGxhaW4=', secret: true });
  expect(await known(data.hash)).toEqual({ value: hash, secret: false });
  expect(await known(data.secretHash)).toEqual({ value: hash, secret: true });
});

test('a number arrives as a number', async () => {
  const { spec } = reveal({ spec: { replicas: numberToken(pulumi.output(3)) } });
  expect(await known(spec.replicas)).toEqual({ value: 3, secret: false });
});

test('an Output that no resolver took away stays', async () => {
  const output = pulumi.output({ a: 1 });
  expect(reveal({ spec: { template: output } }).spec.template).toBe(output);
});

describe('a Secret', () => {
  const secret = (fields: object) =>
    revealTokens(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...fields },
      'app/login',
    );

  test('is secret key by key, whoever wrote the value', async () => {
    const { data, stringData, type } = secret({
      type: 'Opaque',
      data: { token: base64Token(pulumi.output('abc')), literal: 'YWJj' },
      stringData: { user: 'app', url: `http://${token(pulumi.output('db'))}` },
    });
    expect(type).toBe('Opaque');
    expect(await known(data.token)).toEqual({ value: 'YWJj', secret: true });
    expect(await known(data.literal)).toEqual({ value: 'YWJj', secret: true });
    expect(await known(stringData.user)).toEqual({ value: 'app', secret: true });
    expect(await known(stringData.url)).toEqual({ value: 'http://db', secret: true });
  });

  test('takes a whole map of data from one Output', async () => {
    const whole = token(pulumi.output({ a: 'YQ==' }) as unknown as pulumi.Output<string>);
    expect(await known(secret({ data: whole }).data)).toEqual({
      value: { a: 'YQ==' },
      secret: true,
    });
  });

  test('refuses in data what is not base64, at once where it can be seen', () => {
    const output = pulumi.output('p@ss');
    expect(thrown(() => secret({ data: { key: `x${token(output)}` } }))).toBe(
      `[app/login] data.key must be base64, got ${token(output)}; use stringData, or base64Token of the whole text`,
    );
    expect(thrown(() => asBase64('p@ss', 'app/login', 'data.key'))).toBe(
      '[app/login] data.key must be base64, got an Output of something else; use base64Token, or stringData',
    );
  });
});

describe('refused is', () => {
  const output = pulumi.secret('value');
  const placeholder = token(output);

  test.each(['name', 'namespace', 'generateName'])('a token in metadata.%s', (field) => {
    expect(refusal({ metadata: { [field]: `x-${placeholder}` } })).toBe(
      `[app/settings] metadata.${field} must be plain text, got ${placeholder}; it decides the name and the place of the resource, so write it out`,
    );
  });

  test.each(['apiVersion', 'kind'])('a token in %s', (field) => {
    expect(refusal({ [field]: placeholder })).toBe(
      `[app/settings] ${field} must be plain text, got ${placeholder}; it decides the name and the place of the resource, so write it out`,
    );
  });

  test('a token in a key', () => {
    expect(refusal({ data: { [`${placeholder}.conf`]: '' } })).toBe(
      `[app/settings] data.keys must be plain text, got ${placeholder}; put the Output into a value; keys must be known`,
    );
  });

  const computed =
    'compute with the Output, not with its token: base64Token, sha256Token, or token(output.apply(…))';

  test.each([
    ['base64', Buffer.from(placeholder).toString('base64')],
    ['base64 with a byte before', Buffer.from(`x${placeholder}`).toString('base64')],
    ['base64 with two bytes before', Buffer.from(`:x${placeholder}y`).toString('base64')],
  ])('a token in %s', (_, text) => {
    expect(refusal({ data: { text } })).toBe(
      `[app/settings] data.text must be a token as token() returns it, or text around one, got a placeholder in base64; ${computed}`,
    );
  });

  test.each([
    ['cut', placeholder.slice(0, -1), 'a part of a placeholder'],
    ['cut beside a whole one', placeholder + placeholder.slice(2), 'a part of a placeholder'],
    ['encoded for a URL', encodeURIComponent(placeholder), 'a part of a placeholder'],
    ['in capitals', placeholder.toUpperCase(), 'a placeholder in capitals'],
    ['that nobody made', `${'${pulumi-output-'}}`, 'a part of a placeholder'],
  ])('a token %s', (_, text, got) => {
    expect(refusal({ data: { text } })).toBe(
      `[app/settings] data.text must be a token as token() returns it, or text around one, got ${got}; ${computed}`,
    );
  });

  test('an Output that was made a string', () => {
    expect(refusal({ data: { text: `http://${output}/` } })).toBe(
      `[app/settings] data.text must be a token as token() returns it, or text around one, got an Output that was made a string; ${computed}`,
    );
    expect(refusal({ data: { text: JSON.stringify({ output }) } })).toContain(
      'got an Output that was made a string',
    );
  });

  test('a token of another stack, or of another process of this one', () => {
    const mark = /[0-9a-f]{8}/.exec(placeholder)![0];
    for (const stranger of ['${pulumi-output-00000000-0}', `\${pulumi-output-${mark}-100000}`]) {
      expect(refusal({ data: { text: `x ${stranger}` } })).toBe(
        `[app/settings] data.text must be a token of this stack and process, got ${stranger}; render and register the object in the program that makes the token`,
      );
    }
  });

  test('a number inside of a text, or computed with', () => {
    const number = numberToken(pulumi.output(3));
    expect(refusal({ spec: { replicas: number + 1 } })).toBe(
      `[app/settings] spec.replicas must be a token of a number alone, got ${number}; use token(…) for text, and never compute with a token of a number`,
    );
    expect(refusal({ spec: { replicas: number * 2 } })).toBe(
      '[app/settings] spec.replicas must be a number, got NaN; nobody can compute with a token of a number',
    );
  });

  test('what is no value, by the types or without them', () => {
    expect(thrown(() => token(undefined as any))).toBe(
      '[token] output must be a value, an Output or a Promise, got undefined; give one property of a resource, not the resource',
    );
    expect(thrown(() => token({} as any))).toContain('got object;');
    expect(thrown(() => token(null as any))).toContain('got null;');
  });

  test('everything at once', () => {
    const message = refusal({ metadata: { name: placeholder }, data: { [placeholder]: 'x' } });
    expect(message.split('\n')).toHaveLength(2);
  });
});

describe('inside of a text', () => {
  const inText = (text: string) => reveal({ data: { text } }).data.text;

  test('JSON stays JSON, whatever the value', async () => {
    const value = 'a "quoted"\nline \\ and ü';
    const json = JSON.stringify({ a: { b: [`<${token(pulumi.secret(value))}>`] } }, null, 2);
    const { value: text, secret } = await known(inText(json));
    expect(JSON.parse(text)).toEqual({ a: { b: [`<${value}>`] } });
    expect(secret).toBe(true);
  });

  test('lines stand where they have a line of their own', async () => {
    const pem = token(pulumi.output('-----BEGIN\n-----END\n'));
    expect((await known(inText(`${pem}${pem}`))).value).toBe(
      '-----BEGIN\n-----END\n-----BEGIN\n-----END\n',
    );
    expect((await known(inText(`# both\n${pem}rest`.replace('rest', '')))).value).toBe(
      '# both\n-----BEGIN\n-----END\n',
    );
  });

  test('quotes outside of quotes are text', async () => {
    const output = inText(`say "x" ${token(pulumi.output(`"it's"`))}`);
    expect((await known(output)).value).toBe(`say "x" "it's"`);
  });

  test('numbers and booleans are written as they are', async () => {
    const any = (value: unknown) => token(pulumi.output(value) as unknown as pulumi.Output<string>);
    expect((await known(inText(`${any(1)} ${any(true)}`))).value).toBe('1 true');
  });
});

test('what only the value shows ends the program as a message, without a stack', async () => {
  const { data } = reveal({ data: { name: `"${token(pulumi.output('a"b'))}"` } });
  expect(await failureOf(data.name)).toEqual({
    message: expect.stringContaining('got a value with quotes or backslashes inside of quotes; '),
    withoutStack: true,
  });
});
