import { interpolator } from '../../../lib/pulumi/outputs/interpolate';
import { thrown } from './known';

const TOKEN = '${pulumi-output-0a1b2c3d-0}';
const join = (text: string, ...values: unknown[]) =>
  interpolator(text.replaceAll('X', TOKEN), 'app/settings', 'data.text')(values);
const refusal = (text: string, value: unknown) => thrown(() => join(text, value));

const around = '[app/settings] data.text must be the same text around whatever a token stands for';
const remedy = 'let the token be the whole value, or put the text together with pulumi.interpolate';

test('values stand where their placeholders stood', () => {
  expect(join('a X b\nX', 1, 'two')).toBe('a 1 b\ntwo');
  expect(join('XX', 'a', 'b')).toBe('ab');
  // Neither a pattern of String.replace nor a placeholder in a value is anything but text.
  expect(join('aX', '$& $1')).toBe('a$& $1');
  expect(join('aXX', TOKEN, 'b')).toBe(`a${TOKEN}b`);
});

test.each(['password = X', '  X', 'X # note', 'a: |\n  X\nb: c'])(
  'several lines inside of one are refused: %j',
  (text) => {
    for (const value of ['one\ntwo', 'one\r', 'one\0']) {
      expect(refusal(text, value)).toBe(
        `${around}, got a value of several lines inside of one line; ${remedy}`,
      );
    }
    expect(join(text, 'one\ttwo')).toContain('one\ttwo');
  },
);

test.each([
  ['password: "X"', 'a"b'],
  ["password: 'X'", "a'b"],
  ['password: "X"', 'a\\b'],
  ['log `X`', 'a`b'],
])('quotes inside of quotes are refused: %s', (text, value) => {
  expect(refusal(text, value)).toBe(
    `${around}, got a value with quotes or backslashes inside of quotes; ${remedy}`,
  );
});

test('what looks like JSON and is not is judged as other text is', () => {
  expect(refusal('{"a": "X",}', 'a"b')).toContain('inside of quotes');
});

test('nothing and objects are refused', () => {
  expect(refusal('aX', undefined)).toBe(`${around}, got nothing; ${remedy}`);
  expect(refusal('aX', { a: 1 })).toBe(`${around}, got a value that is no text; ${remedy}`);
});
