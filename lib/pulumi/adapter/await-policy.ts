import { annotation, AWAIT_ANNOTATION, AWAIT_TIMEOUT_ANNOTATION } from './annotations';
import type { StackFacts } from './facts';
import { installsPodNetwork, runsAtOnce } from './pods';
import { selects, type ObjectSelector } from './selector';
import type { StackObject } from './stack-object';
import type { Problem } from '../../cluster';

/** How Pulumi waits for one object. What is absent is left to the provider. */
export interface AwaitPolicy {
  /**
   * Whether the object counts as there as soon as the API server has it.
   *
   * @default false
   */
  readonly skip?: boolean;
  /**
   * What must have come true, all of it: `condition=Type`, `condition=Type=Status` or
   * `jsonpath={.field}=value`.
   *
   * @default - what the provider waits for by itself
   */
  readonly waitFor?: string[];
  /**
   * Longest wait in seconds, whole.
   *
   * @default - the provider's own: 600, and 300 for volumes and their claims
   */
  readonly timeoutSeconds?: number;
}

/** A policy for the objects that are meant. */
export interface AwaitRule extends ObjectSelector, AwaitPolicy {}

/** One row of the table. */
interface Row {
  readonly when: (object: StackObject, facts: StackFacts) => boolean;
  readonly policy: (object: StackObject, facts: StackFacts) => AwaitPolicy;
  readonly why: string;
}

/** A policy and the reason for it. */
export interface ExplainedPolicy {
  readonly policy: AwaitPolicy;
  readonly why: string;
}

/** The first row that is true of an object decides; objects without one are the provider's business. */
const table: readonly Row[] = [
  {
    when: (object) => object.kind === 'CustomResourceDefinition',
    policy: () => ({ waitFor: ['condition=Established'], timeoutSeconds: 300 }),
    why: 'the provider does not wait for definitions, and objects of a kind that is not served are refused',
  },
  {
    when: ({ kind, manifest }) =>
      kind === 'APIService' && (manifest.spec?.service ?? null) !== null,
    policy: () => ({ waitFor: ['condition=Available'], timeoutSeconds: 300 }),
    why: 'the API server answers for the group only when it has reached the Service',
  },
  {
    when: ({ key }, { waits }) => waits.has(key),
    policy: ({ key }, { waits }) => {
      const { conditions, seconds } = waits.get(key)!;
      return {
        waitFor: conditions.map((condition) => `condition=${condition}`),
        timeoutSeconds: seconds,
      };
    },
    why: 'its construct waits for this before the next phase',
  },
  {
    when: ({ manifest }) => manifest.spec?.updateStrategy?.type === 'OnDelete',
    policy: () => ({ skip: true }),
    why: 'its pods are replaced only when somebody deletes them, which the provider would wait for',
  },
  {
    when: (object) =>
      installsPodNetwork(object) || (object.phase !== undefined && runsAtOnce(object)),
    policy: () => ({ timeoutSeconds: 900 }),
    why: 'new machines pull the images of the network first; apply.sh waits as long',
  },
  {
    when: ({ group, kind, manifest: { spec } }, { balancesLoad }) =>
      group === '' && kind === 'Service' && spec?.type === 'LoadBalancer' && balancesLoad === false,
    policy: () => ({ skip: true }),
    why: 'nothing in this cluster gives it an address',
  },
  {
    when: ({ group, kind, manifest: { spec } }) =>
      group === '' &&
      kind === 'Service' &&
      spec?.type !== 'LoadBalancer' &&
      spec?.type !== 'ExternalName' &&
      spec?.clusterIP !== 'None' &&
      spec?.selector !== undefined,
    policy: () => ({ skip: true }),
    why: 'the provider would wait for pods behind it, which come later; they are waited for themselves',
  },
  {
    when: ({ group, kind }, { balancesLoad }) =>
      group === 'networking.k8s.io' && kind === 'Ingress' && balancesLoad === false,
    policy: () => ({ skip: true }),
    why: 'the provider would wait for an address in its status, and nothing in this cluster gives one',
  },
];

/**
 * How Pulumi waits for an object: the object's own annotation, else the first rule of the user's, else
 * the table.
 */
