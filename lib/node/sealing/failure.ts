/** Something that the person who seals can mend: printed as one message, never with a stack. */
export class Failure extends Error {}

/** The sentence that errors of this project are made of. */
export function mustBe(what: string, allowed: string, got: string, remedy: string): Failure {
  return new Failure(`${what} must be ${allowed}, got ${got}; ${remedy}`);
}
