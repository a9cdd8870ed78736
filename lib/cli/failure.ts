/** Something that the person at the keyboard can mend: printed as one message, never with a stack. */
export class Failure extends Error {}

/** The command line itself is wrong; exit code 2. */
export class UsageFailure extends Failure {}

/** The sentence that errors of this project are made of. */
export function mustBe(what: string, allowed: string, got: string, remedy: string): Failure {
  return new Failure(`${what} must be ${allowed}, got ${got}; ${remedy}`);
}