export function awaitPolicy(
  object: StackObject,
  facts: StackFacts,
  rules: readonly AwaitRule[],
): ExplainedPolicy | undefined {
  const own = annotatedPolicy(object);
  const rule = own === undefined ? rules.find((one) => selects(one, object)) : undefined;
  if (own !== undefined || rule !== undefined) {
    return { policy: own ?? rule!, why: own === undefined ? 'awaits' : 'its annotation' };
  }
  const row = table.find(({ when }) => when(object, facts));
  return row === undefined ? undefined : { policy: row.policy(object, facts), why: row.why };
}

/** The annotations that the provider reads. Those an object brings along stand. */
export function awaitAnnotations(
  { manifest }: StackObject,
  policy: AwaitPolicy | undefined,
): Record<string, string> {
  const { skip, waitFor = [], timeoutSeconds } = policy ?? {};
  const annotations = {
    'pulumi.com/skipAwait': skip === true ? 'true' : undefined,
    'pulumi.com/waitFor':
      waitFor.length === 0
        ? undefined
        : waitFor.length === 1
          ? waitFor[0]
          : JSON.stringify(waitFor),
    'pulumi.com/timeoutSeconds': timeoutSeconds?.toString(),
  };
  const decided = Object.keys(annotations).some((name) => annotation(manifest, name) !== undefined);
  return decided
    ? {}
    : Object.fromEntries(
        Object.entries(annotations).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        ),
      );
}

/** What the annotations of an object ask for: `skip`, `default`, one expression, or a JSON list of them. */
function annotatedPolicy({ manifest }: StackObject): AwaitPolicy | undefined {
  const word = annotation(manifest, AWAIT_ANNOTATION);
  const seconds = annotation(manifest, AWAIT_TIMEOUT_ANNOTATION);
  if (word === undefined && seconds === undefined) {
    return undefined;
  }
  const timeoutSeconds = seconds === undefined ? undefined : Number(seconds);
  return word === 'skip'
    ? { skip: true, timeoutSeconds }
    : {
        waitFor: word === undefined || word === 'default' ? undefined : expressionsOf(word),
        timeoutSeconds,
      };
}

function expressionsOf(word: string): string[] {
  if (!word.startsWith('[')) {
    return [word];
  }
  try {
    const list: unknown = JSON.parse(word);
    return Array.isArray(list) ? list.map(String) : [word];
  } catch {
    return [word];
  }
}

/** What is wrong with the policies of objects and of rules. */
export function awaitProblems(
  objects: readonly StackObject[],
  rules: readonly AwaitRule[],
): Problem[] {
  const annotated = objects.flatMap((object) => {
    const policy = annotatedPolicy(object);
    return policy === undefined ? [] : policyProblems(`${object.key} ${AWAIT_ANNOTATION}`, policy);
  });
  return [
    ...annotated,
    ...rules.flatMap((rule, index) => policyProblems(`awaits[${index}]`, rule)),
  ];
}

function policyProblems(prop: string, { skip, waitFor, timeoutSeconds }: AwaitPolicy): Problem[] {
  const problems: Problem[] = [];
  const wrong = waitFor?.find((one) => !/^(condition=[^=]+(=.+)?|jsonpath=.+)$/.test(one));
  if (waitFor?.length === 0 || wrong !== undefined) {
    problems.push({
      prop: `${prop} waitFor`,
      allowed: '`condition=…` or `jsonpath=…`',
      got: wrong,
      remedy: 'write it as the annotation pulumi.com/waitFor takes it',
    });
  }
  if (skip === true && (waitFor !== undefined || timeoutSeconds !== undefined)) {
    problems.push({
      prop: `${prop} skip`,
      allowed: 'false beside waitFor and timeoutSeconds',
      got: skip,
      remedy: 'either wait, or do not',
    });
  }
  if (timeoutSeconds !== undefined && !(Number.isInteger(timeoutSeconds) && timeoutSeconds > 0)) {
    problems.push({
      prop: `${prop} timeoutSeconds`,
      allowed: 'a whole number above 0',
      got: timeoutSeconds,
      remedy: 'give it in seconds',
    });
  }
  return problems;
}

/**
 * Whether Pulumi waits for more of an object than that the API server has it, so that others can build on it.
 *
 * @param object with the annotations that the provider reads
 */
export function isAwaited(object: StackObject): boolean {
  const { kind, manifest } = object;
  const asked =
    kind !== 'CustomResourceDefinition' && annotation(manifest, 'pulumi.com/waitFor') !== undefined;
  return annotation(manifest, 'pulumi.com/skipAwait') !== 'true' && (runsAtOnce(object) || asked);
}
