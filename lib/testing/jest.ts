import { removeFoldersAfter } from './folders';
import { groundworkMatchers, type GroundworkMatchers } from './matchers';

// Imported for what it does: jest knows the matchers, and temporary folders go away after each test.

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
    interface Matchers<R, T> extends GroundworkMatchers<R> {}
  }
}

/** What jest puts into the global scope of a test. */
interface Globals {
  readonly expect?: { extend?(matchers: object): void };
  readonly afterEach?: (run: () => void) => void;
}

const { expect, afterEach } = globalThis as Globals;
if (expect?.extend === undefined || afterEach === undefined) {
  throw new Error(
    '[cdk8s-groundwork/testing/jest] expect and afterEach must be global, as jest has them in a test; ' +
      'elsewhere call expect.extend(groundworkMatchers) and removeFoldersAfter(afterEach) ' +
      'of cdk8s-groundwork/testing',
  );
}
expect.extend(groundworkMatchers);
removeFoldersAfter(afterEach);
