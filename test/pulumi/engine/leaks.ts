// The SDK brings these packages along, and its stubs work with its own copies only.
/* eslint-disable import/no-extraneous-dependencies */
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Run } from './stub-engine';
import { fromStruct, isSecret, type Json, redacted } from './wire';
import { searcherFor } from '../../../lib/testing/plaintext';

// Where a secret may hide in what a program said: every byte counts that is not inside a secret's wrapper.

/** Everything outside of wrappers, with a name for each place. */
function* spoken(run: Run): Generator<[string, string]> {
  for (const { request, urn } of run.registrations) {
    const clone = request.clone();
    clone.setObject(Struct.fromJavaScript(redacted(fromStruct(request.getObject()))));
    yield [`the request of ${urn}`, Buffer.from(clone.serializeBinary()).toString('latin1')];
  }
  for (const [urn, outputs] of run.outputs) {
    yield [`the outputs of ${urn}`, JSON.stringify(redacted(outputs))];
  }
  for (const { token, args } of run.invokes) {
    yield [`the call of ${token}`, JSON.stringify(redacted(args))];
  }
  for (const { severity, message } of run.logs) {
    yield [`a log line (${severity})`, message];
  }
  yield ['what the process printed', run.printed];
}

/** The places where any of the secrets stands in the open, without the secret itself. */
export function leaks(run: Run, secrets: readonly string[]): string[] {
  const holds = searcherFor(secrets);
  return [...spoken(run)].filter(([, text]) => holds(text)).map(([place]) => place);
}

/** What stands in wrappers: to see that a secret went where it should. */
export function secretsIn(value: Json): Json[] {
  if (isSecret(value)) {
    return [value.value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}
