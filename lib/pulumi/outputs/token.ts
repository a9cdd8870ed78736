import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { placeholderRegistry, throwProblems } from '../../cluster';

/**
 * Carries an Output through cdk8s: returns a placeholder that may stand in any text of an object that
 * `Cdk8sStack` registers, alone or inside of a longer text. The value takes its place there, secret if
 * the Output is secret.
 *
 * A placeholder is not the value: its length, its hash, its base64 and what a program parses out of it
 * mean nothing. Use `base64Token` and `sha256Token` for those. Where the library reads a value offline
 * (addresses, networks, names, everything machines boot with) a placeholder is refused as any other
 * wrong text is. It is also refused where it would decide which object this is: apiVersion, kind, name,
 * namespace, and any key. Placeholders belong to the stack whose program made them; two of the same
 * Output are the same, none is ever used twice, so tests need no reset between them.
 *
 * @param output a text, which is returned as it is, or an Output or Promise of one
 */
export function token(output: pulumi.Input<string>): string {
  return typeof output === 'string' ? output : placeholderOf(output);
}

/**
 * The same for a number, in props that cdk8s hands on as they are, such as `replicas` of an own
 * ApiObject. It is a placeholder that only the types take for a number: whoever computes or compares
 * gets nonsense, so the props of this library refuse it, and so does `Cdk8sStack` wherever it is not the
 * whole value.
 *
 * @param output a number, which is returned as it is, or an Output or Promise of one
 */
export function numberToken(output: pulumi.Input<number>): number {
  return typeof output === 'number'
    ? output
    : (placeholderOf(pulumi.output(output), 'n') as unknown as number);
}

/**
 * A token of the value in base64, as `data` of a Secret has it. Secret if the Output is secret.
 *
 * @param output a text, or an Output or Promise of one
 */
export function base64Token(output: pulumi.Input<string>): string {
  return derived(output, (text) => Buffer.from(text, 'utf8').toString('base64'));
}

/**
 * A token of the SHA-256 of the value, 64 hexadecimal digits, for annotations that make pods start again
 * when it changes. The hash of a secret stays secret: a short secret can be guessed from its hash. Where
 * it is long and random, `pulumi.unsecret` of the hashed Output is yours to call.
 *
 * @param output a text, or an Output or Promise of one
 */
export function sha256Token(output: pulumi.Input<string>): string {
  return derived(output, (text) => createHash('sha256').update(text, 'utf8').digest('hex'));
}

function derived(output: pulumi.Input<string>, convert: (text: string) => string): string {
  return typeof output === 'string' ? convert(output) : token(pulumi.output(output).apply(convert));
}

/**
 * The placeholder of an Output or Promise: always the same one within a stack.
 *
 * @param suffix `n` marks a number
 */
export function placeholderOf(value: object, suffix: '' | 'n' = ''): string {
  if (!isLater(value)) {
    throwProblems('token', [
      {
        prop: 'output',
        allowed: 'a value, an Output or a Promise',
        got: value === null ? 'null' : typeof value,
        remedy: 'give one property of a resource, not the resource',
      },
    ]);
  }
  const { names, values } = placeholderRegistry();
  const known = names.get(value);
  if (known?.startsWith(`\${pulumi-output-${stackMark()}-`)) {
    return known;
  }
  const name = `\${pulumi-output-${stackMark()}-${values.size}${suffix}}`;
  names.set(value, name);
  values.set(name, value);
  return name;
}

/** Whether this is a value that is known later. */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Eight digits for the stack: the same in every run, so that a hash over a text with a placeholder does
 * not change by itself, and different in another stack, so that its placeholders are not mistaken for
 * ours.
 */
export function stackMark(): string {
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  return createHash('sha256').update(stack).digest('hex').slice(0, 8);
}
