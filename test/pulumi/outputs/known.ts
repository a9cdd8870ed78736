import * as pulumi from '@pulumi/pulumi';

/** What an Output turns out to be, and whether it is secret. */
export async function known(output: any): Promise<{ value: any; secret: boolean }> {
  expect(pulumi.Output.isInstance(output)).toBe(true);
  const value = await (output as { promise(): Promise<any> }).promise();
  return { value, secret: await pulumi.isSecret(output) };
}

/** What a call throws. */
export function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
