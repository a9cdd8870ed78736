import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { problemText, type Problem } from './problem';

/**
 * A value that only Pulumi will know stands in text as such a placeholder until the Pulumi adapter puts
 * it in: which stack it belongs to, its number there, and `n` when the value is a number. Nothing else
 * may write one anywhere.
 */
export const PLACEHOLDER = /\$\{pulumi-output-([0-9a-f]{8})-\d+(n?)\}/g;

const MARK = 'pulumi-output-';

/** What a placeholder looks like after somebody computed with it. */
const SIGNS: ReadonlyArray<readonly [sign: string, got: string]> = [
  [MARK, 'a part of a placeholder'],
  [MARK.toUpperCase(), 'a placeholder in capitals'],
  ...inBase64(MARK).map((sign) => [sign, 'a placeholder in base64'] as const),
  // What Pulumi answers when an Output is made a string, in templates for instance.
  ['on an [Output<T>] is not supported', 'an Output that was made a string'],
];

/** All values that have a placeholder. Every copy of this package in one process shares it. */
export interface PlaceholderRegistry {
  /** Placeholder → value. */
  readonly values: Map<string, unknown>;
  /** Value → placeholder. */
  readonly names: WeakMap<object, string>;
  /** How many renderings are under way whose placeholders will be replaced. */
  renderings: number;
}

const REGISTRY = Symbol.for('cdk8s-groundwork.placeholders');

/** The one registry of this process. */
export function placeholderRegistry(): PlaceholderRegistry {
  const shared = globalThis as { [REGISTRY]?: PlaceholderRegistry };
  shared[REGISTRY] ??= { values: new Map(), names: new WeakMap(), renderings: 0 };
  return shared[REGISTRY];
}

/** Runs a rendering that may hold placeholders, because somebody replaces them afterwards. */
export function allowPlaceholders<T>(render: () => T): T {
  const registry = placeholderRegistry();
  registry.renderings += 1;
  try {
    return render();
  } finally {
    registry.renderings -= 1;
  }
}

/** The first placeholder in a text, or what is left of one; never a value. */
export function placeholderIn(text: string): string | undefined {
  const found = SIGNS.find(([sign]) => text.includes(sign));
  return found && (text.match(PLACEHOLDER)?.[0] ?? found[1]);
}

/** The same without the placeholders that are whole: what nobody can replace any more. */
export function brokenPlaceholderIn(text: string): string | undefined {
  return placeholderIn(text.replace(PLACEHOLDER, ''));
}

/** A problem when a text that is going to be written holds a placeholder, else nothing. */
export function placeholderProblems(prop: string, text: string, remedy: string): Problem[] {
  const got = placeholderIn(text);
  return got === undefined
    ? []
    : [{ prop, allowed: 'free of Pulumi outputs, which are not known yet', got, remedy }];
}

/** What to do with an app whose objects hold placeholders. */
export const DEPLOY_WITH_PULUMI = 'deploy the app with Cdk8sStack, which puts the values in';

/**
 * One sentence for every object of an app that holds a placeholder, while nobody replaces them. Costs
 * nothing in a program that made none.
 */
export function placeholdersInObjects(app: IConstruct): string[] {
  const { values, renderings } = placeholderRegistry();
  if (values.size === 0 || renderings > 0) {
    return [];
  }
  const objects = app.node.findAll().filter((node) => ApiObject.isApiObject(node)) as ApiObject[];
  return objects.flatMap((object) => {
    const text = JSON.stringify(allowPlaceholders(() => object.toJson()));
    return placeholderProblems(object.kind, text, DEPLOY_WITH_PULUMI).map(
      (problem) => `[${object.node.path}] ${problemText(problem)}`,
    );
  });
}

/** What base64 makes of a text wherever in the input it stands. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(' '.repeat(before) + text).toString('base64');
    // The first and the last digit also hold bits of what stands beside.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + text.length) * 8) / 6);
    return encoded.slice(first, end);
  });
}
