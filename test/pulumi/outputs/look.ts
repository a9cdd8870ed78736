import * as pulumi from '@pulumi/pulumi';

/** The value of an Output, and whether it is known and secret. */
export async function look<T>(output: pulumi.Output<T>) {
  const [value, known, secret] = await Promise.all([
    (output as any).promise() as Promise<T>,
    (output as any).isKnown as Promise<boolean>,
    pulumi.isSecret(output),
  ]);
  return { value: known ? value : undefined, known, secret };
}

/**
 * The error of an Output, and whether the language host would print it without a stack. The host prints an
 * error once however many Outputs have it; jest counts each, so the others are listened to.
 */
export async function failureOf(output: pulumi.Output<unknown>, others: unknown[] = []) {
  [output, ...others].filter(pulumi.Output.isInstance).forEach((other: any) => {
    [other.promise(), other.isKnown, other.isSecret, other.allResources()].forEach((part) =>
      (part as Promise<unknown>).catch(() => {}),
    );
  });
  return look(output).then(
    () => 'no error',
    (error) => ({ message: error.message, withoutStack: pulumi.RunError.isInstance(error) }),
  );
}

/** The values of several Outputs. */
export async function valuesOf(
  outputs: Readonly<Record<string, pulumi.Input<string>>>,
): Promise<Record<string, string>> {
  const pairs = Object.entries(outputs).map(async ([name, output]): Promise<[string, string]> => [
    name,
    (await look(pulumi.output(output))).value!,
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}
