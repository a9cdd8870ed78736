import { PLACEHOLDER, problemAt } from '../../cluster';

/** A value inside of a longer text: how it is written there, or why it cannot be. */
type Fit = (value: string) => { readonly text: string } | { readonly refused: string };

/**
 * What puts values in the place of the placeholders of a text, one for each, in their order. The text
 * is known before the values are, so what would break it is refused only then; the error never shows the
 * value.
 *
 * @param text a text with at least one placeholder
 * @param path where the object comes from, for errors
 * @param prop where the text stands in it, for errors
 */
export function interpolator(
  text: string,
  path: string,
  prop: string,
): (values: readonly unknown[]) => string {
  const found = [...text.matchAll(PLACEHOLDER)];
  const around = text.replace(PLACEHOLDER, '\0').split('\0');
  const json = isJson(text);
  const fits = found.map(({ 0: name, index }) =>
    json ? insideJson : fitAt(text, index, index + name.length),
  );
  return (values) =>
    values.reduce<string>((all, value, index) => {
      const fitted = fit(value, fits[index]!);
      if ('refused' in fitted) {
        throw problemAt(path, {
          prop,
          allowed: 'the same text around whatever a token stands for',
          got: fitted.refused,
          remedy:
            'let the token be the whole value, or put the text together with pulumi.interpolate',
        });
      }
      return all + fitted.text + around[index + 1]!;
    }, around[0]!);
}

function fit(value: unknown, how: Fit): ReturnType<Fit> {
  return ['string', 'number', 'boolean'].includes(typeof value)
    ? how(String(value))
    : { refused: value == null ? 'nothing' : 'a value that is no text' };
}

/** In a text that is JSON every placeholder stands in a string. */
const insideJson: Fit = (value) => ({ text: JSON.stringify(value).slice(1, -1) });

/** What a value may contain, judged by its neighbours on the line. */
function fitAt(text: string, start: number, end: number): Fit {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const after = /^[^\n]*/.exec(text.slice(end))![0];
  const alone = (before + after).replace(PLACEHOLDER, '') === '';
  const quoted = ['"', "'", '`'].some((quote) => before.split(quote).length % 2 === 0);
  return (value) => {
    // Tabs are no harm; line breaks and other control characters are.
    if (!alone && /[\0-\x08\n-\x1f\x7f]/.test(value)) {
      return { refused: 'a value of several lines inside of one line' };
    }
    if (quoted && /["'`\\]/.test(value)) {
      return { refused: 'a value with quotes or backslashes inside of quotes' };
    }
    return { text: value };
  };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) {
    return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
