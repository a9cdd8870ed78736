import { Failure } from '../node/sealing/failure';

export { Failure, mustBe } from '../node/sealing/failure';

/** The command line itself is wrong; exit code 2. */
export class UsageFailure extends Failure {}
